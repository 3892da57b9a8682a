import Foundation
import StepUp

/// A record is a file that is replaced as a whole: whoever is killed leaves the old one or the new one.
final class FileStorage: SecureStorage {
    private let directory: URL

    init(in directory: URL) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// Names of what is kept.
    func keys() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path)
    }

    func get(key: String) async throws -> Data? {
        let file = file(key)
        return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
    }

    func put(key: String, value: Data) async throws {
        try value.write(to: file(key), options: .atomic)
    }

    func delete(key: String) async throws {
        let file = file(key)
        if FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func file(_ key: String) -> URL {
        directory.appendingPathComponent(key)
    }
}

/// P-256 keys that outlive the process.
final class FileKeys: DeviceKeys {
    private let files: FileStorage

    init(in directory: URL) throws {
        files = try FileStorage(in: directory)
    }

    func generate(name: String) async throws -> DevicePublicKey {
        let key = try SigningKey()
        try await files.put(key: name, value: key.der())
        return try .subjectPublicKeyInfo(der: key.subjectPublicKeyInfo())
    }

    func publicKey(name: String) async throws -> DevicePublicKey? {
        try await key(name).map { try .subjectPublicKeyInfo(der: $0.subjectPublicKeyInfo()) }
    }

    func sign(name: String, message: Data) async throws -> Data {
        guard let key = try await key(name) else { throw PlatformError.NotFound }
        return try key.signature(for: message)
    }

    func delete(name: String) async throws {
        try await files.delete(key: name)
    }

    private func key(_ name: String) async throws -> SigningKey? {
        try await files.get(key: name).map { try SigningKey(der: $0) }
    }
}

/// A client with its storage and its keys in a directory: whoever opens the same one goes on where it was.
struct FileApp: SandboxApp {
    let sandbox: Sandbox
    let storage: FileStorage
    let client: StepUpClient

    init(on sandbox: Sandbox, in directory: URL, browser: (any OAuthBrowser)? = nil) throws {
        self.sandbox = sandbox
        storage = try FileStorage(in: directory.appendingPathComponent("records"))
        let keys = try FileKeys(in: directory.appendingPathComponent("keys"))
        let platform = Platform(storage: storage, deviceKeys: keys, oauthBrowser: browser)
        client = try StepUpClient(config: World.config(sandbox), platform: platform)
    }
}
