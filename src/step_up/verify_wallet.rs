//! Verifying with an external wallet of the user (EIP-4361).

use std::sync::Arc;

use serde_json::Value;

use super::{StepUpAuthClient, verify};
use crate::{
    api::operations,
    auth::{CredentialFormat, User, VerifiedCredential},
    cancel::CancelToken,
    context::Context,
    error::{StepUpError, UnavailableReason},
    identifier::CredentialId,
    platform::WalletAccount,
    scope::{self, TokenScope},
    secret::SecretString,
    token::Elevation,
    wallet::has_address,
};

#[uniffi::export]
impl StepUpAuthClient {
    /// Verifies with a wallet of the user, which signs a text that names this app (`POST wallets/verify`):
    /// with the credential named, else with the first that may be used to sign in and that the
    /// `WalletSigner` offers. Embedded wallets cannot be used.
    ///
    /// # Errors
    /// `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no `WalletSigner`,
    /// the user no such credential, the wallets not its account, or the server refuses the signature;
    /// `InvalidConfiguration` without `app_origin`, which the text names; `NotElevated`, as for a user who
    /// has an MFA method.
    #[uniffi::method(default(credential_id = None, cancel = None))]
    pub async fn verify_wallet(
        &self,
        scopes: Vec<TokenScope>,
        credential_id: Option<CredentialId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move { context.verify_wallet(scopes, credential_id.as_ref()).await };
        self.run(cancel, verify).await
    }
}

impl Context {
    async fn verify_wallet(
        self: &Arc<Self>,
        scopes: Vec<TokenScope>,
        credential_id: Option<&CredentialId>,
    ) -> Result<Elevation, StepUpError> {
        let scopes = scope::validated_set(scopes)?;
        let proof = self.step_up_wallet_proof(credential_id, None).await?;
        let reissued = self.prove(&operations::VERIFY_WALLET, proof, &scopes).await?;
        verify::elevation(reissued, scopes)
    }

    /// Has a wallet of the user sign, with a captcha that was solved already if there is one.
    pub(super) async fn step_up_wallet_proof(
        self: &Arc<Self>,
        credential_id: Option<&CredentialId>,
        captcha: Option<SecretString>,
    ) -> Result<Value, StepUpError> {
        let wallets = self.wallets()?;
        let current = self.signed_in_on_registered_device().await?;
        let credentials = credentials(&current.session.user, credential_id).map_err(unavailable)?;
        let accounts = wallets.accounts().await?;
        let account = credentials.iter().find_map(|credential| account_of(credential, &accounts));
        let account = account.ok_or_else(|| unavailable(UnavailableReason::NotOnThisDevice))?;
        let proof = self.wallet_proof(&wallets, account.clone(), captcha).await?;
        if self.state.epoch() != current.epoch {
            // The wallet was shown to a session that is over.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(proof)
    }
}

/// The user's wallets that may serve, the first one first.
fn credentials<'a>(
    user: &'a User,
    id: Option<&CredentialId>,
) -> Result<Vec<&'a VerifiedCredential>, UnavailableReason> {
    let is_named = |credential: &&VerifiedCredential| {
        credential.format == CredentialFormat::Blockchain && id.is_none_or(|id| credential.id == *id)
    };
    let named: Vec<_> = user.verified_credentials.iter().filter(is_named).collect();
    let serving: Vec<_> =
        named.iter().copied().filter(|credential| credential.can_reauthenticate()).collect();
    match (id, serving.is_empty()) {
        (_, false) => Ok(serving),
        (Some(_), true) if !named.is_empty() => Err(UnavailableReason::NotEnabledForSignIn),
        (_, true) => Err(UnavailableReason::NotEnrolled),
    }
}

fn account_of<'a>(
    credential: &VerifiedCredential,
    accounts: &'a [WalletAccount],
) -> Option<&'a WalletAccount> {
    let address = credential.wallet_address.as_deref()?;
    accounts.iter().find(|account| has_address(account, address))
}

fn unavailable(reason: UnavailableReason) -> StepUpError {
    StepUpError::MethodUnavailable { reason, answer: None }
}
