import StepUpGenerated

/// Runs a call of the core so that cancelling the surrounding task ends it at once with `Cancelled`.
///
/// A request that has left counts as sent; the session that its answer brings is stored all the same.
func cancellable<Answer: Sendable>(
    _ call: @Sendable (CancelToken) async throws -> Answer
) async throws -> Answer {
    let token = CancelToken()
    return try await withTaskCancellationHandler {
        try await call(token)
    } onCancel: {
        token.cancel()
    }
}
