import Foundation
import StepUp

extension StepUpSheetPresenter {
    /// A picture of the sheet.
    public enum Content: Equatable {
        /// Something is under way that the user waits for.
        case progress(TextKey)
        /// A list of methods; without one, what the user could add first. The notice says what went wrong.
        case choice([Option], hints: [TextKey], Notice?)
        /// A field for a code.
        case code(CodeField)
        /// The system, the browser or a wallet asks the user.
        case waiting(TextKey)
        /// A button that has the app's backend vouch for the user.
        case backend(Notice?)
        /// A captcha of this provider.
        case captcha(provider: String)
        /// The end: it is proven.
        case granted
        /// The end: nobody wants it any more.
        case cancelled
        /// The end: no method can help.
        case failed(Notice?)
    }

    /// An entry of the list.
    public struct Option: Equatable, Identifiable {
        let option: StepUpOption

        /// Names the entry.
        public var id: String { option.id }
        /// The method.
        public var method: TextKey { TextKey(option.method) }
        /// A masked address, a provider, or the name that the user gave it.
        public var label: String? { option.maskedLabel }
        /// Whether it is to be shown as the main one.
        public var isPreferred: Bool { option.isPreferred }
        /// Why it is greyed out, or what became of it when it was tried; none if nothing is wrong.
        public var notice: Notice? {
            option.unusable.map { Notice(TextKey($0)) } ?? option.error.flatMap { Notice($0) }
        }
        /// Whether it is greyed out.
        public var isUnusable: Bool { option.unusable != nil }
    }

    /// The field for a code, and what is beside it.
    public struct CodeField: Equatable {
        /// The method.
        public let method: TextKey
        /// Where the code was sent, masked; none if it was not sent.
        public let destination: String?
        /// Whether it is digits, which the keyboard and the system's suggestions should know.
        public let isNumeric: Bool
        /// Whether another one is on its way.
        public let isResending: Bool
        /// What was wrong with the last one.
        public let notice: Notice?
        private let resendAt: Date?

        init(_ option: StepUpOption, _ prompt: CodePrompt) {
            method = TextKey(option.method)
            destination = prompt.maskedDestination
            isNumeric = option.method != .recoveryCode
            isResending = prompt.isResending
            notice = prompt.error.flatMap { Notice($0) }
            resendAt = prompt.resendAt
        }

        /// Whether another code can be sent at all.
        public var isSent: Bool { resendAt != nil }

        /// What is left until another one may be asked for: draw it again each second.
        public func secondsLeft(at now: Date) -> Int { seconds(from: now, until: resendAt) }

        /// Whether another one may be asked for.
        public func canResend(at now: Date) -> Bool { isSent && !isResending && secondsLeft(at: now) == 0 }
    }
}

extension TextKey {
    init(_ method: StepUpMethod) {
        switch method {
        case .passkey: self = .methodPasskey
        case .totp: self = .methodTotp
        case .email: self = .methodEmail
        case .sms: self = .methodSms
        case .wallet: self = .methodWallet
        case .social: self = .methodSocial
        case .externalJwt: self = .methodBackend
        case .recoveryCode: self = .methodRecoveryCode
        }
    }
}
