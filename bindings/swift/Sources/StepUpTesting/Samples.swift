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
    /// It is done, for ten minutes.
    public static let granted: StepUpFlowState = .granted(
        elevations: [
            Elevation(scopes: [TokenScope.walletExport], expiresAt: .now + 600, singleUse: false)
        ], notRequired: [])
    /// A flow from its beginning to its end, with what can go wrong: one of each picture that a screen has.
    public static let flowStates: [StepUpFlowState] = [
        .checking, choosing, nothingToChoose, unreachable, .sendingCode(option: email), awaitingCode,
        wrongCode, .awaitingCeremony(option: passkey), .awaitingSignature(option: wallet),
        .verifying(option: email), granted, .cancelled(reason: .byApp),
        .failed(error: .NotSignedIn(answer: nil)),
    ]

    private static let noAnswer = StepUpError.Network(failure: .timedOut, requestId: "sample")

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
