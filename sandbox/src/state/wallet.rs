//! Wallets of a user.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::iso;
use crate::wallets::WalletChain;

/// A wallet credential of a user.
#[derive(Debug, Clone)]
pub(crate) struct WalletCredential {
    pub(crate) id: Uuid,
    pub(crate) chain: WalletChain,
    /// In its canonical form.
    pub(crate) address: String,
    /// Lower-case alphanumerics that end with the chain.
    pub(crate) name: String,
    pub(crate) provider: WalletProvider,
    pub(crate) verified_at: OffsetDateTime,
}

/// How a wallet is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WalletProvider {
    BrowserExtension,
    CustodialService,
    WalletConnect,
    QrCode,
    DeepLink,
    EmbeddedWallet,
    SmartContractWallet,
}

impl WalletCredential {
    /// An embedded wallet belongs to a user who signed in otherwise: it never proves who they are.
    pub(crate) fn is_embedded(&self) -> bool {
        self.provider == WalletProvider::EmbeddedWallet
    }

    /// As `verifiedCredentials[]` shows it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "format": "blockchain",
            "address": self.address,
            "chain": self.chain.namespace(),
            "public_identifier": self.address,
            "wallet_name": self.name,
            "wallet_provider": self.provider,
            "signInEnabled": !self.is_embedded(),
            "verifiedAt": iso(self.verified_at),
            "lastSelectedAt": null,
        })
    }
}
