import StepUpGenerated

/// The user's factors: authenticator app, passkeys, recovery codes. From `StepUpClient.mfa`.
public struct MfaClient: Sendable {
    let core: StepUpGenerated.MfaClient

    /// What the environment offers as a second factor and what the user has, passkeys among them: one entry
    /// per kind.
    ///
    /// - Throws: `NotSignedIn`.
    public func methods() async throws -> [MfaMethod] {
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
    /// A code for what `enrollTotp` began in this session is looked at first, by the server's time: one that
    /// cannot be right is not sent and costs no attempt. After a restart of the app every code is sent.
    ///
    /// - Throws: `AuthenticatorClockWrong` for a code of another moment within ten minutes; `InvalidCode`,
    ///   without a server's answer if it was found out here; `RateLimited` after too many wrong codes.
    public func confirmTotp(code: String) async throws -> Session {
        try await cancellable { try await core.confirmTotp(code: code, cancel: $0) }
    }

    /// Makes a factor the one that is offered first.
    ///
    /// - Throws: `MethodUnavailable` if there is no such factor; `InvalidArgument` for what is no id.
    public func setDefault(id: MfaFactorId) async throws {
        try await cancellable { try await core.setDefault(id: id, cancel: $0) }
    }

    /// Removes an authenticator app. Takes the elevated token for `credential:unlink`. Passkeys are removed
    /// by `PasskeysClient.delete`.
    ///
    /// - Throws: `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such factor.
    public func delete(id: MfaFactorId) async throws {
        try await cancellable { try await core.delete(id: id, cancel: $0) }
    }

    /// The recovery codes; the first call makes ten. Readable until they are acknowledged.
    ///
    /// - Throws: `MethodUnavailable` with `alreadyAcknowledged` once they were acknowledged: make new ones.
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
