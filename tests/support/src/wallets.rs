//! Wallets whose user decides at once: the sandbox's software wallets, or a refusal.

use std::sync::{Arc, Mutex};

use stepup_core::{PlatformError, WalletAccount, WalletChain, WalletMessage, WalletProvider, WalletSigner};
use stepup_sandbox::{WalletChain as SandboxChain, Wallets};
use tokio::sync::Semaphore;

use crate::host_panics::host_panics;

/// What the user does with a text to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalletMode {
    Signs,
    /// Signs with the key of another wallet.
    SignsAs(String),
    /// Signs another text than the one that was asked for.
    SignsText(String),
    /// Signs when released.
    Waits,
    Declines,
    Hangs,
    /// Never answers which accounts there are.
    Unreachable,
    Panics,
    /// Answers with this text.
    Answers(String),
}

#[derive(Clone)]
pub struct TestWallet(Arc<Inner>);

struct Inner {
    wallets: Wallets,
    mode: Mutex<WalletMode>,
    /// Names of the sandbox's wallets with what they tell of themselves.
    offered: Mutex<Vec<(String, WalletAccount)>>,
    listed: Mutex<usize>,
    asked: Mutex<Vec<WalletMessage>>,
    shown: Semaphore,
    released: Semaphore,
}

impl TestWallet {
    /// A signer without accounts.
    pub fn new(wallets: Wallets) -> Self {
        Self(Arc::new(Inner {
            wallets,
            mode: Mutex::new(WalletMode::Signs),
            offered: Mutex::default(),
            listed: Mutex::default(),
            asked: Mutex::default(),
            shown: Semaphore::new(0),
            released: Semaphore::new(0),
        }))
    }

    pub fn set(&self, mode: WalletMode) {
        *self.0.mode.lock().unwrap() = mode;
    }

    /// Offers one more account, of the sandbox's wallet with this name, as an extension `Test Wallet`.
    pub fn offer(&self, name: &str, chain: WalletChain) -> WalletAccount {
        let account = WalletAccount {
            address: self.0.wallets.address(name, sandbox_chain(&chain)),
            chain,
            wallet_name: "Test Wallet".into(),
            wallet_provider: WalletProvider::BrowserExtension,
            network_id: None,
        };
        self.offer_as(name, account.clone());
        account
    }

    /// Offers one more account that tells this of itself.
    pub fn offer_as(&self, name: &str, account: WalletAccount) {
        self.0.offered.lock().unwrap().push((name.into(), account));
    }

    /// Offers no account any more.
    pub fn withdraw(&self) {
        self.0.offered.lock().unwrap().clear();
    }

    /// How often the accounts were asked for.
    pub fn listed(&self) -> usize {
        *self.0.listed.lock().unwrap()
    }

    /// What was asked for a signature, oldest first.
    pub fn asked(&self) -> Vec<WalletMessage> {
        self.0.asked.lock().unwrap().clone()
    }

    /// Waits until the user sees a text to sign.
    pub async fn is_shown(&self) {
        self.0.shown.acquire().await.unwrap().forget();
    }

    /// The user signs, now or when the text comes.
    pub fn release(&self) {
        self.0.released.add_permits(1);
    }

    fn sign(&self, message: &WalletMessage, name: Option<String>, text: &str) -> String {
        let offered = self.0.offered.lock().unwrap();
        let own = offered.iter().find(|(_, account)| *account == message.account);
        let name = name.unwrap_or_else(|| own.expect("an account that was offered").0.clone());
        self.0.wallets.sign(&name, sandbox_chain(&message.account.chain), text)
    }
}

fn sandbox_chain(chain: &WalletChain) -> SandboxChain {
    match chain {
        WalletChain::Solana => SandboxChain::Sol,
        WalletChain::Evm | WalletChain::Other(_) => SandboxChain::Evm,
    }
}

#[async_trait::async_trait]
impl WalletSigner for TestWallet {
    async fn accounts(&self) -> Result<Vec<WalletAccount>, PlatformError> {
        *self.0.listed.lock().unwrap() += 1;
        if *self.0.mode.lock().unwrap() == WalletMode::Unreachable {
            return std::future::pending().await;
        }
        Ok(self.0.offered.lock().unwrap().iter().map(|(_, account)| account.clone()).collect())
    }

    async fn sign_message(&self, message: WalletMessage) -> Result<String, PlatformError> {
        self.0.asked.lock().unwrap().push(message.clone());
        self.0.shown.add_permits(1);
        let mode = self.0.mode.lock().unwrap().clone();
        match mode {
            WalletMode::Signs => Ok(self.sign(&message, None, &message.message)),
            WalletMode::SignsAs(name) => Ok(self.sign(&message, Some(name), &message.message)),
            WalletMode::SignsText(text) => Ok(self.sign(&message, None, &text)),
            WalletMode::Waits => {
                self.0.released.acquire().await.unwrap().forget();
                Ok(self.sign(&message, None, &message.message))
            }
            WalletMode::Declines => Err(PlatformError::Cancelled),
            WalletMode::Hangs | WalletMode::Unreachable => std::future::pending().await,
            WalletMode::Panics => host_panics(),
            WalletMode::Answers(text) => Ok(text),
        }
    }
}
