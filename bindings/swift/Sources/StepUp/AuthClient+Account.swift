import StepUpGenerated

// What belongs to the signed-in user: credentials, profile, and the account itself.

extension AuthClient {
    /// Links an e-mail address to the signed-in user, or changes it. A code is sent there; `confirmLink` ends
    /// it. Takes the elevated token for `credential:link`.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `InvalidArgument` for what is no address;
    ///   `RateLimited` after too many codes.
    public func linkEmail(email: String) async throws -> UpdateOutcome {
        try await cancellable { try await core.linkEmail(email: email, cancel: $0) }
    }

    /// Links a phone number to the signed-in user, or changes it. A code is sent there; `confirmLink` ends
    /// it. Takes the elevated token for `credential:link`.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `InvalidArgument` for what is no phone number;
    ///   `RateLimited` after too many codes.
    public func linkPhone(phone: PhoneNumber) async throws -> UpdateOutcome {
        try await cancellable { try await core.linkPhone(phone: phone, cancel: $0) }
    }

    /// Sends the code of `linkEmail` or `linkPhone` again: of the verification named, else of the latest.
    ///
    /// - Throws: `InvalidArgument` if there is none in this session; `RateLimited` after too many codes.
    public func resendLinkOtp(verificationId: VerificationId? = nil) async throws -> OtpVerification {
        try await cancellable { try await core.resendLinkOtp(verificationId: verificationId, cancel: $0) }
    }

    /// The code to ask for when the app comes back: the latest that `linkEmail`, `linkPhone` or
    /// `resendLinkOtp` had sent in this session, also in an earlier process, and that can still be used;
    /// none ten minutes later, or if nobody is signed in. `confirmLink` takes it. Asks nobody over the
    /// network.
    ///
    /// - Throws: `StorageFailed` if the storage could not be read.
    public func pendingLinkOtp() async throws -> OtpVerification? {
        try await cancellable { try await core.pendingLinkOtp(cancel: $0) }
    }

    /// Ends the linking of an e-mail address or phone number with the code that was sent there. Takes the
    /// elevated token for `credential:link`, if one is still held.
    ///
    /// - Throws: `InvalidCode`; `StepUpRequired` for `credential:link` if the token was a single-use one.
    public func confirmLink(code: String, verificationId: VerificationId? = nil) async throws -> LinkOutcome {
        try await cancellable {
            try await core.confirmLink(code: code, verificationId: verificationId, cancel: $0)
        }
    }

    /// Links a social account to the signed-in user. Takes the elevated token for `credential:link`; that one
    /// is needed is found out before the browser opens.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `MethodUnavailable` with `belongsToAnotherUser`
    ///   where the environment does not merge accounts; else as `signInWithSocial`.
    public func linkSocial(provider: SocialProvider) async throws -> LinkOutcome {
        try await cancellable { try await core.linkSocial(provider: provider, cancel: $0) }
    }

    /// Adds an account of one of the user's wallets to the signed-in user: the account with this address,
    /// else the first that the `WalletSigner` offers. Takes the elevated token for `credential:link`; that
    /// one is needed is found out before the wallet is asked.
    ///
    /// - Throws: `StepUpRequired` for `credential:link`; `NotSignedIn` if the session ended while the wallet
    ///   was asked; else as `signInWithWallet`.
    public func linkWallet(address: String? = nil) async throws -> LinkOutcome {
        try await cancellable { try await core.linkWallet(address: address, cancel: $0) }
    }

    /// Takes the wallet that `LinkOutcome.transferRequired` named from its other user. The wallet is asked
    /// once more. Takes the elevated token for `credential:link`, as linking does.
    ///
    /// - Throws: `InvalidArgument` if no transfer was offered in this session; else as `linkWallet`. The
    ///   offer stays.
    public func confirmTransfer() async throws -> LinkOutcome {
        try await cancellable { try await core.confirmTransfer(cancel: $0) }
    }

    /// Makes one account of the signed-in user's and of the one that `LinkOutcome.mergeRequired` named. It
    /// cannot be undone.
    ///
    /// `resolutions` names for each conflict the user whose value stays. If the account that remains is the
    /// other one, that one is signed in afterwards, and the elevated tokens are gone.
    ///
    /// - Throws: `InvalidArgument` if no merge was offered in this session, or unless there is exactly one
    ///   resolution for each conflict, naming one of its two users; the offer stays. `NotSignedIn`; `Server`.
    public func confirmMerge(resolutions: [MergeResolution]) async throws -> LinkOutcome {
        try await cancellable { try await core.confirmMerge(resolutions: resolutions, cancel: $0) }
    }

    /// Removes a credential from the user: an e-mail address, a phone number, a social account, a wallet,
    /// named by the id that `User.verifiedCredentials` has. Takes the elevated token for
    /// `credential:unlink`.
    ///
    /// - Throws: `StepUpRequired` for `credential:unlink`; `MethodUnavailable` for an embedded wallet;
    ///   `Server` with `cannot_delete_last_sign_in_verified_credential`.
    public func unlinkCredential(credentialId: CredentialId) async throws -> Session {
        try await cancellable { try await core.unlinkCredential(credentialId: credentialId, cancel: $0) }
    }

    /// Changes the user's profile. Takes the elevated token for `user:update`, which only some environments
    /// demand. E-mail address and phone number are changed by `linkEmail` and `linkPhone`.
    ///
    /// - Throws: `InvalidArgument` if nothing is to be changed or the metadata is no JSON object;
    ///   `StepUpRequired` for `user:update`; `Server` with the code of what the server does not accept,
    ///   such as `username_already_exists`.
    public func updateUser(update: UserUpdate) async throws -> UpdateOutcome {
        try await cancellable { try await core.updateUser(update: update, cancel: $0) }
    }

    /// Deletes the user's account for good and signs out before it returns. Takes the elevated token for
    /// `user:delete`.
    ///
    /// - Throws: `StepUpRequired` for `user:delete`.
    public func deleteUser() async throws {
        try await cancellable { try await core.deleteUser(cancel: $0) }
    }
}
