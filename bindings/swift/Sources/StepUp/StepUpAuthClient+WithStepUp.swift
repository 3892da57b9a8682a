import StepUpGenerated

extension StepUpAuthClient {
    /// Runs an operation. If it fails with `StepUpRequired` for this scope, a flow is started, or joined if
    /// there is one already; when the user has done the step-up, the operation is run once more. An operation
    /// that was not refused for want of this step-up never runs twice.
    ///
    /// ```swift
    /// try await client.stepUp.withStepUp(scope: TokenScope.credentialUnlink) { flow in
    ///     await screens.show(flow)
    /// } operation: {
    ///     try await client.auth.unlinkCredential(credentialId: id)
    /// }
    /// ```
    ///
    /// Cancelling the task ends the flow, unless somebody else has come by `start` too.
    ///
    /// - Parameters:
    ///   - scope: The permission that the operation needs.
    ///   - present: Shows the flow until its task is cancelled, which it is when the flow has ended. Called
    ///     only if the flow needs the user, and at most once; calls that wait for the same flow each call
    ///     theirs. Whoever leaves the screen calls `cancel` of the flow: that this returns ends nothing.
    ///   - operation: What needs the permission: a call of the client, or one of the app's own backend with
    ///     `authorizationHeaders`.
    /// - Returns: What the operation answers.
    /// - Throws: What the operation throws; `Cancelled` if the flow or the task was cancelled; the flow's
    ///   error if it has failed.
    public func withStepUp<Answer: Sendable>(
        scope: String,
        present: @escaping @Sendable (StepUpFlow) async -> Void,
        operation: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await operation()
        } catch StepUpError.StepUpRequired(_, let missing, _) where missing == scope {
            try await stepUp(for: scope, present: present)
        }
        return try await operation()
    }

    private func stepUp(
        for scope: String, present: @escaping @Sendable (StepUpFlow) async -> Void
    ) async throws {
        let flow = try start(scopes: [scope])
        defer { flow.leave() }
        let last = try await Self.lastState(of: flow, present: present)
        switch last {
        case .granted: return
        case .failed(let error): throw error
        default: throw StepUpError.Cancelled
        }
    }

    /// What the flow has ended with, else what it was when the task was cancelled.
    private static func lastState(
        of flow: StepUpFlow, present: @escaping @Sendable (StepUpFlow) async -> Void
    ) async throws -> StepUpFlowState? {
        var (last, presenting): (StepUpFlowState?, Task<Void, Never>?)
        for await state in try flow.states() {
            last = state
            if presenting == nil, state.needsUser {
                presenting = Task { await present(flow) }
            }
        }
        presenting?.cancel()
        return last
    }
}

extension StepUpFlowState {
    /// Whether there is something to show to the user, or about to be.
    fileprivate var needsUser: Bool {
        switch self {
        case .checking, .granted, .cancelled, .failed: false
        default: true
        }
    }
}
