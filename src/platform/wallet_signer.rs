//! Wallets of the user.

use std::fmt;

use super::PlatformError;

/// Asks the user's wallets: a wallet app by deep link, WalletConnect, Mobile Wallet Adapter.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait WalletSigner: Send + Sync {
    /// The accounts that can sign, the preferred one first.
    async fn accounts(&self) -> Result<Vec<WalletAccount>, PlatformError>;

    /// Has a text signed and answers with the signature: `0x` and hex for EVM (`personal_sign`, EIP-191),
    /// base58 or base64 for Solana. A user who declines is `Cancelled`.
    async fn sign_message(&self, message: WalletMessage) -> Result<String, PlatformError>;
}

/// An account of a wallet. Printing one shows its chain and the wallet's name only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct WalletAccount {
    /// The account's address, as the chain writes it.
    pub address: String,
    /// The chain.
    pub chain: WalletChain,
    /// The wallet's name as people know it, for example `MetaMask`.
    pub wallet_name: String,
    /// How the wallet is reached.
    pub wallet_provider: WalletProvider,
    /// Id of the network that the wallet is on, for chains that have several (EIP-155). Default for EVM: `1`.
    #[uniffi(default = None)]
    pub network_id: Option<String>,
}

/// A chain. An open set: `Other` holds what this version cannot sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum WalletChain {
    /// Ethereum and the chains that sign as it does.
    Evm,
    /// Solana.
    Solana,
    /// Another one, as the API calls it.
    Other(String),
}

/// How a wallet is reached. An open set: `Other` holds what this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum WalletProvider {
    /// A link that opens the wallet's app.
    DeepLink,
    /// WalletConnect.
    WalletConnect,
    /// A QR code that another device scans.
    QrCode,
    /// An extension of the browser.
    BrowserExtension,
    /// A service that holds the key for the user.
    CustodialService,
    /// Another way, as the API calls it.
    Other(String),
}

/// A text for a wallet to sign. Printing one shows neither account nor text.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct WalletMessage {
    /// The account that is to sign.
    pub account: WalletAccount,
    /// The text: EIP-4361 (Sign-In with Ethereum), or the same form for another chain.
    pub message: String,
}

impl fmt::Display for WalletAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WalletAccount {{ chain: {:?}, wallet_name: {} }}", self.chain, self.wallet_name)
    }
}

impl fmt::Debug for WalletAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for WalletMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WalletMessage([redacted])")
    }
}

impl fmt::Debug for WalletMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
