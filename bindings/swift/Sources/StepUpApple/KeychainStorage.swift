#if canImport(Security)
    import Foundation
    import StepUp

    /// Keeps the session in the keychain, on this device only and outside of backups
    /// (`kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly`).
    ///
    /// It can be read in the background, too, once the device has been unlocked after a start. Before that it
    /// throws `PlatformError.Locked`, which calls of the client pass on as `StepUpError.StorageFailed` with
    /// the reason `locked`: nothing is lost, the call is to be repeated later.
    ///
    /// The keychain outlives the app. What an earlier install has left is removed at the first use.
    public final class KeychainStorage: SecureStorage {
        private let installation: Installation

        /// The storage of this app.
        public convenience init() {
            self.init(installation: Installation())
        }

        init(installation: Installation) {
            self.installation = installation
        }

        /// The record with this key, or none.
        ///
        /// - Throws: `PlatformError.Locked` before the first unlock; `Configuration` in an app that is not
        ///   signed.
        public func get(key: String) async throws -> Data? {
            try await installation.run { try Keychain.data(of: .record(key, of: $0)) }
        }

        /// Writes a record as a whole.
        ///
        /// - Throws: As ``get(key:)``.
        public func put(key: String, value: Data) async throws {
            try await installation.run { try Keychain.put(value, as: .record(key, of: $0)) }
        }

        /// Removes a record. One that is not there is no error.
        ///
        /// - Throws: As ``get(key:)``.
        public func delete(key: String) async throws {
            try await installation.run { try Keychain.delete(.record(key, of: $0)) }
        }
    }
#endif
