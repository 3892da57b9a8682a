#if canImport(Security)
    import Foundation
    import Security
    import StepUp

    /// Keeps P-256 keys in the Secure Enclave, which they never leave. On simulators, which have none, they
    /// lie in the keychain.
    ///
    /// Signing asks nobody: the session is renewed in the background. A key can be used once the device has
    /// been unlocked after a start; before that calls throw `PlatformError.Locked`. A Mac without a Secure
    /// Enclave throws `PlatformError.Unsupported`.
    ///
    /// Keys that an earlier install of the app has left are removed at the first use.
    public final class SecureEnclaveDeviceKeys: DeviceKeys {
        private let installation: Installation
        private let inSecureEnclave: Bool

        /// The keys of this app.
        public convenience init() {
            self.init(installation: Installation())
        }

        init(installation: Installation, inSecureEnclave: Bool = !isSimulator) {
            self.installation = installation
            self.inSecureEnclave = inSecureEnclave
        }

        /// Makes a key, in place of one that has the name. Where none can be made, that one stays.
        ///
        /// - Throws: `PlatformError.Locked`, `Unsupported`; `Configuration` if the app is not signed.
        public func generate(name: String) async throws -> DevicePublicKey {
            let inSecureEnclave = inSecureEnclave
            return try await installation.run { label in
                let make = { try Keychain.make(.newKey($0, label: label, inSecureEnclave: inSecureEnclave)) }
                if try Self.isTaken(name, label) {
                    // What is removed cannot be had back: one of another name shows that keys can be made.
                    let probe = "\(name).probe"
                    try Keychain.delete(.key(probe, of: label))
                    _ = try make(probe)
                    try Keychain.delete(.key(probe, of: label))
                    try Keychain.delete(.key(name, of: label))
                }
                return try make(name).publicPoint()
            }
        }

        /// The public half of a key, or none if there is no such key.
        ///
        /// - Throws: `PlatformError.Locked`.
        public func publicKey(name: String) async throws -> DevicePublicKey? {
            try await installation.run { try Keychain.key(.key(name, of: $0))?.publicPoint() }
        }

        /// Signs with ECDSA over the SHA-256 of a message, in DER.
        ///
        /// - Throws: `PlatformError.NotFound`, `KeyInvalidated`: the key is lost; `Locked`.
        public func sign(name: String, message: Data) async throws -> Data {
            try await installation.run { label in
                guard let key = try Keychain.key(.key(name, of: label)) else { throw PlatformError.NotFound }
                var error: Unmanaged<CFError>?
                let signature = SecKeyCreateSignature(
                    key, .ecdsaSignatureMessageX962SHA256, message as CFData, &error)
                guard let signature else { throw PlatformError(key: error) }
                return signature as Data
            }
        }

        /// Removes a key. One that is not there is no error.
        ///
        /// - Throws: `PlatformError.Locked`.
        public func delete(name: String) async throws {
            try await installation.run { try Keychain.delete(.key(name, of: $0)) }
        }

        /// Also by a key that nothing can be done with any more.
        private static func isTaken(_ name: String, _ label: String) throws -> Bool {
            do {
                return try Keychain.key(.key(name, of: label)) != nil
            } catch PlatformError.KeyInvalidated {
                return true
            }
        }

        private static var isSimulator: Bool {
            #if targetEnvironment(simulator)
                true
            #else
                false
            #endif
        }
    }

    extension SecKey {
        fileprivate func publicPoint() throws -> DevicePublicKey {
            var error: Unmanaged<CFError>?
            guard let key = SecKeyCopyPublicKey(self),
                let point = SecKeyCopyExternalRepresentation(key, &error)
            else { throw PlatformError(key: error) }
            return .x963(point: point as Data)
        }
    }
#endif
