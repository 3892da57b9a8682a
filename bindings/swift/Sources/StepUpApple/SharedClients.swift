import Foundation
import StepUp

/// The clients of this process that were made in one call: whoever asks for the same one gets it.
final class SharedClients: @unchecked Sendable {
    /// What tells clients apart.
    private struct Identity: Hashable {
        let environmentId: String
        let baseUrl: String?
        let namespace: String?

        init(_ config: ClientConfig) {
            environmentId = config.environmentId.lowercased()
            (baseUrl, namespace) = (config.baseUrl, config.storageNamespace)
        }
    }

    private struct Held {
        weak var client: StepUpClient?
    }

    static let ofProcess = SharedClients()

    private let lock = NSLock()
    private var held: [Identity: Held] = [:]

    /// The client that lives, otherwise a new one. It lives as long as somebody holds it, or until its
    /// `shutdown`.
    func client(_ config: ClientConfig, on platform: () -> Platform) throws -> StepUpClient {
        try lock.withLock {
            let identity = Identity(config)
            do {
                let client = try StepUpClient(config: config, platform: platform())
                held = held.filter { $0.value.client != nil }
                held[identity] = Held(client: client)
                return client
            } catch StepUpError.AlreadyOpen {
                // Nothing else of the error is needed: the core knows which clients live.
                guard let client = held[identity]?.client else { throw StepUpError.AlreadyOpen }
                return client
            }
        }
    }
}
