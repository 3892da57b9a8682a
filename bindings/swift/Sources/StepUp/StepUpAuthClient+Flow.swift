import StepUpGenerated

extension StepUpAuthClient {
    /// Begins a step-up flow, which a screen renders from its states. Answers at once; the flow is in
    /// `checking` and asks the server.
    ///
    /// Who starts a flow with the same scopes and the same filter while one has not ended gets that one: so a
    /// screen finds it again, and many callers share one check. It is in the state in which it was left, and
    /// `cancel` ends it for all of them.
    ///
    /// - Parameters:
    ///   - scopes: What is asked for, at least one. One proof serves all of them; only those that no token is
    ///     held for are asked for.
    ///   - filter: Which methods to offer; all by default.
    ///   - preferredCredentialId: The credential to offer first; by default the server's choice, then
    ///     passkeys, authenticator apps, e-mail, SMS, wallets, social accounts, the app's backend, recovery
    ///     codes.
    ///   - autoSelect: Go straight to the method if only one can be used; recovery codes do not count.
    /// - Throws: `InvalidArgument` for what cannot be a scope, or none; `ClientClosed`. All else is a state.
    public func start(
        scopes: [String], filter: StepUpFilter? = nil, preferredCredentialId: String? = nil,
        autoSelect: Bool = true
    ) throws -> StepUpFlow {
        let flow = try core.start(
            scopes: scopes, filter: filter, preferredCredentialId: preferredCredentialId,
            autoSelect: autoSelect)
        return StepUpFlow(core: flow)
    }
}
