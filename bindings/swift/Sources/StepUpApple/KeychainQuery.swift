import Foundation

/// What the keychain is asked or told, in words that can be looked at where there is no keychain.
struct KeychainQuery: Equatable, Sendable {
    /// Attributes of items, each at most once.
    typealias Attributes = [KeychainAttribute: KeychainValue]

    private(set) var attributes: Attributes

    /// Marks what is this library's and this app's, so that a new install finds all of it, and nothing of
    /// another app: with *Keychain Sharing* a query is answered from all groups that an app is in.
    static let label = label(ofApp: Bundle.main.bundleIdentifier)

    /// - Parameter identifier: That of the bundle. A program without one goes by its name.
    static func label(ofApp identifier: String?) -> String {
        "dev.stepup.\(identifier ?? ProcessInfo.processInfo.processName)"
    }

    /// A record.
    static func record(_ key: String, of service: String) -> KeychainQuery {
        var query = records(of: service)
        query.attributes[.account] = .text(key)
        return query
    }

    /// All records.
    static func records(of service: String) -> KeychainQuery {
        KeychainQuery(attributes: [
            .itemClass: .genericPassword, .service: .text(service), .isSynchronizable: .flag(false),
            .usesDataProtection: .flag(true),
        ])
    }

    /// A private key.
    static func key(_ name: String, of label: String) -> KeychainQuery {
        KeychainQuery(attributes: [
            .itemClass: .key, .keyClass: .privateKey, .keyType: .ellipticCurve,
            .applicationTag: .bytes(tag(of: name, label: label)), .usesDataProtection: .flag(true),
        ])
    }

    /// All private keys.
    static func keys(of label: String) -> KeychainQuery {
        KeychainQuery(attributes: [
            .itemClass: .key, .label: .text(label), .usesDataProtection: .flag(true),
        ])
    }

    /// Parameters of a new P-256 key. It can be used whenever the device has been unlocked once, without the
    /// person: the session is renewed in the background. It stays on this device.
    static func newKey(_ name: String, label: String, inSecureEnclave: Bool) -> KeychainQuery {
        let access: Attributes =
            inSecureEnclave
            ? [.accessControl: .signingAfterFirstUnlockThisDeviceOnly]
            : [.accessible: .afterFirstUnlockThisDeviceOnly]
        let key: Attributes = [
            .isPermanent: .flag(true), .applicationTag: .bytes(tag(of: name, label: label)),
            .label: .text(label),
        ]
        var attributes: Attributes = [
            .keyType: .ellipticCurve, .keySize: .number(256), .usesDataProtection: .flag(true),
            .privateKey: .attributes(key.merging(access) { $1 }),
        ]
        if inSecureEnclave { attributes[.token] = .secureEnclave }
        return KeychainQuery(attributes: attributes)
    }

    /// Asks for the content.
    var readingData: KeychainQuery {
        adding([.returnsData: .flag(true), .matchLimit: .one])
    }

    /// Asks for the key itself.
    var readingReference: KeychainQuery {
        adding([.returnsReference: .flag(true), .matchLimit: .one])
    }

    /// A new item with this content.
    func holding(_ data: Data) -> KeychainQuery {
        adding(Self.content(data).attributes)
    }

    /// The content of an item, and from when on it can be read: not in backups, not before the first unlock.
    static func content(_ data: Data) -> KeychainQuery {
        KeychainQuery(attributes: [
            .data: .bytes(data), .accessible: .afterFirstUnlockThisDeviceOnly,
        ])
    }

    private func adding(_ more: Attributes) -> KeychainQuery {
        KeychainQuery(attributes: attributes.merging(more) { $1 })
    }

    /// No app's identifier has a slash: what a key is called in one app never is another's in another.
    private static func tag(of name: String, label: String) -> Data { Data("\(label)/\(name)".utf8) }
}

/// What an item has, or how it is to be answered.
enum KeychainAttribute: Hashable, Sendable {
    case itemClass, service, account, label, accessible, accessControl, isSynchronizable
    case applicationTag, keyClass, keyType, keySize, token, isPermanent, privateKey
    case data, returnsData, returnsReference, matchLimit, usesDataProtection
}

/// The value of an attribute.
indirect enum KeychainValue: Equatable, Sendable {
    case text(String)
    case bytes(Data)
    case flag(Bool)
    case number(Int)
    case attributes(KeychainQuery.Attributes)
    case genericPassword, key, privateKey, ellipticCurve, secureEnclave, one
    case afterFirstUnlockThisDeviceOnly, signingAfterFirstUnlockThisDeviceOnly
}
