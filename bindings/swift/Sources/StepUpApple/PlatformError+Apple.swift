import Foundation
import StepUp

// What Apple's frameworks say, as what the core understands. Reasons have codes only: the texts tend to hold
// what the framework was given.

extension PlatformError {
    /// An error of `ASAuthorizationController`.
    ///
    /// Two things have no code of their own and are told by the failure reason, which is not translated: that
    /// there is no passkey, and that the app does not belong to the relying party's domain.
    init(authorization error: NSError) {
        guard error.domain == "com.apple.AuthenticationServices.AuthorizationError" else {
            self = .unknown(error)
            return
        }
        switch error.code {
        case _ where error.namesAssociation: self = .association
        // Canceled.
        case 1001: self = error.mentions("No credentials available") ? .NotFound : .Cancelled
        // Not handled; not interactive; not set up for passkeys: a passcode, iCloud Keychain.
        case 1003, 1005, 1010: self = .Unsupported
        case 1006: self = .AlreadyExists
        // The person prefers an account that they have.
        case 1009: self = .Cancelled
        default: self = .unknown(error)
        }
    }

    /// An error of `ASWebAuthenticationSession`, which calls it a cancelled login, too, if the app does not
    /// belong to the domain of an https redirect.
    init(webAuthentication error: NSError) {
        guard error.domain == "com.apple.AuthenticationServices.WebAuthenticationSession" else {
            self = .unknown(error)
            return
        }
        switch error.code {
        case _ where error.namesAssociation: self = .association
        case 1: self = .Cancelled
        // There is no window, or it is not in the foreground.
        case 2, 3: self = .Unsupported
        default: self = .unknown(error)
        }
    }

    /// A status of the keychain that is not success.
    init(keychain status: Int32) {
        switch status {
        // User canceled.
        case -128: self = .Cancelled
        // Duplicate item.
        case -25299: self = .AlreadyExists
        case -25300: self = .NotFound
        // Interaction not allowed: what the keychain answers before the first unlock.
        case -25308: self = .Locked
        // Cannot be decoded: what was stored is of no use any more.
        case -26275: self = .KeyInvalidated
        // Unimplemented: there is no Secure Enclave.
        case -4: self = .Unsupported
        case -34018:
            self = .Configuration(reason: "the app has no keychain, because it is not signed")
        default: self = .Internal(reason: "keychain: \(status)")
        }
    }

    /// An error of a `SecKey`: of the keychain, or of the Secure Enclave, which speaks for itself as a token.
    init(key error: NSError) {
        switch (error.domain, error.code) {
        case (NSOSStatusErrorDomain, let code):
            self.init(keychain: Int32(truncatingIfNeeded: code))
        // Corrupted data, object not found.
        case ("CryptoTokenKit", -3), ("CryptoTokenKit", -6): self = .KeyInvalidated
        // Canceled by the user.
        case ("CryptoTokenKit", -4): self = .Cancelled
        // The key waits for the first unlock.
        case ("CryptoTokenKit", -9): self = .Locked
        default: self = .unknown(error)
        }
    }

    private static let association = Self.Configuration(
        reason: "the app and the domain are not associated: look at the entitlement webcredentials:<domain> "
            + "and at the domain's apple-app-site-association")

    private static func unknown(_ error: NSError) -> Self {
        .Internal(reason: "\(error.domain): \(error.code)")
    }
}

extension NSError {
    /// Whether the failure is one of the associated domains: "is not associated with domain", "unable to
    /// verify webcredentials association".
    fileprivate var namesAssociation: Bool {
        mentions("not associated with") || mentions("webcredentials")
    }

    fileprivate func mentions(_ words: String) -> Bool {
        let reasons = [NSLocalizedFailureReasonErrorKey, NSLocalizedDescriptionKey]
            .compactMap { userInfo[$0] as? String }
        return reasons.contains { $0.contains(words) }
    }
}
