/// A step-up for a screen: what to show, and what the user does.
///
/// The calls are for buttons: one that does not belong to the present state, as after a double tap, does
/// nothing.
@MainActor
public final class StepUpFlowModel: ScreenModel {
    /// The flow that is shown.
    public let flow: StepUpFlow
    private var latest: StepUpFlowState

    /// Shows a flow, such as the one that `withStepUp` presents. Letting go of the model ends nothing.
    public init(_ flow: StepUpFlow) {
        self.flow = flow
        latest = flow.state()
        super.init()
        follow(try? flow.states()) { [weak self] in self?.latest = $0 }
    }

    /// What to show now.
    public var state: StepUpFlowState { shown(latest) }

    /// The user has chosen this option.
    public func select(_ option: StepUpOption) {
        ifPossible { try flow.select(optionId: option.id) }
    }

    /// The user has typed a code.
    public func submit(code: String) {
        ifPossible { try flow.submit(code: code) }
    }

    /// The user has solved the captcha, which gave this token.
    public func submitCaptcha(token: String) {
        ifPossible { try flow.submitCaptcha(token: token) }
    }

    /// The app's backend vouches for the user with this JWT.
    public func submitExternalJwt(jwt: String) {
        ifPossible { try flow.submitExternalJwt(jwt: jwt) }
    }

    /// Back to the choice of methods.
    public func back() {
        ifPossible { try flow.back() }
    }

    /// Sends the code again.
    public func resend() {
        ifPossible { try flow.resend() }
    }

    /// Repeats what went wrong.
    public func retry() {
        ifPossible { try flow.retry() }
    }

    /// The user does not want to go on. Ends the flow for all who have joined it.
    public func cancel() {
        flow.cancel()
    }

    /// The flow refuses what is not possible any more and says by its state what is.
    private func ifPossible(_ call: () throws -> Void) {
        try? call()
    }
}
