import Foundation
import Observation
import StepUp

/// The method chooser: shows a flow's states, and tells the flow what the user does.
@MainActor @Observable
public final class StepUpSheetPresenter: Identifiable {
    /// What the user is typing.
    public var code = ""
    /// What a failed call of the app's backend leads to.
    public let activity = Activity()
    /// How many codes were tried since one was asked for.
    public private(set) var attempts = 0

    private let model: StepUpFlowModel
    private let backend: AppBackend
    private let userId: String?

    init(_ flow: StepUpFlow, userId: String?, backend: AppBackend) {
        model = StepUpFlowModel(flow)
        (self.userId, self.backend) = (userId, backend)
    }

    /// What to show now.
    public var content: Content {
        switch model.state {
        case .checking: .progress(.checking)
        case .sendingCode: .progress(.sendingCode)
        case .verifying: .progress(.verifying)
        case .choosing(let options, let hints, _, let error):
            .choice(options.map(Option.init), hints: hints.compactMap(\.text), error.flatMap { Notice($0) })
        case .awaitingCode(let option, let prompt): .code(CodeField(option, prompt))
        case .awaitingCeremony: .waiting(.waitingForPasskey)
        case .awaitingBrowser: .waiting(.waitingForBrowser)
        case .awaitingSignature: .waiting(.waitingForWallet)
        case .awaitingExternalJwt(_, _, let error): .backend(error.flatMap { Notice($0) })
        case .captchaNeeded(_, let challenge): .captcha(provider: challenge.provider)
        case .granted: .granted
        case .cancelled: .cancelled
        case .failed(let error): .failed(Notice(error))
        }
    }

    /// Whether another method can be chosen instead.
    public var canGoBack: Bool {
        switch model.state {
        case .checking, .choosing, .verifying, .granted, .cancelled, .failed: false
        default: true
        }
    }

    /// The user has chosen a method.
    public func select(_ option: Option) {
        (code, attempts) = ("", 0)
        model.select(option.option)
    }

    /// The user has typed the code.
    public func submit() {
        guard !code.isEmpty else { return }
        attempts += 1
        model.submit(code: code)
        code = ""
    }

    /// The user pastes: the code of a message, also if the rest of it was copied too, or a recovery code.
    public func paste(_ text: String?) {
        guard let text, case .code(let field) = content else { return }
        code = text.code(isNumeric: field.isNumeric)
    }

    /// Sends another code, from the moment on at which that is offered.
    public func resend(at now: Date = .now) {
        guard case .code(let field) = content, field.canResend(at: now) else { return }
        model.resend()
    }

    /// The app's backend vouches for the user.
    public func askBackend() async {
        guard case .awaitingExternalJwt(_, let scopes, _) = model.state, let userId else { return }
        await activity.run {
            model.submitExternalJwt(jwt: try await backend.assertion(subject: userId, scopes: scopes))
        }
    }

    /// The captcha is solved, which gave this token.
    public func solveCaptcha(token: String) {
        model.submitCaptcha(token: token)
    }

    /// Back to the choice.
    public func back() {
        (code, attempts) = ("", 0)
        model.back()
    }

    /// Repeats what went wrong.
    public func retry() {
        model.retry()
    }

    /// The user does not want to go on, or has swiped the sheet away.
    public func cancel() {
        model.cancel()
    }
}

extension MfaFactorKind {
    /// What could be added, as a text.
    fileprivate var text: TextKey? {
        switch self {
        case .totp: .methodTotp
        case .passkey: .methodPasskey
        case .email: .methodEmail
        case .other: nil
        }
    }
}
