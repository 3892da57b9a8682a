import StepUpGenerated

/// Signing in and out, the session in between, and the user's account. From `StepUpClient.auth`.
public struct AuthClient: Sendable {
    let core: StepUpGenerated.AuthClient

    /// Sends a sign-in code to an e-mail address.
    ///
    /// - Throws: `InvalidArgument` for what is no address; `RateLimited` after too many codes.
    public func sendEmailOtp(email: String) async throws -> OtpVerification {
        try await cancellable { try await core.sendEmailOtp(email: email, cancel: $0) }
    }

    /// Sends a sign-in code to a phone.
    ///
    /// - Throws: `InvalidArgument` for what is no phone number; `RateLimited` after too many codes.
    public func sendSmsOtp(phone: PhoneNumber) async throws -> OtpVerification {
        try await cancellable { try await core.sendSmsOtp(phone: phone, cancel: $0) }
    }

    /// Sends a sign-in code again: of the verification named, else of the latest.
    ///
    /// - Throws: `InvalidArgument` if there is none; `RateLimited` after too many codes.
    public func resendOtp(verificationId: VerificationId? = nil) async throws -> OtpVerification {
        try await cancellable { try await core.resendOtp(verificationId: verificationId, cancel: $0) }
    }

    /// The sign-in code to ask for when the app comes back: the latest that `sendEmailOtp`, `sendSmsOtp` or
    /// `resendOtp` had sent, also in an earlier process, and that can still be used; none ten minutes
    /// later, or after a sign-in or logout. `signInWithOtp` and `resendOtp` take it as if nothing had
    /// happened in between. Asks nobody over the network.
    ///
    /// - Throws: `StorageFailed` if the storage could not be read.
    public func pendingOtp() async throws -> OtpVerification? {
        try await cancellable { try await core.pendingOtp(cancel: $0) }
    }

    /// Signs in with a code that `sendEmailOtp` or `sendSmsOtp` had sent. Whoever was signed in before is not
    /// any more, and their elevated tokens are gone.
    ///
    /// - Throws: `InvalidCode` for a wrong, expired or malformed code. `StorageFailed` or `TimedOut` if the
    ///   session could not be written down: it holds in memory, and the next change writes it again.
    public func signInWithOtp(code: String, options: SignInOptions? = nil) async throws -> SignInOutcome {
        try await cancellable { try await core.signInWithOtp(code: code, options: options, cancel: $0) }
    }

    /// Signs in with a social account: the provider's page opens in the `OAuthBrowser`. Of the options the
    /// scopes count. Whoever was signed in before is not any more.
    ///
    /// If the system ends the app while the browser is in front, `handleRedirect` ends the sign-in in the
    /// next process.
    ///
    /// - Throws: `Cancelled` if the user closed the browser; `ProviderRefused` with the provider's error;
    ///   `RedirectRefused`; `MethodUnavailable` if the environment does not offer the provider or the app
    ///   gave no `OAuthBrowser`; `InvalidConfiguration` without `oauthRedirectUrl`.
    public func signInWithSocial(
        provider: SocialProvider, options: SignInOptions? = nil
    ) async throws -> SignInOutcome {
        try await cancellable {
            try await core.signInWithSocial(provider: provider, options: options, cancel: $0)
        }
    }

    /// Ends what a redirect belongs to: give it every URL that opens the app, also after a new start. The
    /// call that opened the browser, or the flow that `StepUpAuthClient.pendingFlow` goes on with, ends with
    /// the same outcome. A redirect serves once.
    ///
    /// - Throws: `RedirectRefused` for one that came too late or belongs to another session;
    ///   `ProviderRefused` with the provider's error; else as the call that opened the browser. A URL that is
    ///   not waited for is no error: `notOurs`, and what is waited for stays.
    public func handleRedirect(url: String) async throws -> RedirectOutcome {
        try await cancellable { try await core.handleRedirect(url: url, cancel: $0) }
    }

    /// Signs in with an account of one of the user's wallets, which signs a text that names this app: the
    /// account with this address, else the first that the `WalletSigner` offers. Accounts of Ethereum-like
    /// chains and of Solana can be used, those of embedded wallets cannot. Of the options the scopes count.
    /// Whoever was signed in before is not any more.
    ///
    /// - Throws: `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no
    ///   `WalletSigner`, the wallets no such account, or the server refuses the signature;
    ///   `InvalidConfiguration` without `appOrigin`, which the text names; `NotSignedIn` after a logout while
    ///   the wallet was asked.
    public func signInWithWallet(
        address: String? = nil, options: SignInOptions? = nil
    ) async throws -> SignInOutcome {
        try await cancellable {
            try await core.signInWithWallet(address: address, options: options, cancel: $0)
        }
    }

