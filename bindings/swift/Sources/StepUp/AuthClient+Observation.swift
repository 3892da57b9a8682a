import StepUpGenerated

extension AuthClient {
    /// Who is signed in: the present session, with its duties, and then each change; none if nobody is. What
    /// counts as a change, `subscribe` says. Whoever is slow may miss what came and went meanwhile, never the
    /// latest session. Ends with `StepUpClient.shutdown`. For one reader; another one asks again.
    ///
    /// ```swift
    /// for await session in try client.auth.sessions() {
    ///     show(session?.user)
    /// }
    /// ```
    ///
    /// - Throws: As `subscribe`.
    public func sessions() throws -> AsyncStream<Session?> {
        try stream { try core.subscribe(listener: StreamWriter($0)) }
    }

    /// What is still to be done before the session has all its rights: at present, and then whenever that
    /// has changed; nothing while nobody is signed in. Else as `sessions`.
    ///
    /// - Throws: As `subscribe`.
    public func duties() throws -> AsyncStream<[OnboardingDuty]> {
        try stream { try core.subscribe(listener: DutyWriter($0)) }
    }

    /// Tells a listener the present session, with its duties, and from then on each change, until the
    /// subscription ends: keep what this answers. A sign-in, a renewal with a new expiry, a duty that is
    /// done, a user who has changed, the end however it comes: a session that runs out is told when it
    /// does. Nothing is read or sent for it, so before `StepUpClient.restore` nobody is signed in.
    ///
    /// - Throws: `ClientClosed`; `Internal` if the system refuses a thread.
    public func subscribe(listener: any SessionListener) throws -> Subscription {
        Subscription(core: try core.subscribe(listener: GuardedSessionListener(listener: listener)))
    }
}
