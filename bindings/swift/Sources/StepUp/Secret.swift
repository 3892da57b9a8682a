/// A token or a recovery code. Printing, interpolating, dumping or reflecting one shows nothing of it.
public struct Secret: Sendable, Hashable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The secret text. Send it or show it to the user; do not log or keep it.
    public func expose() -> String {
        text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same text.
    public var description: String { "[redacted]" }
    /// Always the same text.
    public var debugDescription: String { description }
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
