import Observation
import StepUp

/// The user's passkeys.
@MainActor @Observable
public final class PasskeysPresenter {
    /// Those that the account knows.
    public private(set) var passkeys: [Passkey] = []
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private let services: Services
    private var client: StepUpClient { services.client }

    /// Shows nothing before `load`.
    public init(_ services: Services) {
        self.services = services
    }

    /// Asks the server which there are.
    public func load() async {
        await activity.run { passkeys = try await client.passkeys.list() }
    }

    /// Adds one of this device: the system's sheet is shown.
    public func register() async {
        await activity.run {
            _ = try await services.withStepUp(TokenScope.credentialLink) { [client] in
                try await client.passkeys.register()
            }
            passkeys = try await client.passkeys.list()
        }
    }

    /// Gives one another name.
    public func rename(_ passkey: Passkey, to alias: String) async {
        await activity.run {
            _ = try await client.passkeys.rename(id: passkey.id, alias: alias)
            passkeys = try await client.passkeys.list()
        }
    }

    /// Removes one from the account. The device keeps its half until the user removes it there.
    public func delete(_ passkey: Passkey) async {
        await activity.run {
            try await services.withStepUp(TokenScope.credentialUnlink) { [client] in
                try await client.passkeys.delete(id: passkey.id)
            }
            passkeys = try await client.passkeys.list()
        }
    }
}
