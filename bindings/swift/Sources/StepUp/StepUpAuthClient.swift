import Foundation
import StepUpGenerated

/// Step-up: is it needed, prove who you are, use the permission. From `StepUpClient.stepUp`.
public struct StepUpAuthClient: Sendable {
    let core: StepUpGenerated.StepUpAuthClient

    /// Whether a valid elevated token with this scope is held. Answers at once, from memory; before the
    /// storage was read (`StepUpClient.restore`) the answer is false.
    public func hasElevatedAccessToken(scope: String) -> Bool {
        core.hasElevatedAccessToken(scope: scope)
    }

    /// What is held for this scope. Answers at once, from memory; before the storage was read there is none.
    public func elevation(scope: String) -> Elevation? {
        core.elevation(scope: scope)
    }

    /// Whether a step-up is needed for this scope, and with what it can be done. A held token is an answer
    /// without a request. Whatever goes wrong, the answer is "required", with the reason.
    ///
    /// - Throws: Only `InvalidArgument` for what cannot be a scope, `Cancelled`, and `ClientClosed`.
    public func check(scope: String) async throws -> StepUpCheck {
        try await cancellable { try await core.check(scope: scope, cancel: $0) }
    }

    /// Whether a step-up is needed for this scope: `check` without the particulars.
    ///
    /// - Throws: As `check`.
    public func isRequired(scope: String) async throws -> Bool {
        try await cancellable { try await core.isRequired(scope: scope, cancel: $0) }
    }

    /// Sends a code for a step-up: to the credential named, else to the default one if it can receive codes,
    /// else to the first e-mail address, else to the first phone that may be used. For e-mail as a second
    /// factor, as `check` and `MfaClient.methods` list it, the code goes to the user's e-mail credential, and
    /// `verifyMfaEmail` takes it.
    ///
    /// - Throws: `MethodUnavailable` if there is none; `RateLimited` after too many codes.
    public func sendOtp(credentialId: CredentialId? = nil) async throws -> OtpVerification {
        try await cancellable { try await core.sendOtp(credentialId: credentialId, cancel: $0) }
    }

    /// Sends a code again: of the verification named, else of the latest.
    ///
    /// - Throws: `InvalidArgument` if there is none in this session; `RateLimited` after too many codes.
    public func resendOtp(verificationId: VerificationId? = nil) async throws -> OtpVerification {
        try await cancellable { try await core.resendOtp(verificationId: verificationId, cancel: $0) }
    }

    /// Verifies with a code that `sendOtp` had sent: of the verification named, else of the latest.
    ///
    /// - Throws: `InvalidCode` for a wrong, expired or malformed code; `NotElevated` if the code was right
    ///   but the server granted less than asked for, as it does for a user who has an MFA method.
    public func verifyOtp(
        code: String, scopes: [String], verificationId: VerificationId? = nil
    ) async throws -> Elevation {
        try await cancellable {
            try await core.verifyOtp(
                code: code, scopes: scopes, verificationId: verificationId, cancel: $0)
        }
    }

    /// Verifies with a code of the authenticator app, of the device named or of any.
    ///
    /// - Throws: `InvalidCode`; `MethodUnavailable` if there is no such device; `RateLimited` after too many
    ///   wrong codes; `NotElevated`.
    public func verifyTotp(
        code: String, scopes: [String], deviceId: MfaFactorId? = nil
    ) async throws -> Elevation {
        try await cancellable {
            try await core.verifyTotp(code: code, scopes: scopes, deviceId: deviceId, cancel: $0)
        }
    }

    /// Verifies with a passkey.
    ///
    /// - Throws: `Cancelled` if the user declined; `MethodUnavailable` if there is no passkey, or none on
    ///   this device; `TimedOut`; `NotElevated`.
    public func verifyPasskey(scopes: [String]) async throws -> Elevation {
        try await cancellable { try await core.verifyPasskey(scopes: scopes, cancel: $0) }
    }

    /// The first half of `verifyPasskey`: what needs the network. Done before the user taps, so that the
    /// system's sheet follows the tap at once; some systems show it only then.
    ///
    /// - Throws: `MethodUnavailable` if the user has no passkey or the app no `PasskeyProvider`.
    public func preparePasskey() async throws -> PreparedPasskey {
        try await cancellable { try await core.preparePasskey(cancel: $0) }
    }

    /// The second half of `verifyPasskey`: the system's sheet, then the server. A preparation that has run
    /// out is made anew first.
    ///
    /// - Throws: As `verifyPasskey`.
    public func performPasskey(prepared: PreparedPasskey, scopes: [String]) async throws -> Elevation {
        try await cancellable {
            try await core.performPasskey(prepared: prepared, scopes: scopes, cancel: $0)
        }
    }

    /// Verifies with a recovery code, which is used up by it.
    ///
    /// - Throws: `InvalidCode` for a wrong, used or malformed code; `NotElevated`.
    public func verifyRecoveryCode(code: String, scopes: [String]) async throws -> Elevation {
        try await cancellable {
            try await core.verifyRecoveryCode(code: code, scopes: scopes, cancel: $0)
        }
    }

