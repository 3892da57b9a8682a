import StepUpGenerated

extension StepUpAuthClient {
    /// Every elevation that is held and not over, in the order of its scopes. Answers at once, from memory;
    /// before the storage was read (`StepUpClient.restore`) there is none.
    public func elevations() -> [Elevation] {
        core.elevations()
    }

    /// Which elevations are held: at present, and then after each change, of which `subscribeElevations` says
    /// what counts as one. Whoever is slow may miss what came and went meanwhile, never what is held now.
    /// Ends with `StepUpClient.shutdown`. For one reader; another one asks again.
    ///
    /// - Throws: As `subscribeElevations`.
    public func elevationUpdates() throws -> AsyncStream<[Elevation]> {
        try stream { try core.subscribeElevations(listener: StreamWriter($0)) }
    }

    /// Tells a listener which elevations are held, and from then on each change, until the subscription
    /// ends: keep what this answers. One is granted, spent, discarded, ended with the session, or runs out,
    /// which is told when it happens. Nothing is read or sent for it.
    ///
    /// - Throws: `ClientClosed`; `Internal` if the system refuses a thread.
    public func subscribeElevations(listener: any ElevationListener) throws -> Subscription {
        Subscription(
            core: try core.subscribeElevations(listener: GuardedElevationListener(listener: listener)))
    }

    /// How step-ups are going. Answers at once, from memory.
    public func state() -> StepUpState {
        core.state()
    }

    /// How step-ups are going: at present, and then after each change. Whoever is slow may miss what came and
    /// went meanwhile, never the latest state. Ends with `StepUpClient.shutdown`. For one reader; another one
    /// asks again.
    ///
    /// - Throws: As `subscribe`.
    public func states() throws -> AsyncStream<StepUpState> {
        try stream { try core.subscribe(listener: StreamWriter($0)) }
    }

    /// Tells a listener how step-ups are going, and from then on each change, until the subscription ends:
    /// keep what this answers. Nothing is read or sent for it.
    ///
    /// - Throws: `ClientClosed`; `Internal` if the system refuses a thread.
    public func subscribe(listener: any StepUpStateListener) throws -> Subscription {
        Subscription(core: try core.subscribe(listener: GuardedStepUpStateListener(listener: listener)))
    }

    /// Forgets the error and the pending code, so that `verifyOtp` without an id finds none. Cancels nothing:
    /// what is under way goes on and tells its end, and a flow that waits for a code still takes it.
    public func reset() {
        core.reset()
    }
}
