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
    private(set) var isWanted = false

    /// Runs what may end the session because the user wants it.
    func during(_ work: @MainActor () async throws -> Void) async rethrows {
        isWanted = true
        defer { isWanted = false }
        try await work()
    }
}