    /// Verifies with a code by e-mail where e-mail is the user's second factor. `sendOtp` has it sent; the
    /// code is of the verification named, else of the latest.
    ///
    /// - Throws: `InvalidCode` for a wrong, expired or malformed code; `InvalidArgument` if no code was
    ///   sent by e-mail in this session; `MethodUnavailable` if e-mail is no second factor of this user;
    ///   `NotElevated`.
    public func verifyMfaEmail(
        code: String, scopes: [String], verificationId: VerificationId? = nil
    ) async throws -> Elevation {
        try await cancellable {
            try await core.verifyMfaEmail(
                code: code, scopes: scopes, verificationId: verificationId, cancel: $0)
        }
    }

    /// Verifies with a linked social account. Links nothing. If the system ends the app while the browser
    /// is in front, `AuthClient.handleRedirect` ends the step-up in the next process.
    ///
    /// - Throws: `MethodUnavailable`: `notEnrolled` if no account of this provider is linked, before a
    ///   browser opens; `differentAccount` if the user chose another one there; `unsupported`. `Cancelled`
    ///   if the user closed the browser; `ProviderRefused` with the provider's error; `RedirectRefused`;
    ///   `NotElevated`.
    public func verifySocial(provider: SocialProvider, scopes: [String]) async throws -> Elevation {
        try await cancellable {
            try await core.verifySocial(provider: provider, scopes: scopes, cancel: $0)
        }
    }

    /// Verifies with a wallet of the user, which signs a text that names this app: with the credential named,
    /// else with the first that may be used to sign in and that the `WalletSigner` offers. Embedded wallets
    /// cannot be used.
    ///
    /// - Throws: `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no
    ///   `WalletSigner`, the user no such credential, the wallets not its account, or the server refuses the
    ///   signature; `InvalidConfiguration` without `appOrigin`, which the text names; `NotElevated`, as for a
    ///   user who has an MFA method.
    public func verifyWallet(scopes: [String], credentialId: CredentialId? = nil) async throws -> Elevation {
        try await cancellable {
            try await core.verifyWallet(scopes: scopes, credentialId: credentialId, cancel: $0)
        }
    }

    /// Verifies with a JWT of the app's own backend, which says that it has made sure of the user. The scopes
    /// are those of its claim `scope`; `sub`, `jti` and `exp` must be there as well. The session stays as it
    /// is.
    ///
    /// - Throws: `InvalidArgument` with the reason for an assertion that cannot be accepted: it is not sent.
    ///   `MethodUnavailable` if the server refuses it, for example because it was used before; `NotElevated`.
    public func verifyExternalJwt(jwt: String) async throws -> Elevation {
        try await cancellable { try await core.verifyExternalJwt(jwt: jwt, cancel: $0) }
    }

    /// Hands out the elevated token for this scope, for a call that the app makes itself; none if none is
    /// held. A single-use token is spent by this for good; a reusable one stays.
    ///
    /// - Throws: `NotSignedIn`; `DeviceRegistrationRequired`; `StorageFailed` if the storage could not be
    ///   read.
    public func takeElevatedAccessToken(scope: String) async throws -> Secret? {
        try await cancellable { try await core.takeElevatedAccessToken(scope: scope, cancel: $0) }
            .map(Secret.init)
    }

    /// The headers for a call that the app makes itself to a backend that asks for this scope: the session's
    /// bearer and the elevated token. A single-use token is spent by this for good. Without a token the
    /// server is asked: if it says that none is required, the bearer alone.
    ///
    /// - Throws: `StepUpRequired` if a token is needed and none is held, or if that could not be found out;
    ///   `NotSignedIn`; `DeviceRegistrationRequired`.
    public func authorizationHeaders(scope: String) async throws -> [HttpHeader] {
        try await cancellable { try await core.authorizationHeaders(scope: scope, cancel: $0) }
    }

    /// Tells what the app's own backend has answered to a request with ``authorizationHeaders(scope:)``: to
    /// be called before the answer is used, in the operation of ``withStepUp(scope:present:operation:)``, so
    /// that a refusal leads to a step-up. A token that was refused is dropped, so that no later request is
    /// sent with it; a newer one stays. ``StepUpURLSession`` does this by itself.
    ///
    /// Only a 403 asks for a step-up, and only one with JSON that says so: `elevated_access_token` or
    /// `elevated access token` in `code`, `error`, `error.code`, `error.message` or `message`.
    ///
    /// - Parameters:
    ///   - scope: The permission that the request needs.
    ///   - headers: What was sent.
    ///   - status: Of the answer.
    ///   - body: Of the answer; only that of a 403 is looked at.
    /// - Throws: `StepUpRequired` for this scope if that is what the answer asks for.
    public func ensureNotRefused(
        scope: String, headers: [HttpHeader], status: Int, body: Data
    ) async throws {
        let status = Int32(clamping: status)
        try await cancellable {
            try await core.ensureNotRefused(
                scope: scope, headers: headers, status: status, body: body, cancel: $0)
        }
    }
}
