import StepUp
import StepUpGenerated

/// What a flow of a preview has in place of the core: one state, which no tap changes.
final class SampleFlow: StepUpFlowProtocol {
    private let shown: StepUpFlowState
    private let asked: [String]

    init(state: StepUpFlowState, scopes: [String]) {
        (shown, asked) = (state, scopes)
    }

    func state() -> StepUpFlowState { shown }
    func scopes() -> [String] { asked }

    func subscribe(listener: any StepUpFlowListener) throws -> StepUpGenerated.Subscription {
        let subscription = SampleSubscription(noHandle: .init())
        // Whoever listens to a flow that has ended is let go when it has been told so.
        subscription.listener = shown.isLast ? nil : listener
        Task { [shown] in try await listener.stateChanged(state: shown) }
        return subscription
    }

    func select(optionId: OptionId) throws {}
    func submit(code: String) throws {}
    func submitCaptcha(token: String) throws {}
    func submitExternalJwt(jwt: String) throws {}
    func back() throws {}
    func resend() throws {}
    func retry() throws {}
    func leave() {}
    func cancel() {}
}

/// Holds a listener that will be told nothing more.
private final class SampleSubscription: StepUpGenerated.Subscription, @unchecked Sendable {
    /// Set once, before anybody else has the subscription.
    var listener: (any StepUpFlowListener)?

    override func cancel() {}
}

extension StepUpFlowState {
    /// Whether none follows.
    fileprivate var isLast: Bool {
        switch self {
        case .granted, .cancelled, .failed: true
        default: false
        }
    }
}
