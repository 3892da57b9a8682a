import StepUp

/// What every presenter works with.
@MainActor
public struct Services {
    let client: StepUpClient
    let backend: AppBackend
    let sheets: StepUpSheets
    let signOut: OwnSignOut

    /// Runs what needs a permission; if the user has to prove who they are first, a sheet asks for that.
    func withStepUp<Answer: Sendable>(
        _ scope: String, _ operation: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await client.stepUp.withStepUp(scope: scope, present: sheets.present, operation: operation)
    }
}

/// Tells a session that the user ends here from one that is ended elsewhere.
@MainActor
final class OwnSignOut {
    private var isWanted = false
    private let client: StepUpClient
    private let failures: Activity

    init(_ client: StepUpClient, failures: Activity) {
        (self.client, self.failures) = (client, failures)
    }

    /// Runs what ends the session because the user wants it. The end is told later, so the wish outlives the
    /// call, unless this has failed and the session is still there. If it is not, the screen has gone that
    /// would tell the failure.
    func during(_ work: @MainActor () async throws -> Void) async throws {
        isWanted = true
        do {
            try await work()
        } catch {
            if (try? await client.auth.session()) != nil {
                isWanted = false
            } else {
                failures.tell(Notice(error))
            }
            throw error
        }
    }

    /// The session has ended. Answers whether that was wanted: a wish is good for one end.
    func take() -> Bool {
        defer { isWanted = false }
        return isWanted
    }
}
