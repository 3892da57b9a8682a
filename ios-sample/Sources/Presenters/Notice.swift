import Foundation
import StepUp

/// What a screen tells the user beside its content.
public struct Notice: Equatable, Sendable {
    /// What it says.
    public let text: TextKey
    /// What the text names, in seconds; none if it names nothing.
    public let seconds: Int?

    init(_ text: TextKey, seconds: Int? = nil) {
        (self.text, self.seconds) = (text, seconds)
    }

    /// What to say of an error; nothing of what the user wanted.
    init?(_ error: any Error) {
        switch error {
        case StepUpError.Cancelled, is CancellationError: return nil
        case let error as StepUpError: self.init(error)
        case is URLError: self.init(.offline)
        default: self.init(.unknown)
        }
    }

    private init(_ error: StepUpError) {
        if case .RateLimited(let wait?, _) = error {
            let (seconds, rest) = wait.components
            self.init(.waitSeconds, seconds: Int(seconds) + (rest > 0 ? 1 : 0))
        } else {
            self.init(TextKey(error))
        }
    }
}

extension TextKey {
    fileprivate init(_ error: StepUpError) {
        switch error {
        case .InvalidCode(let reason, _): self.init(reason)
        case .MethodUnavailable(let reason, _): self.init(reason)
        case .InvalidRegistrationLink(let reason, _): self.init(reason)
        case .InvalidArgument(let argument, _): self.init(argument: argument)
        case .Server(_, let answer, _) where answer.code == lastCredentialCode: self = .lastCredential
        case .AuthenticatorClockWrong: self = .clockWrong
        case .Network: self = .offline
        case .TimedOut: self = .timedOut
        case .NotElevated: self = .notElevated
        case .ProviderRefused: self = .providerRefused
        case .RedirectRefused: self = .redirectRefused
        case .IdentityMismatch: self = .linkOfAnotherUser
        case .StorageFailed: self = .storage
        default: self.init(error.kind())
        }
    }

    /// What the case does not say, the kind does.
    private init(_ kind: ErrorKind) {
        switch kind {
        case .retryLater: self = .retryLater
        case .askUserAgain: self = .invalidInput
        case .chooseAnotherMethod: self = .methodUnavailable
        case .registerDevice: self = .registerDevice
        case .requestNewLink: self = .linkRefused
        case .signInAgain: self = .notSignedIn
        case .fixConfiguration: self = .configuration
        case .cancelled, .stepUpNeeded, .bug: self = .unknown
        }
    }

    private init(_ reason: CodeRefusal) {
        switch reason {
        case .malformed: self = .codeMalformed
        case .wrong: self = .codeWrong
        case .expired: self = .codeExpired
        case .tooManyAttempts: self = .codeTooManyAttempts
        }
    }

    /// Why a method cannot be used.
    init(_ reason: UnavailableReason) {
        switch reason {
        case .notEnrolled: self = .notEnrolled
        case .notOnThisDevice: self = .notOnThisDevice
        case .alreadyEnrolled: self = .alreadyEnrolled
        case .belongsToAnotherUser: self = .belongsToAnotherUser
        case .differentAccount: self = .differentAccount
        case .alreadyAcknowledged: self = .codesAcknowledged
        case .captchaRequired: self = .captchaNeeded
        case .unsupported, .notEnabledForSignIn, .proofRefused: self = .methodUnavailable
        }
    }

    private init(_ reason: LinkRefusal) {
        switch reason {
        case .used: self = .linkUsed
        case .expired: self = .linkExpired
        case .foreign, .malformed: self = .linkForeign
        case .refused: self = .linkRefused
        }
    }

    private init(argument: String) {
        switch argument {
        case "email": self = .invalidEmail
        case "phone": self = .invalidPhone
        default: self = .invalidInput
        }
    }
}

/// The server's code for the removal of the only credential that can sign in.
private let lastCredentialCode = "cannot_delete_last_sign_in_verified_credential"
