import Foundation
import StepUpGenerated

extension StepUpError: CustomStringConvertible, LocalizedError {
    /// What happened, without secrets: for logs. What to tell the user follows from `kind()`.
    public var errorDescription: String? { description }
}

extension StepUpError {
    /// The server's code for its refusal, if it gave one.
    public var serverCode: String? { serverAnswer()?.code }

    /// The id of the request that failed, for the server's logs; none if none was made.
    public var requestId: String? {
        switch self {
        case .Network(_, let id), .UnexpectedAnswer(_, _, let id): id
        default: serverAnswer()?.requestId
        }
    }
}

extension StepUpError: CustomNSError {
    /// `dev.stepup.StepUpError`.
    public static var errorDomain: String { "dev.stepup.StepUpError" }

    /// A number for each case, which it keeps for good.
    public var errorCode: Int {
        switch self {
        case .Cancelled: 1
        case .ClientClosed: 2
        case .AlreadyOpen: 3
        case .InvalidConfiguration: 4
        case .InvalidArgument: 5
        case .NotSignedIn: 6
        case .SessionReplaced: 7
        case .StepUpRequired: 8
        case .NotElevated: 9
        case .InvalidTransition: 10
        case .InvalidCode: 11
        case .MethodUnavailable: 12
        case .AuthenticatorClockWrong: 13
        case .ProviderRefused: 14
        case .RedirectRefused: 15
        case .InvalidRegistrationLink: 16
        case .DeviceRegistrationRequired: 17
        case .RateLimited: 18
        case .Network: 19
        case .TimedOut: 20
        case .CallbackFailed: 21
        case .Server: 22
        case .UnexpectedAnswer: 23
        case .IdentityMismatch: 24
        case .StorageFailed: 25
        case .KeyLost: 26
        case .Internal: 27
        }
    }

    /// For error reports, without secrets: the description, and what there is of `kind`, `httpStatus`,
    /// `serverCode`, `requestId` and `retryAfter` (in seconds).
    public var errorUserInfo: [String: Any] {
        let answer = serverAnswer()
        let details: [String: Any?] = [
            "httpStatus": answer.map { Int($0.status) }, "serverCode": answer?.code, "requestId": requestId,
            "retryAfter": retryAfter().map { $0 / .seconds(1) },
        ]
        let always: [String: Any] = [NSLocalizedDescriptionKey: description, "kind": "\(kind())"]
        return details.compactMapValues { $0 }.merging(always) { $1 }
    }
}
