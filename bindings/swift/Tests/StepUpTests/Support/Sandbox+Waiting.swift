import StepUpTesting

extension Sandbox {
    /// Waits until so many requests have arrived at an endpoint.
    func arrived(_ count: Int = 1, at path: String) async throws {
        try await eventually("\(count) requests to \(path)") {
            try await self.requests(to: path).count >= count
        }
    }
}

/// Longer than anything here takes, also on a busy machine.
private let patience = Duration.seconds(20)

/// Waits until something holds; where it never does, the test fails.
func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + patience
    while try await !holds() {
        guard clock.now < end else { throw Sandbox.Failure(reason: "never happened: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
