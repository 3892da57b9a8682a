import Foundation

@testable import StepUpApple

/// The container of an installed app. It goes with the app.
final class Container {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// The app, started.
    var installation: Installation { installation(of: KeychainQuery.label) }
    var storage: KeychainStorage { KeychainStorage(installation: installation) }
    var keys: SecureEnclaveDeviceKeys { SecureEnclaveDeviceKeys(installation: installation) }

    /// Another app, if the label is another's.
    func installation(of label: String) -> Installation {
        Installation(service: label, directory: directory)
    }

    /// The file by which an install is known.
    var note: URL {
        get throws {
            let files = try FileManager.default.contentsOfDirectory(
                at: directory, includingPropertiesForKeys: nil)
            return files[0]
        }
    }
}
