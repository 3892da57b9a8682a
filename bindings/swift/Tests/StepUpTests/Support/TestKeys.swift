import Foundation
import StepUp

/// Keys in memory, made and used by the platform's own cryptography.
actor TestKeys: DeviceKeys {
    private var keys: [String: SigningKey] = [:]
    private(set) var signatures = 0
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func generate(name: String) async throws -> DevicePublicKey {
        try await behaviour.pass()
        let key = try SigningKey()
        keys[name] = key
        return try .subjectPublicKeyInfo(der: key.subjectPublicKeyInfo())
    }

    func publicKey(name: String) async throws -> DevicePublicKey? {
        try await behaviour.pass()
        return try keys[name].map { try .subjectPublicKeyInfo(der: $0.subjectPublicKeyInfo()) }
    }

    func sign(name: String, message: Data) async throws -> Data {
        try await behaviour.pass()
        guard let key = keys[name] else { throw PlatformError.NotFound }
        signatures += 1
        return try key.signature(for: message)
    }

    func delete(name: String) async throws {
        try await behaviour.pass()
        keys[name] = nil
    }
}
