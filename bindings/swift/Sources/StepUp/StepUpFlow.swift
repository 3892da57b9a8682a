import StepUpGenerated

/// A step-up that a user is led through. From `StepUpAuthClient.start`.
///
/// `states` tells a screen what to show, each state with all that it needs; the other calls tell what the
/// user did. They answer at once; what comes of them is the next state. A call that does not belong to the
/// present state fails with `InvalidTransition` and changes nothing: after a double tap it may be ignored.
///
/// A flow lives until it ends, also while no screen shows it. It ends by itself with the session.
public final class StepUpFlow: Sendable {
    private let core: any StepUpGenerated.StepUpFlowProtocol

    package init(core: any StepUpGenerated.StepUpFlowProtocol) {
        self.core = core
    }

    /// What to show now.
    public func state() -> StepUpFlowState {
        core.state()
    }

    /// What is asked for.
    public func scopes() -> [String] {
        core.scopes()
    }

    /// The present state, and then each that follows; ends behind the last one. Whoever is slow may miss what
    /// came and went meanwhile, never the latest state and never the last. For one reader; another one asks
    /// again.
    ///
    /// - Throws: `Internal` if the system refuses a thread.
    public func states() throws -> AsyncStream<StepUpFlowState> {
        try stream { try core.subscribe(listener: StreamWriter($0)) }
    }

    /// Tells a listener the present state, and from then on each that follows, until the flow or the
    /// subscription ends: keep what this answers.
    ///
    /// - Throws: `Internal` if the system refuses a thread.
    public func subscribe(listener: any StepUpFlowListener) throws -> Subscription {
        Subscription(core: try core.subscribe(listener: GuardedFlowListener(listener: listener)))
    }

    /// In `choosing`: the user has chosen the option with this id.
    ///
    /// - Throws: `InvalidTransition` in another state, or if there is no such option.
    public func select(optionId: OptionId) throws {
        try core.select(optionId: optionId)
    }

    /// In `awaitingCode`: the user has typed a code. A wrong one leads back to `awaitingCode`.
    ///
    /// - Throws: `InvalidTransition` in another state.
    public func submit(code: String) throws {
        try core.submit(code: code)
    }

    /// In `captchaNeeded`: the user has solved the captcha, which gave this token.
    ///
    /// - Throws: `InvalidTransition` in another state.
    public func submitCaptcha(token: String) throws {
        try core.submitCaptcha(token: token)
    }

    /// In `awaitingExternalJwt`: the app's backend vouches for the user with this JWT.
    ///
    /// - Throws: `InvalidTransition` in another state.
    public func submitExternalJwt(jwt: String) throws {
        try core.submitExternalJwt(jwt: jwt)
    }

    /// Ends one caller's part in the flow: one that has come by `start` or `pendingFlow` does not want it any
    /// more. When all have left, the flow is cancelled. `cancel` ends it for all at once.
    public func leave() {
        core.leave()
    }

    /// Leaves the method that was chosen; back to the choice. Not while the server looks at a proof.
    ///
    /// - Throws: `InvalidTransition` where no method is chosen, and in `verifying`.
    public func back() throws {
        try core.back()
    }

    /// In `awaitingCode`: sends the code again. The prompt says from when on to offer that.
    ///
    /// - Throws: `InvalidTransition` in another state, while one is being sent, and where no code is sent.
    public func resend() throws {
        try core.resend()
    }

    /// In `choosing`: repeats what went wrong, the check or the method tried last.
    ///
    /// - Throws: `InvalidTransition` if nothing has gone wrong.
    public func retry() throws {
        try core.retry()
    }

    /// Ends the flow, for all who have joined it. What it has running is stopped; a token that still comes is
    /// discarded. Does nothing if the flow has ended.
    public func cancel() {
        core.cancel()
    }
}
