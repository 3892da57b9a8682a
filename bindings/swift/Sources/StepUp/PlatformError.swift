import Foundation
import StepUpGenerated

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

extension PlatformError: CustomNSError {
    /// `dev.stepup.PlatformError`.
    public static var errorDomain: String { "dev.stepup.PlatformError" }

    /// A number for each case, which it keeps for good.
    public var errorCode: Int {
        switch self {
        case .Cancelled: 1
        case .TimedOut: 2
        case .NotFound: 3
        case .AlreadyExists: 4
        case .Unsupported: 5
        case .KeyInvalidated: 6
        case .Locked: 7
        case .Configuration: 8
        case .Internal: 9
        }
    }

    /// The description alone.
    public var errorUserInfo: [String: Any] { [NSLocalizedDescriptionKey: description] }
}
