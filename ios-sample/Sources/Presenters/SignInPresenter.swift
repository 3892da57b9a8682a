import Foundation
import Observation
import StepUp

/// Signing in: with a code by e-mail or SMS, a passkey, a social account, or a JWT of the app's backend.
@MainActor @Observable
public final class SignInPresenter {
    /// The user's address.
    public var email = ""
    /// Country calling code of the user's number.
    public var countryCode = ""
    /// The number without it.
    public var number = ""
    /// The code that the user is typing.
    public var code = ""
    /// The code that is on its way; none while the user chooses how to sign in.
    public private(set) var sent: OtpVerification?
    /// What is under way, and what went wrong.
    public let activity = Activity()

    private let client: StepUpClient
    private let backend: AppBackend

    init(_ services: Services) {
        (client, backend) = (services.client, services.backend)
    }

    /// Sends a code to the address.
    public func sendEmailCode() async {
        await activity.run { sent = try await client.auth.sendEmailOtp(email: email) }
    }

    /// Sends a code to the number.
    public func sendSmsCode() async {
        await activity.run {
            let phone = PhoneNumber(countryCode: countryCode, number: number)
            sent = try await client.auth.sendSmsOtp(phone: phone)
        }
    }

    /// The system may have ended the app while a code was awaited: then it still is.
    func resume() async {
        if sent == nil, let awaited = try? await client.auth.pendingOtp() { sent = awaited }
    }

    /// What one user has typed is not shown to the next.
    func forgetUser() {
        (email, countryCode, number) = ("", "", "")
        (sent, code) = (nil, "")
    }

    /// What is left until another code may be asked for: draw it again each second.
    public func secondsLeft(at now: Date) -> Int {
        seconds(from: now, until: sent?.resendAt)
    }

    /// Sends another code, from the moment on at which that is offered.
    public func resend(at now: Date = .now) async {
        guard let id = sent?.id, secondsLeft(at: now) == 0 else { return }
        await activity.run { sent = try await client.auth.resendOtp(verificationId: id) }
    }

    /// The user pastes: the code of a message, also if the rest of it was copied too.
    public func paste(_ text: String?) {
        code = text?.code(isNumeric: true) ?? code
    }

    /// Signs in with the code. A wrong one is typed anew.
    public func submit() async {
        let options = SignInOptions(verificationId: sent?.id)
        let isDone = await activity.run {
            _ = try await client.auth.signInWithOtp(code: code, options: options)
        }
        code = ""
        if isDone { back() }
    }

    /// Back to the choice.
    public func back() {
        (sent, code) = (nil, "")
        activity.tell(nil)
    }

    /// Signs in with a passkey of this device.
    public func signInWithPasskey() async {
        await activity.run { _ = try await client.auth.signInWithPasskey() }
    }

    /// Signs in with a social account, in the browser.
    public func signIn(with provider: SocialProvider) async {
        await activity.run { _ = try await client.auth.signInWithSocial(provider: provider) }
    }

    /// Signs in the user whom the app's backend names. For trials: the sandbox vouches for anybody.
    public func signInWithExternalJwt() async {
        await activity.run {
            let jwt = try await backend.assertion(subject: "sample-user")
            _ = try await client.auth.signInWithExternalJwt(jwt: jwt)
        }
    }
}
