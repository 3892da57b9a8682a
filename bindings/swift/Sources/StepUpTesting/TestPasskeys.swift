import Foundation
import StepUp

/// A passkey sheet whose user decides at once: the sandbox's virtual authenticator.
public actor TestPasskeys: PasskeyProvider {
    private let sandbox: Sandbox
    /// Name of the virtual authenticator: another name is another phone.
    private let phone: String
    /// How often the sheet was shown.
    public private(set) var ceremonies = 0
    private var behaviour = Behaviour.works

    /// The sheet of a phone; each name is a phone of its own.
    public init(sandbox: Sandbox, phone: String) {
        (self.sandbox, self.phone) = (sandbox, phone)
    }

    /// From now on sheets begin like this.
    public func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    /// The user makes a passkey.
    public func create(optionsJson: String) async throws -> String {
        try await perform("create", optionsJson)
    }

    /// The user proves that a passkey is theirs.
    public func get(optionsJson: String) async throws -> String {
        try await perform("get", optionsJson)
    }

    private func perform(_ ceremony: String, _ options: String) async throws -> String {
        ceremonies += 1
        try await behaviour.pass()
        let answer = try await sandbox.authenticate(phone: phone, ceremony: ceremony, options: options)
        guard answer.status == 200 else {
            switch answer.field("code") ?? "" {
            case "no_credential": throw PlatformError.NotFound
            case "credential_excluded": throw PlatformError.AlreadyExists
            default: throw PlatformError.Internal(reason: "the virtual authenticator refused")
            }
        }
        return String(decoding: answer.body, as: UTF8.self)
    }
}
