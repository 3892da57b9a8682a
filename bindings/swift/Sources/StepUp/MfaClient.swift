import StepUpGenerated

/// The user's factors: authenticator app, passkeys, recovery codes. From `StepUpClient.mfa`.
public struct MfaClient: Sendable {
    let core: StepUpGenerated.MfaClient

    /// The user's factors, passkeys among them.
    ///
    /// - Throws: `NotSignedIn`.
    public func methods() async throws -> [MfaFactor] {
        try await cancellable { try await core.methods(cancel: $0) }
    }

    /// Begins to add an authenticator app. Show the QR code or the secret, then `confirmTotp`. Takes the
    /// elevated token for `credential:link`.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `MethodUnavailable` if the user has one: delete it
    ///   first.
    public func enrollTotp() async throws -> TotpEnrollment {
        try await cancellable { try await core.enrollTotp(cancel: $0) }
    }

    /// Ends the adding of an authenticator app with its first code.
    ///
    /// - Throws: `InvalidCode`; `RateLimited` after too many wrong codes.
    public func confirmTotp(code: String) async throws -> Session {
        try await cancellable { try await core.confirmTotp(code: code, cancel: $0) }
    }

    /// Removes an authenticator app. Takes the elevated token for `credential:unlink`. Passkeys are removed
    /// by `PasskeysClient.delete`.
    ///
    /// - Throws: `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such factor.
    public func delete(id: String) async throws {
        try await cancellable { try await core.delete(id: id, cancel: $0) }
    }

    /// The recovery codes; the first call makes ten. Readable until they are acknowledged.
    ///
    /// - Throws: `Server` once they were acknowledged: make new ones.
    public func recoveryCodes() async throws -> [Secret] {
        try await cancellable { try await core.recoveryCodes(cancel: $0) }.map(Secret.init)
    }

    /// Makes ten new recovery codes. The old ones are worthless from then on, and the new ones must be
    /// acknowledged.
    ///
    /// - Throws: `NotSignedIn`.
    public func regenerateRecoveryCodes() async throws -> [Secret] {
        try await cancellable { try await core.regenerateRecoveryCodes(cancel: $0) }.map(Secret.init)
    }

    /// Tells the server that the user has the recovery codes. Call it when the user has said so, not before:
    /// afterwards they cannot be read again.
    ///
    /// - Throws: `NotSignedIn`.
    public func acknowledgeRecoveryCodes() async throws -> Session {
        try await cancellable { try await core.acknowledgeRecoveryCodes(cancel: $0) }
    }
}
