// Re-exported: with `MemberImportVisibility` the members of what is named here are seen by those only who
// import their module. Of two types of one name an app sees the one of this module.
@_exported import StepUpGenerated

// What crosses from the core as it is. Its documentation is where it is declared.

/// Which certificate authorities are trusted.
public typealias TlsRoots = StepUpGenerated.TlsRoots

/// A credential's id, as `User.verifiedCredentials` has it.
public typealias CredentialId = StepUpGenerated.CredentialId
/// The id of a code that was sent.
public typealias VerificationId = StepUpGenerated.VerificationId
/// The id of an entry of a flow's choice of methods.
public typealias OptionId = StepUpGenerated.OptionId
/// A second factor's id.
public typealias MfaFactorId = StepUpGenerated.MfaFactorId
/// A passkey's id.
public typealias PasskeyId = StepUpGenerated.PasskeyId
/// A registered device's id.
public typealias RegisteredDeviceId = StepUpGenerated.RegisteredDeviceId

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
/// Opens the provider's page and brings back the redirect: `ASWebAuthenticationSession`.
public typealias OAuthBrowser = StepUpGenerated.OAuthBrowser
/// A page to open. Printing one shows neither address.
public typealias BrowserRequest = StepUpGenerated.BrowserRequest
/// Asks the user's wallets.
public typealias WalletSigner = StepUpGenerated.WalletSigner
/// An account of a wallet. Printing one shows its chain and the wallet's name only.
public typealias WalletAccount = StepUpGenerated.WalletAccount
/// A text for a wallet to sign. Printing one shows neither account nor text.
public typealias WalletMessage = StepUpGenerated.WalletMessage
/// A chain. An open set.
public typealias WalletChain = StepUpGenerated.WalletChain
/// How a wallet is reached. An open set.
public typealias WalletProvider = StepUpGenerated.WalletProvider
/// Shows the captcha that the environment asks for.
public typealias CaptchaProvider = StepUpGenerated.CaptchaProvider
/// The captcha to show, from the environment's settings.
public typealias CaptchaChallenge = StepUpGenerated.CaptchaChallenge
/// Is told whether this device has to be registered.
public typealias DeviceRegistrationListener = StepUpGenerated.DeviceRegistrationListener
/// Is told who is signed in.
public typealias SessionListener = StepUpGenerated.SessionListener
/// Is told which elevations are held.
public typealias ElevationListener = StepUpGenerated.ElevationListener
/// Is told how the client's step-ups are going.
public typealias StepUpStateListener = StepUpGenerated.StepUpStateListener
/// Is told the states of a flow.
public typealias StepUpFlowListener = StepUpGenerated.StepUpFlowListener
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
/// A provider of social accounts. An open set.
public typealias SocialProvider = StepUpGenerated.SocialProvider
/// What a redirect has led to.
public typealias RedirectOutcome = StepUpGenerated.RedirectOutcome
/// How the linking of a credential ended.
public typealias LinkOutcome = StepUpGenerated.LinkOutcome
/// Two accounts that could become one.
public typealias MergeConflicts = StepUpGenerated.MergeConflicts
/// A field of which two accounts have different values.
public typealias MergeConflict = StepUpGenerated.MergeConflict
/// One side of a conflict. Printing one shows the user's id only.
public typealias MergeChoice = StepUpGenerated.MergeChoice
/// The decision about one conflict.
public typealias MergeResolution = StepUpGenerated.MergeResolution
/// What to change of the user's profile. Printing one shows nothing of it.
public typealias UserUpdate = StepUpGenerated.UserUpdate
/// How an update of the user ended.
public typealias UpdateOutcome = StepUpGenerated.UpdateOutcome

/// Whether this device has to be registered before the session is good for more than that.
public typealias DeviceRegistrationStatus = StepUpGenerated.DeviceRegistrationStatus
/// A device on which the user may sign in without a registration link.
public typealias RegisteredDevice = StepUpGenerated.RegisteredDevice
/// A kind of device.
public typealias RegisteredDeviceKind = StepUpGenerated.RegisteredDeviceKind

/// The answer to "is a step-up needed?".
public typealias StepUpCheck = StepUpGenerated.StepUpCheck
/// Why a check answered as it did.
public typealias CheckReason = StepUpGenerated.CheckReason
/// A credential that can serve for a step-up.
public typealias StepUpCredential = StepUpGenerated.StepUpCredential
/// A permission that the user has proven, without the token itself.
public typealias Elevation = StepUpGenerated.Elevation
/// How the client's step-ups are going, all calls and flows together.
public typealias StepUpState = StepUpGenerated.StepUpState
/// Where a flow stands. Each state holds all that a screen needs to show it.
public typealias StepUpFlowState = StepUpGenerated.StepUpFlowState
/// Why a flow was cancelled.
public typealias StepUpFlowEnd = StepUpGenerated.StepUpFlowEnd
/// A way to do a step-up.
public typealias StepUpMethod = StepUpGenerated.StepUpMethod
/// One entry of the choice of methods. Printing one does not show its label.
public typealias StepUpOption = StepUpGenerated.StepUpOption
/// Which methods a flow offers.
public typealias StepUpFilter = StepUpGenerated.StepUpFilter
/// What to show beside the field for a code.
public typealias CodePrompt = StepUpGenerated.CodePrompt
/// A passkey ceremony that needs nothing but the user.
public typealias PreparedPasskey = StepUpGenerated.PreparedPasskey
/// A header of a request. Printing one shows its name only.
public typealias HttpHeader = StepUpGenerated.HttpHeader

/// A kind of second factor that the environment offers, or that the user has.
public typealias MfaMethod = StepUpGenerated.MfaMethod
/// A factor of the user.
public typealias MfaFactor = StepUpGenerated.MfaFactor
/// What a factor is. An open set.
public typealias MfaFactorKind = StepUpGenerated.MfaFactorKind
/// A passkey of the user. Printing one shows its id only.
public typealias Passkey = StepUpGenerated.Passkey
/// An authenticator app that waits for its first code.
public typealias TotpEnrollment = StepUpGenerated.TotpEnrollment
/// A QR code.
public typealias QrCode = StepUpGenerated.QrCode

/// An action that an environment may protect by action-based MFA. An open set.
public typealias MfaAction = StepUpGenerated.MfaAction
/// The answer to "does this action need a second factor?".
public typealias MfaActionCheck = StepUpGenerated.MfaActionCheck
/// Why an action needs a second factor, or why not.
public typealias MfaActionReason = StepUpGenerated.MfaActionReason
/// What a legacy MFA token is created with. Printing one shows its kind only.
public typealias LegacyMfaFactor = StepUpGenerated.LegacyMfaFactor
/// How often a legacy MFA token serves.
public typealias LegacyTokenKind = StepUpGenerated.LegacyTokenKind

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
/// Why what came back from the browser was not used.
public typealias RedirectRefusal = StepUpGenerated.RedirectRefusal
/// Why a registration link is of no use.
public typealias LinkRefusal = StepUpGenerated.LinkRefusal
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
