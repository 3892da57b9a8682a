//! Linking an external wallet, and moving one here from another user.

use std::sync::Arc;

use super::{AuthClient, LinkOutcome};
use crate::{
    api::{Operation, Request, operations},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    platform::WalletAccount,
    state::SessionChange,
    wallet::Wallets,
};

/// The code of a refusal that offers to move the wallet.
const TRANSFER_OFFERED: &str = "reassign_wallet_confirm";

#[uniffi::export]
impl AuthClient {
    /// Adds an account of one of the user's wallets to the signed-in user (`POST verify/link`): the account
    /// with this address, else the first that the `WalletSigner` offers. Takes the elevated token for
    /// `credential:link`; that one is needed is found out before the wallet is asked.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; else as `sign_in_with_wallet`. `NotSignedIn` if the session
    /// ended while the wallet was asked.
    #[uniffi::method(default(address = None, cancel = None))]
    pub async fn link_wallet(
        &self,
        address: Option<String>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<LinkOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.link_wallet(address.as_deref()).await }).await
    }

    /// Takes the wallet that [`LinkOutcome::TransferRequired`] named from its other user (`POST
    /// verify/transfer`). The wallet is asked once more. Takes the elevated token for `credential:link`, as
    /// linking does.
    ///
    /// # Errors
    /// `InvalidArgument` if no transfer was offered in this session; else as `link_wallet`. The offer stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn confirm_transfer(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<LinkOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.confirm_transfer().await }).await
    }
}

impl Context {
    async fn link_wallet(self: &Arc<Self>, address: Option<&str>) -> Result<LinkOutcome, StepUpError> {
        let wallets = self.wallets()?;
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        self.ensure_permitted(&operations::LINK_WALLET).await?;
        let account = wallets.account(address).await?;
        let request = self.link_request(&operations::LINK_WALLET, epoch, &wallets, account.clone()).await?;
        match self.reissue(request, SessionChange::Reissue).await {
            Err(StepUpError::Server { answer, .. }) if answer.code.as_deref() == Some(TRANSFER_OFFERED) => {
                let offered = account.clone();
                let remembered = self.state.in_epoch(epoch, |data| {
                    // What was offered before, the server does not remember.
                    data.merge_offer = None;
                    data.transfer_offer = Some(offered);
                });
                remembered.ok_or(StepUpError::NotSignedIn { answer: None })?;
                Ok(LinkOutcome::TransferRequired { account })
            }
            result => self.linked(epoch, result).await,
        }
    }

    async fn confirm_transfer(self: &Arc<Self>) -> Result<LinkOutcome, StepUpError> {
        let wallets = self.wallets()?;
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        let offer = self.state.in_epoch(epoch, |data| data.transfer_offer.clone()).flatten();
        let account = offer.ok_or_else(|| StepUpError::InvalidArgument {
            argument: "transfer".into(),
            reason: "was not offered in this session".into(),
        })?;
        self.ensure_permitted(&operations::TRANSFER_WALLET).await?;
        let request = self.link_request(&operations::TRANSFER_WALLET, epoch, &wallets, account).await?;
        self.linked(epoch, self.reissue(request, SessionChange::Merge).await).await
    }

    async fn link_request(
        self: &Arc<Self>,
        operation: &'static Operation,
        epoch: u64,
        wallets: &Wallets,
        account: WalletAccount,
    ) -> Result<Request, StepUpError> {
        let proof = self.wallet_proof(wallets, account, None).await?;
        if self.state.epoch() == epoch {
            return Ok(Request::new(operation).body(proof));
        }
        // The wallet was shown to a session that is over.
        Err(StepUpError::NotSignedIn { answer: None })
    }
}
