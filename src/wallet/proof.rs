//! The proof that somebody holds a wallet's key: the `VerifyRequest` of the API.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Wallets, sign_in_message::SignInMessage};
use crate::{
    context::Context,
    error::{PlatformCallback, StepUpError},
    platform::{WalletAccount, WalletChain, WalletMessage, WalletProvider},
    secret::SecretString,
};

/// Real ones have about two hundred characters.
const MAX_SIGNATURE_BYTES: usize = 4_096;

impl Context {
    /// Has the user sign in with an account, and solve a captcha where the environment wants one. Whether
    /// the session is still the one that this is meant for, the caller must look at afterwards.
    pub(crate) async fn wallet_proof(
        self: &Arc<Self>,
        wallets: &Wallets,
        account: WalletAccount,
        captcha: Option<SecretString>,
    ) -> Result<Value, StepUpError> {
        let (app_name, app_name_field) = self.app_name(wallets).await?;
        let nonce = self.nonce().await?;
        let message = SignInMessage {
            origin: &wallets.origin,
            app_name: &app_name,
            app_name_field,
            nonce: &nonce,
            issued_at: self.state.clock.now(),
            environment_id: &self.config.environment_id,
        };
        let message = message.text(&account)?;
        let asked = WalletMessage { account: account.clone(), message: message.clone() };
        let signature = wallets.sign(asked).await?;
        if !is_signature(&signature) {
            return Err(StepUpError::CallbackFailed { what: PlatformCallback::Wallet });
        }
        let mut proof = body(&account, &message, &signature);
        // Last, because a solved captcha is good for a short time only.
        if let Some(captcha) = self.captcha_token(captcha).await? {
            proof["captchaToken"] = captcha.expose().into();
        }
        Ok(proof)
    }

    /// The app's name as the user knows it, and where it was found. The settings are not read without need.
    async fn app_name(self: &Arc<Self>, wallets: &Wallets) -> Result<(String, &'static str), StepUpError> {
        let is_name = |name: &&String| !name.trim().is_empty();
        if let Some(name) = self.config.app_name.as_ref().filter(is_name) {
            return Ok((name.clone(), "app_name"));
        }
        if let Some(name) = self.settings().await?.general.display_name.as_ref().filter(is_name) {
            return Ok((name.clone(), "general.displayName"));
        }
        let host = wallets.origin.split_once("://").map_or(wallets.origin.as_str(), |(_, host)| host);
        Ok((host.to_owned(), "app_origin"))
    }
}

fn body(account: &WalletAccount, message: &str, signature: &str) -> Value {
    let chain = wire_chain(&account.chain);
    let mut body = json!({
        "signedMessage": signature,
        "messageToSign": message,
        "publicWalletAddress": account.address,
        "chain": chain,
        "walletName": wire_name(&account.wallet_name, chain),
        "walletProvider": wire_provider(&account.wallet_provider),
    });
    if let Some(network) = &account.network_id {
        body["network"] = network.as_str().into();
    }
    body
}

/// A text of one piece: hex, base58 or base64.
fn is_signature(text: &str) -> bool {
    (1..=MAX_SIGNATURE_BYTES).contains(&text.len())
        && !text.chars().any(|symbol| symbol.is_whitespace() || symbol.is_control())
}

fn wire_chain(chain: &WalletChain) -> &str {
    match chain {
        WalletChain::Evm => "EVM",
        WalletChain::Solana => "SOL",
        WalletChain::Other(name) => name,
    }
}

fn wire_provider(provider: &WalletProvider) -> &str {
    match provider {
        WalletProvider::DeepLink => "deepLink",
        WalletProvider::WalletConnect => "walletConnect",
        WalletProvider::QrCode => "qrCode",
        WalletProvider::BrowserExtension => "browserExtension",
        WalletProvider::CustodialService => "custodialService",
        WalletProvider::Other(name) => name,
    }
}

/// A wallet's name as the API knows it: lower-case letters and digits that end with the chain.
fn wire_name(name: &str, chain: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    let mut name: String = kept.map(|symbol| symbol.to_ascii_lowercase()).collect();
    let chain = chain.to_ascii_lowercase();
    if !name.ends_with(&chain) {
        name.push_str(&chain);
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wallets_name_ends_with_its_chain_once() {
        assert_eq!(wire_name("MetaMask", "EVM"), "metamaskevm");
        assert_eq!(wire_name("Coinbase Wallet!", "EVM"), "coinbasewalletevm");
        assert_eq!(wire_name("Phantom (SOL)", "SOL"), "phantomsol");
        assert_eq!(wire_name("1inch \u{e9}\u{4e00}", "EVM"), "1inchevm");
        assert_eq!(wire_name("", "SOL"), "sol");
    }

    #[test]
    fn the_network_is_sent_when_it_is_known() {
        let (address, wallet_name) = ("0x1".to_owned(), "W".to_owned());
        let (chain, wallet_provider) = (WalletChain::Evm, WalletProvider::Other("newKind".into()));
        let mut account = WalletAccount { address, chain, wallet_name, wallet_provider, network_id: None };
        let mut expected = json!({
            "signedMessage": "0x2", "messageToSign": "m", "publicWalletAddress": "0x1", "chain": "EVM",
            "walletName": "wevm", "walletProvider": "newKind",
        });
        assert_eq!(body(&account, "m", "0x2"), expected);
        account.network_id = Some("10".into());
        expected["network"] = "10".into();
        assert_eq!(body(&account, "m", "0x2"), expected);
    }

    #[test]
    fn a_signature_is_one_piece_of_text() {
        assert!(is_signature("0x00") && is_signature(&"a".repeat(4_096)));
        let too_long = "a".repeat(4_097);
        for text in ["", " ", "0x 1", "0x1\n", "a\u{0}", "a\u{2003}b", too_long.as_str()] {
            assert!(!is_signature(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_name_becomes_letters_and_digits(name in any::<String>()) {
            let name = wire_name(&name, "EVM");
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            prop_assert!(name.ends_with("evm") && name.bytes().all(is_plain));
        }
    }
}