    /// Signs in with a passkey that the user chooses. `relatedOriginRpId` asks for the passkeys of another
    /// relying party, which allows this app's origin. Of the options the scopes count. Whoever was signed in
    /// before is not any more.
    ///
    /// - Throws: `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no
    ///   `PasskeyProvider`, this device no passkey, or the server does not know it; `NotSignedIn` after a
    ///   logout while the sheet was open.
    public func signInWithPasskey(
        relatedOriginRpId: String? = nil, options: SignInOptions? = nil
    ) async throws -> SignInOutcome {
        try await cancellable {
            try await core.signInWithPasskey(
                relatedOriginRpId: relatedOriginRpId, options: options, cancel: $0)
        }
    }

    /// Signs in the user whom a JWT of the app's own backend names. The environment must know the backend's
    /// keys. Whoever was signed in before is not any more.
    ///
    /// - Throws: `InvalidArgument` for what is no JWT, names nobody (`sub`) or has expired: it is not sent.
    ///   `MethodUnavailable` if the server refuses it.
    public func signInWithExternalJwt(jwt: String) async throws -> SignInOutcome {
        try await cancellable { try await core.signInWithExternalJwt(jwt: jwt, cancel: $0) }
    }

    /// Completes a sign-in that waits for a second factor with a code of the authenticator app, of the device
    /// named or of any.
    ///
    /// - Throws: As `StepUpAuthClient.verifyTotp`, but for the scopes.
    public func completeMfaTotp(code: String, deviceId: MfaFactorId? = nil) async throws -> Session {
        try await cancellable { try await core.completeMfaTotp(code: code, deviceId: deviceId, cancel: $0) }
    }

    /// Completes a sign-in that waits for a second factor with a passkey.
    ///
    /// - Throws: As `StepUpAuthClient.verifyPasskey`, but for the scopes.
    public func completeMfaPasskey() async throws -> Session {
        try await cancellable { try await core.completeMfaPasskey(cancel: $0) }
    }

    /// Completes a sign-in that waits for a second factor with a recovery code, which is used up by it.
    ///
    /// - Throws: As `StepUpAuthClient.verifyRecoveryCode`, but for the scopes.
    public func completeMfaRecovery(code: String) async throws -> Session {
        try await cancellable { try await core.completeMfaRecovery(code: code, cancel: $0) }
    }

    /// Completes a sign-in that waits for a second factor with a code by e-mail. `StepUpAuthClient.sendOtp`
    /// has it sent.
    ///
    /// - Throws: As `StepUpAuthClient.verifyMfaEmail`, but for the scopes.
    public func completeMfaEmail(code: String, verificationId: VerificationId? = nil) async throws -> Session
    {
        try await cancellable {
            try await core.completeMfaEmail(code: code, verificationId: verificationId, cancel: $0)
        }
    }

    /// Who is signed in, until when, and what is still to be done; none if nobody is. Asks the storage only.
    ///
    /// - Throws: `StorageFailed` if it could not be read.
    public func session() async throws -> Session? {
        try await cancellable { try await core.session(cancel: $0) }
    }

    /// A token of the session, for calls to the app's own backend; none if the server gave none of that kind.
    ///
    /// - Throws: `NotSignedIn`; `StorageFailed` if the storage could not be read.
    public func sessionToken(kind: SessionTokenKind) async throws -> Secret? {
        try await cancellable { try await core.sessionToken(kind: kind, cancel: $0) }.map(Secret.init)
    }

    /// Has the session renewed. Elevated tokens stay. Concurrent calls make one request.
    ///
    /// - Throws: `NotSignedIn` if it has ended: a session that has run out cannot be renewed.
    public func refresh() async throws -> Session {
        try await cancellable { try await core.refresh(cancel: $0) }
    }

    /// Signs out on this device at once and tells the server, if it can be reached. Takes at most three
    /// seconds. Afterwards nothing of the session is in memory or storage; the device key stays.
    ///
    /// - Throws: `StorageFailed` if the stored session could not be deleted. The user is signed out all the
    ///   same, and the deletion is repeated before anything is read again.
    public func logout() async throws {
        try await cancellable { try await core.logout(cancel: $0) }
    }
}
