import StepUpGenerated

/// Signing in and out, and the session in between. From `StepUpClient.auth`.
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
    public func resendOtp(verificationId: String? = nil) async throws -> OtpVerification {
        try await cancellable { try await core.resendOtp(verificationId: verificationId, cancel: $0) }
    }

    /// Signs in with a code that `sendEmailOtp` or `sendSmsOtp` had sent. Whoever was signed in before is not
    /// any more, and their elevated tokens are gone.
    ///
    /// - Throws: `InvalidCode` for a wrong, expired or malformed code. `StorageFailed` or `TimedOut` if the
    ///   session could not be written down: it holds in memory, and the next change writes it again.
    public func signInWithOtp(code: String, options: SignInOptions? = nil) async throws -> SignInOutcome {
        try await cancellable { try await core.signInWithOtp(code: code, options: options, cancel: $0) }
    }

    /// Completes a sign-in that waits for a second factor with a code of the authenticator app, of the device
    /// named or of any.
    ///
    /// - Throws: As `StepUpAuthClient.verifyTotp`, but for the scopes.
    public func completeMfaTotp(code: String, deviceId: String? = nil) async throws -> Session {
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
