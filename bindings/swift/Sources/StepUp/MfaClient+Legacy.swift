import StepUpGenerated

// Action-based MFA, for environments from before step-up. Deprecated: step-up takes its place.

extension MfaClient {
    /// Whether an action needs a second factor in an environment with action-based MFA. Whatever goes wrong,
    /// the answer is "required", with the reason.
    ///
    /// Deprecated: use `StepUpAuthClient.check` with the action's `scope`, which asks the server itself.
    ///
    /// - Throws: Only `Cancelled` and `ClientClosed`.
    public func isRequiredForAction(action: MfaAction) async throws -> MfaActionCheck {
        try await cancellable { try await core.isRequiredForAction(action: action, cancel: $0) }
    }

    /// Proves a second factor and keeps the token of action-based MFA that comes of it, in memory only, in
    /// place of an earlier one. It has no time limit and ends with the session. Where no elevated token is
    /// held, it goes by itself with the calls that take it: removing factors, changing the profile, linking
    /// e-mail and phone, deleting the account.
    ///
    /// Deprecated: use the `verify…` of `StepUpAuthClient` with the scope of the operation.
    ///
    /// - Throws: Those of the corresponding `verify…`. `NotElevated` without scopes if the proof was right
    ///   and the server gave no token, as one does that knows step-up only.
    public func createLegacyToken(
        factor: LegacyMfaFactor, kind: LegacyTokenKind
    ) async throws -> Session {
        try await cancellable {
            try await core.createLegacyToken(factor: factor, kind: kind, cancel: $0)
        }
    }

    /// Whether a legacy MFA token is held. Answers at once, from memory.
    ///
    /// Deprecated: use `StepUpAuthClient.hasElevatedAccessToken`.
    public func hasLegacyToken() -> Bool {
        core.hasLegacyToken()
    }

    /// Hands out the legacy MFA token, for a call that the app makes itself; none if none is held. A
    /// single-use token is spent by this for good, whatever the number of threads; a reusable one stays.
    /// Answers at once, from memory.
    ///
    /// Deprecated: to use a token, use `StepUpAuthClient.takeElevatedAccessToken`; to see whether there is
    /// one, `StepUpAuthClient.elevation`.
    public func consumeLegacyToken() -> Secret? {
        core.consumeLegacyToken().map(Secret.init)
    }

    /// The headers for a call that the app makes itself to a backend that asks for a legacy MFA token: the
    /// session's bearer and `x-mfa-auth-token`. A single-use token is spent by this for good.
    ///
    /// Deprecated: use `StepUpAuthClient.authorizationHeaders`.
    ///
    /// - Throws: `MethodUnavailable` with `notEnrolled` if no legacy token is held: create one first.
    ///   `NotSignedIn`; `DeviceRegistrationRequired`.
    public func legacyHeaders() async throws -> [HttpHeader] {
        try await cancellable { try await core.legacyHeaders(cancel: $0) }
    }
}

extension MfaAction {
    /// The scope that takes this action's place in step-up; none for an action that this version does not
    /// know.
    public var scope: String? {
        mfaActionScope(action: self)
    }
}
