import StepUpGenerated

/// Keeps a listener informed. Ends when it is cancelled or let go, or with `StepUpClient.shutdown`.
public final class Subscription: Sendable {
    private let core: StepUpGenerated.Subscription

    init(core: StepUpGenerated.Subscription) {
        self.core = core
    }

    /// Ends the subscription: no further call of the listener is begun, and one that is under way comes to
    /// its end. Calling this again does nothing.
    public func cancel() {
        core.cancel()
    }
}
