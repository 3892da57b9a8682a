import StepUpGenerated

extension AuthClient {
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
