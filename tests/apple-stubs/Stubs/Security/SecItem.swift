// SecItem.h, on the keychain in memory.

private var keychain: SimulatedKeychain { .shared }

@discardableResult
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?)
    -> OSStatus
{
    keychain.lock.withLock {
        if let refusal = keychain.refusal(whileHidden: errSecItemNotFound) { return refusal }
        guard query[kSecClass] is CFString else { return errSecParam }
        guard let item = keychain.find(query) else { return errSecItemNotFound }
        if query[kSecReturnData] as? Bool == true { result?.pointee = item[kSecValueData] as AnyObject }
        if query[kSecReturnRef] as? Bool == true { result?.pointee = item[valueReference] as AnyObject }
        return errSecSuccess
    }
}

public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    keychain.lock.withLock { keychain.refusal() ?? keychain.add(attributes) }
}

public func SecItemUpdate(_ query: CFDictionary, _ attributesToUpdate: CFDictionary) -> OSStatus {
    keychain.lock.withLock {
        if let refusal = keychain.refusal(whileHidden: errSecItemNotFound) { return refusal }
        guard isOfItems(query), attributesToUpdate[kSecClass] == nil else { return errSecParam }
        return keychain.update(query, with: attributesToUpdate)
    }
}

public func SecItemDelete(_ query: CFDictionary) -> OSStatus {
    keychain.lock.withLock {
        if let refusal = keychain.refusal(whileHidden: nil) { return refusal }
        guard isOfItems(query) else { return errSecParam }
        return keychain.remove(query)
    }
}

/// What says how to answer is refused where nothing is answered.
private func isOfItems(_ query: CFDictionary) -> Bool {
    query[kSecClass] is CFString
        && [kSecMatchLimit, kSecReturnData, kSecReturnRef, kSecValueData].allSatisfy { query[$0] == nil }
}

/// Under which the keychain in memory keeps a key.
let valueReference = CFString("v_Ref")
