import StepUpGenerated

/// What a subscription tells, as a stream: the present value first. Whoever is slow finds the latest one.
/// Ends with the client; its end ends the subscription.
func stream<Value>(
    _ subscribe: (AsyncStream<Value>.Continuation) throws -> StepUpGenerated.Subscription
) rethrows -> AsyncStream<Value> {
    let (values, continuation) = AsyncStream.makeStream(
        of: Value.self, bufferingPolicy: .bufferingNewest(1))
    let subscription = try subscribe(continuation)
    continuation.onTermination = { _ in subscription.cancel() }
    return values
}

/// Passes values on to a stream. Let go when there are no more of them, and so ends the stream.
final class StreamWriter<Value: Sendable>: Sendable {
    private let continuation: AsyncStream<Value>.Continuation

    init(_ continuation: AsyncStream<Value>.Continuation) {
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }

    fileprivate func write(_ value: Value) {
        continuation.yield(value)
    }
}

extension StreamWriter: SessionListener where Value == Session? {
    func sessionChanged(session: Session?) { write(session) }
}

extension StreamWriter: ElevationListener where Value == [Elevation] {
    func elevationsChanged(elevations: [Elevation]) { write(elevations) }
}

extension StreamWriter: StepUpStateListener where Value == StepUpState {
    func stateChanged(state: StepUpState) { write(state) }
}

extension StreamWriter: StepUpFlowListener where Value == StepUpFlowState {
    func stateChanged(state: StepUpFlowState) { write(state) }
}

extension StreamWriter: DeviceRegistrationListener where Value == DeviceRegistrationStatus {
    func statusChanged(status: DeviceRegistrationStatus) { write(status) }
}

/// Passes on the duties of each session that has others than the one before.
actor DutyWriter: SessionListener {
    private let writer: StreamWriter<[OnboardingDuty]>
    private var last: [OnboardingDuty]?

    init(_ continuation: AsyncStream<[OnboardingDuty]>.Continuation) {
        writer = StreamWriter(continuation)
    }

    func sessionChanged(session: Session?) {
        let duties = session?.duties ?? []
        if duties != last {
            last = duties
            writer.write(duties)
        }
    }
}
