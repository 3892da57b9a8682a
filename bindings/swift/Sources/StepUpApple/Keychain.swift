#if canImport(Security)
    import Foundation
    import Security
    import StepUp

    /// The keychain. Its calls wait for another process: they run one after the other on a queue of their
    /// own, and not where tasks run.
    enum Keychain {
        private static let queue = DispatchQueue(label: "dev.stepup.keychain")

        /// Runs what uses the keychain, when everything before it has ended.
        static func run<Answer: Sendable>(
            _ work: @escaping @Sendable () throws -> Answer
        ) async throws -> Answer {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try work() }) }
            }
        }

        /// The content of a record, or none.
        static func data(of record: KeychainQuery) throws -> Data? {
            guard let found = try item(record.readingData) else { return nil }
            guard let data = found as? Data else { throw PlatformError(keychain: errSecDecode) }
            return data
        }

        /// Writes a record as a whole.
        static func put(_ data: Data, as record: KeychainQuery) throws {
            let change = try KeychainQuery.content(data).dictionary()
            let updated = SecItemUpdate(try record.dictionary(), change)
            if updated == errSecItemNotFound {
                return try add(data, as: record)
            }
            try succeed(updated)
        }

        /// Writes a record that was not found. If it is there all the same, the keychain is not readable yet.
        static func add(_ data: Data, as record: KeychainQuery) throws {
            let status = SecItemAdd(try record.holding(data).dictionary(), nil)
            if status == errSecDuplicateItem { throw PlatformError.Locked }
            try succeed(status)
        }

        /// Removes what a query names. That nothing is there is no error.
        static func delete(_ query: KeychainQuery) throws {
            let status = SecItemDelete(try query.dictionary())
            if status != errSecItemNotFound { try succeed(status) }
        }

        /// A private key, or none.
        static func key(_ query: KeychainQuery) throws -> SecKey? {
            // A query for one key: what Core Foundation calls a type is not looked at by a cast.
            // swift-format-ignore: NeverForceUnwrap
            try item(query.readingReference).map { $0 as! SecKey }
        }

        /// Makes a key and keeps it.
        static func make(_ key: KeychainQuery) throws -> SecKey {
            var error: Unmanaged<CFError>?
            guard let made = SecKeyCreateRandomKey(try key.dictionary(), &error) else {
                throw PlatformError(key: error)
            }
            return made
        }

        private static func item(_ query: KeychainQuery) throws -> CFTypeRef? {
            var item: CFTypeRef?
            let status = SecItemCopyMatching(try query.dictionary(), &item)
            if status == errSecItemNotFound { return nil }
            try succeed(status)
            return item
        }

        private static func succeed(_ status: OSStatus) throws {
            guard status == errSecSuccess else { throw PlatformError(keychain: status) }
        }
    }

    extension KeychainQuery {
        /// As the keychain takes it.
        func dictionary() throws -> CFDictionary { try Self.named(attributes) as CFDictionary }

        private static func named(_ attributes: Attributes) throws -> [CFString: Any] {
            var named: [CFString: Any] = [:]
            for (attribute, value) in attributes { named[attribute.name] = try value.reference() }
            return named
        }
    }

    extension KeychainAttribute {
        fileprivate var name: CFString {
            switch self {
            case .itemClass: kSecClass
            case .service: kSecAttrService
            case .account: kSecAttrAccount
            case .label: kSecAttrLabel
            case .accessible: kSecAttrAccessible
            case .accessControl: kSecAttrAccessControl
            case .isSynchronizable: kSecAttrSynchronizable
            case .applicationTag: kSecAttrApplicationTag
            case .keyClass: kSecAttrKeyClass
            case .keyType: kSecAttrKeyType
            case .keySize: kSecAttrKeySizeInBits
            case .token: kSecAttrTokenID
            case .isPermanent: kSecAttrIsPermanent
            case .privateKey: kSecPrivateKeyAttrs
            case .data: kSecValueData
            case .returnsData: kSecReturnData
            case .returnsReference: kSecReturnRef
            case .matchLimit: kSecMatchLimit
            case .usesDataProtection: kSecUseDataProtectionKeychain
            }
        }
    }

    extension KeychainValue {
        fileprivate func reference() throws -> Any {
            switch self {
            case .text(let text): text
            case .bytes(let data): data
            case .flag(let flag): flag
            case .number(let number): number
            case .attributes(let attributes): try KeychainQuery(attributes: attributes).dictionary()
            case .genericPassword: kSecClassGenericPassword
            case .key: kSecClassKey
            case .privateKey: kSecAttrKeyClassPrivate
            case .ellipticCurve: kSecAttrKeyTypeECSECPrimeRandom
            case .secureEnclave: kSecAttrTokenIDSecureEnclave
            case .one: kSecMatchLimitOne
            case .afterFirstUnlockThisDeviceOnly: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            case .signingAfterFirstUnlockThisDeviceOnly: try signingAccess()
            }
        }

        /// Without a condition on the person.
        private func signingAccess() throws -> SecAccessControl {
            var error: Unmanaged<CFError>?
            let access = SecAccessControlCreateWithFlags(
                nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, &error)
            guard let access else { throw PlatformError(key: error) }
            return access
        }
    }

    extension PlatformError {
        /// What a call has left, which is given back.
        init(key error: Unmanaged<CFError>?) {
            guard let error = error?.takeRetainedValue() else {
                self = .Internal(reason: "a key failed without a reason")
                return
            }
            self.init(key: error as any Error as NSError)
        }
    }
#endif
