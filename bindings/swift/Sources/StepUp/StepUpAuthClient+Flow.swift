import StepUpGenerated

extension StepUpAuthClient {
    /// Begins a step-up flow, which a screen renders from its states. Answers at once; the flow is in
    /// `checking` and asks the server.
    ///
    /// Who starts a flow with the same scopes and the same filter while one has not ended gets that one: so a
    /// screen finds it again, and many callers share one check. It is in the state in which it was left, and
    /// `cancel` ends it for all of them, `leave` when all have left.
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
        scopes: [String], filter: StepUpFilter? = nil, preferredCredentialId: CredentialId? = nil,
        autoSelect: Bool = true
    ) throws -> StepUpFlow {
        let flow = try core.start(
            scopes: scopes, filter: filter, preferredCredentialId: preferredCredentialId,
            autoSelect: autoSelect)
        return StepUpFlow(core: flow)
    }

    /// The flow to show when the app comes back: the latest that has not ended; else the one that an earlier
    /// process left while the user was to type a code that had been sent, or was with a provider in the
    /// browser; else none. Asks nobody over the network. Who asks again gets the same flow, and `start` with
    /// the same scopes and the same filter joins it.
    ///
    /// A flow of an earlier process goes on in `awaitingCode` or `awaitingBrowser`.
    /// `AuthClient.handleRedirect` ends the latter, if this was called before; else it answers `elevated`,
    /// and there is no flow. What else there is to choose from is asked when the user goes `back`. It is
    /// found within ten minutes, in the session in which it was begun.
    ///
    /// - Throws: `StorageFailed` if the storage could not be read; `Cancelled`; `ClientClosed`.
    public func pendingFlow() async throws -> StepUpFlow? {
        try await cancellable { try await core.pendingFlow(cancel: $0) }.map(StepUpFlow.init)
    }
}
