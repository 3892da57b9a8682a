/// What stands in for the keychain: items in memory, keys of OpenSSL. It refuses what is not asked for in the
/// form that the documentation demands, and shows that our code hangs together, not how Apple's behaves.
public final class SimulatedKeychain: @unchecked Sendable {
    /// The one of this process.
    public static let shared = SimulatedKeychain()

    let lock = NSRecursiveLock()
    private var items: [CFDictionary] = []
    private var locked = false
    private var hidden = false
    private var enclave = true
    private var failure: OSStatus?

    /// An empty keychain of an unlocked device.
    public func reset() {
        lock.withLock { (items, locked, hidden, enclave, failure) = ([], false, false, true, nil) }
    }
    /// Before the first unlock after a start, nothing can be read.
    public var isLocked: Bool {
        get { lock.withLock { locked } }
        set { lock.withLock { locked = newValue } }
    }
    /// Before the first unlock as it was seen in apps that the system had started ahead of time: nothing is
    /// found, what is deleted is gone, and only what needs a key of the device is refused.
    public var isHidden: Bool {
        get { lock.withLock { hidden } }
        set { lock.withLock { hidden = newValue } }
    }
    /// Whether there is a Secure Enclave.
    public var hasEnclave: Bool {
        get { lock.withLock { enclave } }
        set { lock.withLock { enclave = newValue } }
    }
    /// What the next call answers, in place of being done.
    public func failNext(with status: OSStatus) { lock.withLock { failure = status } }
    /// What is kept, with all that was said of it.
    public var contents: [CFDictionary] { lock.withLock { items } }

    /// - Parameter answer: What a call answers while nothing can be seen; none, if it is done.
    func refusal(whileHidden answer: OSStatus? = errSecInteractionNotAllowed) -> OSStatus? {
        defer { failure = nil }
        return failure ?? (locked ? errSecInteractionNotAllowed : hidden ? answer : nil)
    }

    func add(_ item: CFDictionary) -> OSStatus {
        guard let primary = Self.primary(item) else { return errSecParam }
        guard !items.contains(where: { Self.matches($0, primary) }) else { return errSecDuplicateItem }
        items.append(item)
        return errSecSuccess
    }

    func find(_ query: CFDictionary) -> CFDictionary? { items.first { Self.matches($0, query) } }

    func update(_ query: CFDictionary, with changes: CFDictionary) -> OSStatus {
        let found = items.indices.filter { Self.matches(items[$0], query) }
        for index in found { items[index].merge(changes) { $1 } }
        return found.isEmpty ? errSecItemNotFound : errSecSuccess
    }

    func remove(_ query: CFDictionary) -> OSStatus {
        let before = items.count
        items.removeAll { Self.matches($0, query) }
        return items.count == before ? errSecItemNotFound : errSecSuccess
    }

    /// What there may be one of.
    private static func primary(_ item: CFDictionary) -> CFDictionary? {
        let names: [CFString]
        switch item[kSecClass] as? CFString {
        case kSecClassGenericPassword: names = [kSecClass, kSecAttrService, kSecAttrAccount]
        case kSecClassKey: names = [kSecClass, kSecAttrApplicationTag]
        default: return nil
        }
        let primary = item.filter { names.contains($0.key) }
        return primary.count == names.count ? primary : nil
    }

    /// What says how to answer is not compared.
    private static func matches(_ item: CFDictionary, _ query: CFDictionary) -> Bool {
        let manner = [kSecReturnData, kSecReturnRef, kSecMatchLimit, kSecUseDataProtectionKeychain]
        return query.filter { !manner.contains($0.key) }.allSatisfy { name, value in
            guard let kept = item[name] else { return name == kSecAttrSynchronizable }
            return isEqual(kept, value)
        }
    }

    private static func isEqual(_ one: Any, _ other: Any) -> Bool {
        switch (one, other) {
        case (let one as CFString, let other as CFString): one == other
        case (let one as String, let other as String): one == other
        case (let one as Data, let other as Data): one == other
        case (let one as Bool, let other as Bool): one == other
        case (let one as Int, let other as Int): one == other
        default: false
        }
    }
}
