import Foundation

/// An error of the host that the library does not know. Its text is what must not come out anywhere.
final class HostError: Error, CustomStringConvertible, @unchecked Sendable {
    static let text = "host-secret-4711"
    private let lock = NSLock()
    private var isRead = false

    var description: String {
        lock.withLock { isRead = true }
        return Self.text
    }

    /// Whether anybody asked for the text.
    var wasRead: Bool { lock.withLock { isRead } }
}
