//! The wallets' accounts, as far as they can prove something.

use std::{sync::Arc, time::Duration};

use crate::{
    auth::is_embedded_wallet,
    context::Context,
    error::{PlatformCallback, StepUpError, UnavailableReason},
    platform::{WalletAccount, WalletChain, WalletMessage, WalletProvider, WalletSigner, call_out},
};

/// The app's wallets, and the origin in whose name they sign.
pub(crate) struct Wallets {
    signer: Arc<dyn WalletSigner>,
    deadline: Duration,
    pub(super) origin: String,
}

impl Context {
    /// All that a proof by wallet needs of the app; looked at before anything is sent or asked.
    pub(crate) fn wallets(&self) -> Result<Wallets, StepUpError> {
        let signer = self.platform.wallet_signer()?;
        let origin = self.config.app_origin.clone().ok_or_else(|| StepUpError::InvalidConfiguration {
            field: "app_origin".into(),
            reason: "is needed for wallets: what they sign names it".into(),
        })?;
        Ok(Wallets { signer, deadline: self.config.wallet_deadline, origin })
    }
}

impl Wallets {
    /// The accounts that can prove something, in the order of the wallets.
    pub(crate) async fn accounts(&self) -> Result<Vec<WalletAccount>, StepUpError> {
        let signer = Arc::clone(&self.signer);
        let ask = async move { signer.accounts().await };
        let mut accounts = call_out(PlatformCallback::Wallet, self.deadline, ask).await?;
        accounts.retain(can_prove);
        Ok(accounts)
    }

    /// The account with this address, else the first.
    pub(crate) async fn account(&self, address: Option<&str>) -> Result<WalletAccount, StepUpError> {
        let mut accounts = self.accounts().await?.into_iter();
        let (account, otherwise) = match address.map(str::trim) {
            Some(address) => {
                let named = accounts.find(|account| has_address(account, address));
                (named, UnavailableReason::NotOnThisDevice)
            }
            None => (accounts.next(), UnavailableReason::NotEnrolled),
        };
        account.ok_or(StepUpError::MethodUnavailable { reason: otherwise, answer: None })
    }

    pub(super) async fn sign(&self, message: WalletMessage) -> Result<String, StepUpError> {
        let signer = Arc::clone(&self.signer);
        let sign = async move { signer.sign_message(message).await };
        call_out(PlatformCallback::Wallet, self.deadline, sign).await
    }
}

/// EVM addresses are written with or without the capitals of their checksum (EIP-55).
pub(crate) fn has_address(account: &WalletAccount, address: &str) -> bool {
    match account.chain {
        WalletChain::Evm => account.address.eq_ignore_ascii_case(address),
        _ => account.address == address,
    }
}

fn can_prove(account: &WalletAccount) -> bool {
    let is_embedded =
        matches!(&account.wallet_provider, WalletProvider::Other(kind) if is_embedded_wallet(kind));
    matches!(account.chain, WalletChain::Evm | WalletChain::Solana) && !is_embedded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(chain: WalletChain, wallet_provider: WalletProvider) -> WalletAccount {
        let (address, wallet_name) = ("0xAbC1".into(), "Wallet".into());
        WalletAccount { address, chain, wallet_name, wallet_provider, network_id: None }
    }

    #[test]
    fn only_external_wallets_of_chains_that_are_known_can_prove() {
        let other = |name: &str| WalletProvider::Other(name.into());
        assert!(can_prove(&account(WalletChain::Evm, WalletProvider::DeepLink)));
        assert!(can_prove(&account(WalletChain::Solana, other("newKind"))));
        assert!(!can_prove(&account(WalletChain::Other("SUI".into()), WalletProvider::DeepLink)));
        for embedded in ["embeddedWallet", "smartContractWallet"] {
            assert!(!can_prove(&account(WalletChain::Evm, other(embedded))), "{embedded}");
        }
    }

    #[test]
    fn only_evm_addresses_are_compared_without_case() {
        assert!(has_address(&account(WalletChain::Evm, WalletProvider::QrCode), "0xabc1"));
        assert!(!has_address(&account(WalletChain::Solana, WalletProvider::QrCode), "0xabc1"));
    }
}
