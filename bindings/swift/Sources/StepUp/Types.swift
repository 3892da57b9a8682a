import StepUpGenerated

// What crosses from the core as it is. Its documentation is where it is declared.

/// Configuration of a client. Only `environmentId` must be given.
public typealias ClientConfig = StepUpGenerated.ClientConfig
/// How long callbacks may take, in seconds.
public typealias Deadlines = StepUpGenerated.Deadlines
/// Limits of network calls; times in seconds.
public typealias Limits = StepUpGenerated.Limits
/// Which certificate authorities are trusted.
public typealias TlsRoots = StepUpGenerated.TlsRoots

/// The app's callbacks. Storage and keys must be given.
public typealias Platform = StepUpGenerated.Platform
/// Keeps small records that hold secrets.
public typealias SecureStorage = StepUpGenerated.SecureStorage
/// Holds P-256 keys that cannot be taken out.
public typealias DeviceKeys = StepUpGenerated.DeviceKeys
/// A P-256 public key in the form that the platform has it.
public typealias DevicePublicKey = StepUpGenerated.DevicePublicKey
/// Shows the system's passkey sheet.
public typealias PasskeyProvider = StepUpGenerated.PasskeyProvider
/// Takes the log of one client.
public typealias LogSink = StepUpGenerated.LogSink
/// One line of the log.
public typealias LogRecord = StepUpGenerated.LogRecord
/// How much a line of the log matters.
public typealias LogLevel = StepUpGenerated.LogLevel
/// The one error that a callback may throw.
public typealias PlatformError = StepUpGenerated.PlatformError

/// Who is signed in, until when, and what is still to be done.
public typealias Session = StepUpGenerated.Session
/// Which of the session's tokens.
public typealias SessionTokenKind = StepUpGenerated.SessionTokenKind
/// Something that the server waits for before it gives the session all its rights.
public typealias OnboardingDuty = StepUpGenerated.OnboardingDuty
/// The user as the server described it with the session.
public typealias User = StepUpGenerated.User
/// A credential that the user has proven.
public typealias VerifiedCredential = StepUpGenerated.VerifiedCredential
/// What a credential is. An open set.
public typealias CredentialFormat = StepUpGenerated.CredentialFormat
/// What a sign-in may ask for besides the session.
public typealias SignInOptions = StepUpGenerated.SignInOptions
/// How a sign-in ended. More cases will follow.
public typealias SignInOutcome = StepUpGenerated.SignInOutcome
/// A phone number.
public typealias PhoneNumber = StepUpGenerated.PhoneNumber
/// A code that is on its way to the user.
public typealias OtpVerification = StepUpGenerated.OtpVerification
/// How a code is sent.
public typealias OtpChannel = StepUpGenerated.OtpChannel

/// The answer to "is a step-up needed?".
public typealias StepUpCheck = StepUpGenerated.StepUpCheck
/// Why a check answered as it did.
public typealias CheckReason = StepUpGenerated.CheckReason
/// A credential that can serve for a step-up.
public typealias StepUpCredential = StepUpGenerated.StepUpCredential
/// A permission that the user has proven, without the token itself.
public typealias Elevation = StepUpGenerated.Elevation
/// A passkey ceremony that needs nothing but the user.
public typealias PreparedPasskey = StepUpGenerated.PreparedPasskey
/// A header of a request. Printing one shows its name only.
public typealias HttpHeader = StepUpGenerated.HttpHeader

/// A factor of the user.
public typealias MfaFactor = StepUpGenerated.MfaFactor
/// What a factor is. An open set.
public typealias MfaFactorKind = StepUpGenerated.MfaFactorKind
/// An authenticator app that waits for its first code.
public typealias TotpEnrollment = StepUpGenerated.TotpEnrollment
/// A QR code.
public typealias QrCode = StepUpGenerated.QrCode

/// Every error of this library. `kind()` says what to do; the case says what happened.
public typealias StepUpError = StepUpGenerated.StepUpError
/// What the app should do about an error.
public typealias ErrorKind = StepUpGenerated.ErrorKind
/// What is known of a server's refusal.
public typealias ServerAnswer = StepUpGenerated.ServerAnswer
/// Why a code was refused.
public typealias CodeRefusal = StepUpGenerated.CodeRefusal
/// Why a way to verify cannot be used.
public typealias UnavailableReason = StepUpGenerated.UnavailableReason
/// Where a request broke off.
public typealias NetworkFailure = StepUpGenerated.NetworkFailure
/// A platform callback.
public typealias PlatformCallback = StepUpGenerated.PlatformCallback
/// How the secure storage failed.
public typealias StorageFailure = StepUpGenerated.StorageFailure

extension Platform {
    /// **Insecure:** storage in memory and keys in software, both gone with the process. For tests and
    /// trials.
    public static func insecureInMemory() -> Platform {
        insecureInMemoryPlatform()
    }
}
