//! Signing in with an external wallet (EIP-4361).

use std::sync::Arc;

use super::{AuthClient, SignInOptions, SignInOutcome, sign_in::with_scopes};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    state::SessionChange,
};

#[uniffi::export]
impl AuthClient {
    /// Signs in with an account of one of the user's wallets, which signs a text that names this app (`POST
    /// wallets/signin`): the account with this address, else the first that the `WalletSigner` offers.
    /// Accounts of Ethereum-like chains and of Solana can be used, those of embedded wallets cannot.
    /// Whoever was signed in before is not any more.
    ///
    /// Of the options only `requested_scopes` counts.
    ///
    /// # Errors
    /// `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no `WalletSigner`,
    /// the wallets no such account, or the server refuses the signature; `InvalidConfiguration` without
    /// `app_origin`, which the text names; `NotSignedIn` after a logout while the wallet was asked.
    #[uniffi::method(default(address = None, options = None, cancel = None))]
    pub async fn sign_in_with_wallet(
        &self,
        address: Option<String>,
        options: Option<SignInOptions>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignInOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let sign_in =
            async move { context.sign_in_with_wallet(address.as_deref(), options.unwrap_or_default()).await };
        self.context.run(cancel, sign_in).await
    }
}

impl Context {
    async fn sign_in_with_wallet(
        self: &Arc<Self>,
        address: Option<&str>,
        options: SignInOptions,
    ) -> Result<SignInOutcome, StepUpError> {
        let wallets = self.wallets()?;
        let scopes = options.scopes()?;
        let begun = self.begin_sign_in().await?;
        let account = wallets.account(address).await?;
        let proof = self.wallet_proof(&wallets, account, None).await?;
        let request = Request::new(&operations::SIGN_IN_WITH_WALLET).body(with_scopes(proof, &scopes));
        self.ensure_wanted(begun)?;
        let reissued = self.reissue(request, SessionChange::SignIn).await?;
        self.signed_in_outcome(reissued).await
    }
}
