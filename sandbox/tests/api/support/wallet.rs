//! What a wallet app does: the message, its signature, the body.

use serde_json::{Value, json};
use stepup_sandbox::WalletChain;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Answer, App, Call, Login, ORIGIN};

/// A software wallet of the sandbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wallet {
    pub(crate) name: &'static str,
    pub(crate) chain: WalletChain,
}

impl Wallet {
    pub(crate) fn evm(name: &'static str) -> Self {
        Self { name, chain: WalletChain::Evm }
    }

    pub(crate) fn solana(name: &'static str) -> Self {
        Self { name, chain: WalletChain::Sol }
    }

    pub(crate) fn address(self, app: &App) -> String {
        app.sandbox.wallets().address(self.name, self.chain)
    }

    /// The message with a fresh nonce.
    pub(crate) async fn message(self, app: &App) -> String {
        self.message_with(app, &app.nonce().await)
    }

    pub(crate) fn message_with(self, app: &App, nonce: &str) -> String {
        let (account, chain_id) = match self.chain {
            WalletChain::Evm => ("Ethereum", "Chain ID: 1\n"),
            WalletChain::Sol => ("Solana", ""),
        };
        let now = OffsetDateTime::from(app.sandbox.clock().now()).format(&Rfc3339).unwrap();
        format!(
            "app.example wants you to sign in with your {account} account:\n{}\n\nWelcome to Peer.\n\n\
             URI: {ORIGIN}/\nVersion: 1\n{chain_id}Nonce: {nonce}\nIssued At: {now}\nRequest ID: {}",
            self.address(app),
            app.sandbox.environment_id(),
        )
    }

    /// The body with a signature over this message.
    pub(crate) fn body(self, app: &App, message: &str) -> Value {
        let (chain, name) = match self.chain {
            WalletChain::Evm => ("EVM", "metamaskevm"),
            WalletChain::Sol => ("SOL", "phantomsol"),
        };
        json!({
            "messageToSign": message,
            "signedMessage": app.sandbox.wallets().sign(self.name, self.chain, message),
            "publicWalletAddress": self.address(app),
            "chain": chain,
            "walletName": name,
            "walletProvider": "browserExtension",
        })
    }
}

impl App {
    /// The right body for a wallet endpoint, with more in it.
    pub(crate) async fn wallet_body(&self, wallet: Wallet, extra: Value) -> Value {
        let mut body = wallet.body(self, &wallet.message(self).await);
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    }

    pub(crate) async fn sign_in_by_wallet(&self, wallet: Wallet) -> Login {
        let body = self.wallet_body(wallet, json!({})).await;
        Login::from_answer(self.post("wallets/signin", body).send().await.ok())
    }

    /// A device-signed call of a signed-in user with a wallet's right body.
    pub(crate) async fn wallet_call<'a>(&'a self, login: &Login, path: &str, wallet: Wallet) -> Call<'a> {
        let body = self.wallet_body(wallet, json!({})).await;
        self.post(path, body).bearer(&login.token).signed().await
    }

    /// Links a wallet with the elevated token of the last answer.
    pub(crate) async fn link_wallet(&self, login: &Login, wallet: Wallet) -> Answer {
        self.wallet_call(login, "verify/link", wallet).await.elevated(&login.elevated()).send().await
    }

    /// Steps up by an external wallet.
    pub(crate) async fn verify_wallet(&self, login: &Login, wallet: Wallet, scopes: &[&str]) -> Answer {
        let body = self.wallet_body(wallet, json!({ "requestedScopes": scopes })).await;
        self.post("wallets/verify", body).bearer(&login.token).signed().await.send().await
    }
}
