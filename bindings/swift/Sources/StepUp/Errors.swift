import Foundation
import StepUpGenerated

extension StepUpError: CustomStringConvertible, LocalizedError {
    /// What happened, without secrets: for logs. What to tell the user follows from `kind()`.
    public var errorDescription: String? { description }
}

extension PlatformError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same as the description: the reason is the callback's own affair.
    public var debugDescription: String { description }
    /// Shows no part, for the same reason.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PlatformError: LocalizedError {
    /// Which case it is, without the reason.
    public var errorDescription: String? { description }
}
