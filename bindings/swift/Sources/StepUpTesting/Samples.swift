import Foundation
import StepUp

/// Values as a screen gets them, for previews: made here, without a client and without a server.
public enum Samples {
    /// A code by e-mail, which is to be offered first.
    public static let email = option("email", .email, label: "a•••@example.com", isPreferred: true)
    /// A code by SMS that could not be sent.
    public static let sms = option("sms", .sms, label: "+1 •••67", error: noAnswer)
    /// A passkey.
    public static let passkey = option("passkey", .passkey, label: "Ada's phone", isSecondFactor: true)
    /// A wallet that is not on this device.
    public static let wallet = option("wallet", .wallet, label: "0xab…cd12", unusable: .notOnThisDevice)

    /// A linked social account.
    public static let social = option("social", .social(provider: .google), label: "Ada (Google)")
    /// The app's own backend.
    public static let backend = option("backend", .externalJwt, label: "Ask the help desk")

    /// Ada is signed in, for an hour, and has done all that is asked of her.
    public static let session = session(duties: [])
    /// Ada is signed in, on a device that has to be registered first.
    public static let sessionOnNewDevice = session(duties: [.registerDevice])
    /// Ada may export the private key of her wallet for ten minutes.
    public static let elevation = Elevation(
        scopes: [TokenScope.walletExport], expiresAt: .now + 600, singleUse: false)

    /// The user chooses.
    public static let choosing: StepUpFlowState = .choosing(
        options: [email, sms, passkey, wallet], enrollmentHints: [], isConfirmed: true, error: nil)
    /// There is nothing to choose from, but a passkey or an authenticator app could be added.
    public static let nothingToChoose: StepUpFlowState = .choosing(
        options: [], enrollmentHints: [.passkey, .totp], isConfirmed: true, error: nil)
    /// The server cannot be reached: `retry`.
    public static let unreachable: StepUpFlowState = .choosing(
        options: [], enrollmentHints: [], isConfirmed: false, error: noAnswer)
    /// The user types a code, and may soon ask for another one.
    public static let awaitingCode: StepUpFlowState = .awaitingCode(option: email, prompt: prompt(error: nil))
    /// The user has typed a wrong code.
    public static let wrongCode: StepUpFlowState = .awaitingCode(
        option: email, prompt: prompt(error: .InvalidCode(reason: .wrong, answer: nil)))
    /// The user solves a captcha, so that a code is sent.
    public static let captchaNeeded: StepUpFlowState = .captchaNeeded(
        option: email, challenge: CaptchaChallenge(provider: "hcaptcha", siteKey: "sample"))
    /// The app's backend is asked to vouch for the user.
    public static let awaitingExternalJwt: StepUpFlowState = .awaitingExternalJwt(
        option: backend, scopes: [TokenScope.walletExport], error: nil)
    /// It is done, for ten minutes.
    public static let granted: StepUpFlowState = .granted(elevations: [elevation], notRequired: [])
    /// A flow from its beginning to its end, with what can go wrong: one of each picture that a screen has.
    public static let flowStates: [StepUpFlowState] = [
        .checking, choosing, nothingToChoose, unreachable, captchaNeeded, .sendingCode(option: email),
        awaitingCode, wrongCode, .awaitingCeremony(option: passkey), .awaitingBrowser(option: social),
        .awaitingSignature(option: wallet), awaitingExternalJwt, .verifying(option: email), granted,
        .cancelled(reason: .byApp), .failed(error: .NotSignedIn(answer: nil)),
    ]

    private static let noAnswer = StepUpError.Network(failure: .timedOut, requestId: "sample")

    private static func session(duties: [OnboardingDuty]) -> Session {
        let address = "ada@example.com"
        let credential = VerifiedCredential(
            id: "email", format: .email, signInEnabled: true, email: address, phoneNumber: nil,
            phoneCountryCode: nil, isoCountryCode: nil, oauthProvider: nil, oauthUsername: nil,
            oauthDisplayName: nil, oauthAccountId: nil, walletAddress: nil, chain: nil, walletName: nil,
            walletProvider: nil)
        let user = User(
            id: "ada", sessionScopes: [], verifiedCredentials: [credential], email: address, phoneNumber: nil,
            alias: nil, username: nil, firstName: "Ada", lastName: "Lovelace", jobTitle: nil, country: nil,
            metadata: nil, newUser: false, missingFields: [], recoveryCodesUnacknowledged: false)
        return Session(user: user, expiresAt: .now + 3600, duties: duties)
    }

    private static func option(
        _ id: String, _ method: StepUpMethod, label: String, isSecondFactor: Bool = false,
        isPreferred: Bool = false, unusable: UnavailableReason? = nil, error: StepUpError? = nil
    ) -> StepUpOption {
        StepUpOption(
            id: id, method: method, credentialId: id, maskedLabel: label, isSecondFactor: isSecondFactor,
            isPreferred: isPreferred, unusable: unusable, error: error)
    }

    private static func prompt(error: StepUpError?) -> CodePrompt {
        CodePrompt(
            channel: .email, maskedDestination: email.maskedLabel, resendAt: .now + 30, isResending: false,
            error: error)
    }
}
