import StepUpGenerated

/// The user's passkeys. From `StepUpClient.passkeys`.
public struct PasskeysClient: Sendable {
    let core: StepUpGenerated.PasskeysClient

    /// Adds a passkey of this device. Takes the elevated token for `credential:link`; that one is needed is
    /// found out before the sheet is shown.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `Cancelled` if the user declined;
    ///   `MethodUnavailable` if this device has one already or the app no `PasskeyProvider`.
    public func register() async throws -> Session {
        try await cancellable { try await core.register(cancel: $0) }
    }

    /// The user's passkeys, with what the account knows of each.
    ///
    /// - Throws: `NotSignedIn`.
    public func list() async throws -> [Passkey] {
        try await cancellable { try await core.list(cancel: $0) }
    }

    /// Gives a passkey another name, of 1 to 100 characters; blanks around it are dropped. Answers with the
    /// passkey as it is then.
    ///
    /// - Throws: `InvalidArgument` for a name that is empty or too long; `MethodUnavailable` if there is no
    ///   such passkey.
    public func rename(id: PasskeyId, alias: String) async throws -> Passkey {
        try await cancellable { try await core.rename(id: id, alias: alias, cancel: $0) }
    }

    /// Removes a passkey from the account. Takes the elevated token for `credential:unlink`. The device keeps
    /// its half until the user removes it there.
    ///
    /// - Throws: `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such passkey.
    public func delete(id: PasskeyId) async throws {
        try await cancellable { try await core.delete(id: id, cancel: $0) }
    }
}
