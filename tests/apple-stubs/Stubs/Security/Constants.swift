@_exported import Foundation

// As SecBase.h, SecItem.h and SecKey.h have it. What is a reference of Core Foundation there is a class here;
// a dictionary is Swift's own, because nothing is bridged on Linux.

public final class CFString: Hashable, @unchecked Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
    public static func == (one: CFString, other: CFString) -> Bool { one.description == other.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
public typealias CFDictionary = [CFString: Any]
public typealias CFData = Data
public typealias CFTypeRef = AnyObject
public typealias CFOptionFlags = UInt
public typealias OSStatus = Int32
public final class CFAllocator {}

public let kSecClass = CFString("class")
public let kSecClassGenericPassword = CFString("genp")
public let kSecClassKey = CFString("keys")
public let kSecAttrService = CFString("svce")
public let kSecAttrAccount = CFString("acct")
public let kSecAttrLabel = CFString("labl")
public let kSecAttrAccessible = CFString("pdmn")
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = CFString("cku")
public let kSecAttrAccessControl = CFString("accc")
public let kSecAttrSynchronizable = CFString("sync")
public let kSecAttrApplicationTag = CFString("atag")
public let kSecAttrKeyClass = CFString("kcls")
public let kSecAttrKeyClassPrivate = CFString("1")
public let kSecAttrKeyType = CFString("type")
public let kSecAttrKeyTypeECSECPrimeRandom = CFString("73")
public let kSecAttrKeySizeInBits = CFString("bsiz")
public let kSecAttrTokenID = CFString("tkid")
public let kSecAttrTokenIDSecureEnclave = CFString("com.apple.setoken")
public let kSecAttrIsPermanent = CFString("perm")
public let kSecPrivateKeyAttrs = CFString("private")
public let kSecUseDataProtectionKeychain = CFString("nleg")
public let kSecValueData = CFString("v_Data")
public let kSecReturnData = CFString("r_Data")
public let kSecReturnRef = CFString("r_Ref")
public let kSecMatchLimit = CFString("m_Limit")
public let kSecMatchLimitOne = CFString("m_LimitOne")

public var errSecSuccess: OSStatus { 0 }
public var errSecParam: OSStatus { -50 }
public var errSecUserCanceled: OSStatus { -128 }
public var errSecNotAvailable: OSStatus { -25291 }
public var errSecAuthFailed: OSStatus { -25293 }
public var errSecDuplicateItem: OSStatus { -25299 }
public var errSecItemNotFound: OSStatus { -25300 }
public var errSecInteractionNotAllowed: OSStatus { -25308 }
public var errSecDecode: OSStatus { -26275 }
public var errSecUnimplemented: OSStatus { -4 }
public var errSecMissingEntitlement: OSStatus { -34018 }

public struct SecAccessControlCreateFlags: OptionSet, @unchecked Sendable {
    public let rawValue: CFOptionFlags
    public init(rawValue: CFOptionFlags) { self.rawValue = rawValue }
    public static var userPresence: Self { Self(rawValue: 1 << 0) }
    public static var biometryAny: Self { Self(rawValue: 1 << 1) }
    public static var biometryCurrentSet: Self { Self(rawValue: 1 << 3) }
    public static var devicePasscode: Self { Self(rawValue: 1 << 4) }
    public static var privateKeyUsage: Self { Self(rawValue: 1 << 30) }
}

public final class SecAccessControl {
    let protection: CFTypeRef
    let flags: SecAccessControlCreateFlags
    init(protection: CFTypeRef, flags: SecAccessControlCreateFlags) {
        (self.protection, self.flags) = (protection, flags)
    }
}

public struct SecKeyAlgorithm: RawRepresentable, Hashable, @unchecked Sendable {
    public let rawValue: CFString
    public init(rawValue: CFString) { self.rawValue = rawValue }
    public static let ecdsaSignatureMessageX962SHA256 = Self(
        rawValue: CFString("algid:sign:ECDSA:message-X962:SHA256"))
    public static let ecdsaSignatureDigestX962SHA256 = Self(
        rawValue: CFString("algid:sign:ECDSA:digest-X962:SHA256"))
    public static let ecdsaSignatureMessageRFC4754SHA256 = Self(
        rawValue: CFString("algid:sign:ECDSA:message-RFC4754:SHA256"))
}

/// Toll-free with `NSError`, as Apple's is.
public final class CFError: NSError, @unchecked Sendable {
    init(status: OSStatus) { super.init(domain: NSOSStatusErrorDomain, code: Int(status)) }
    @available(*, unavailable) required init?(coder: NSCoder) { nil }
}
