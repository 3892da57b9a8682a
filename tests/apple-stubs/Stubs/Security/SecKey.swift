// SecKey.h and SecAccessControl.h, with keys of OpenSSL.

public final class SecKey {
    let key: SigningKey
    let isPrivate: Bool
    init(key: SigningKey, isPrivate: Bool) { (self.key, self.isPrivate) = (key, isPrivate) }
}

public typealias ErrorPointer = UnsafeMutablePointer<Unmanaged<CFError>?>

private func fail<Answer>(_ status: OSStatus, _ error: ErrorPointer?) -> Answer? {
    error?.pointee = Unmanaged.passRetained(CFError(status: status))
    return nil
}

public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecAccessControl? {
    guard protection is CFString else { return fail(errSecParam, error) }
    return SecAccessControl(protection: protection, flags: flags)
}

public func SecKeyCreateRandomKey(
    _ parameters: CFDictionary, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecKey? {
    let keychain = SimulatedKeychain.shared
    return keychain.lock.withLock {
        if let refusal = keychain.refusal() { return fail(refusal, error) }
        guard parameters[kSecAttrKeyType] as? CFString == kSecAttrKeyTypeECSECPrimeRandom,
            parameters[kSecAttrKeySizeInBits] as? Int == 256, let made = try? SigningKey()
        else { return fail(errSecParam, error) }
        let isOfEnclave = parameters[kSecAttrTokenID] as? CFString == kSecAttrTokenIDSecureEnclave
        guard keychain.hasEnclave || !isOfEnclave else { return fail(errSecUnimplemented, error) }
        let key = SecKey(key: made, isPrivate: true)
        guard var item = parameters[kSecPrivateKeyAttrs] as? CFDictionary,
            item[kSecAttrIsPermanent] as? Bool == true
        else { return key }
        let access = item[kSecAttrAccessControl] as? SecAccessControl
        // A key of the enclave without it cannot sign; one that is in the keychain alone must not have it.
        guard (access?.flags.contains(.privateKeyUsage) == true) == isOfEnclave else {
            return fail(errSecParam, error)
        }
        item[kSecClass] = kSecClassKey
        item[kSecAttrKeyClass] = kSecAttrKeyClassPrivate
        item[kSecAttrKeyType] = kSecAttrKeyTypeECSECPrimeRandom
        item[kSecAttrTokenID] = parameters[kSecAttrTokenID]
        item[valueReference] = key
        let status = keychain.add(item)
        return status == errSecSuccess ? key : fail(status, error)
    }
}

public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { SecKey(key: key.key, isPrivate: false) }

public func SecKeyCopyExternalRepresentation(
    _ key: SecKey, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? {
    // The point is what a SubjectPublicKeyInfo of P-256 ends with; the private half does not leave the key.
    guard !key.isPrivate, let encoded = try? key.key.subjectPublicKeyInfo() else {
        return fail(errSecParam, error)
    }
    return encoded.suffix(65)
}

public func SecKeyCreateSignature(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ dataToSign: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? {
    if let refusal = SimulatedKeychain.shared.refusal() { return fail(refusal, error) }
    guard key.isPrivate, algorithm == .ecdsaSignatureMessageX962SHA256,
        let signature = try? key.key.signature(for: dataToSign)
    else { return fail(errSecParam, error) }
    return signature
}
