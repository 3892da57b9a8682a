//! The text that a wallet signs: EIP-4361 (Sign-In with Ethereum), for other chains in the same form.
//!
//! What is signed is read line by line by wallets, servers and people, so no part may bring lines of its own.

use std::time::{Duration, UNIX_EPOCH};

use crate::{
    clock::UnixMillis,
    error::{PlatformCallback, StepUpError},
    platform::{WalletAccount, WalletChain},
};

/// The last moment that RFC 3339 can write.
const LAST_MILLI: u64 = 253_402_300_799_999;
/// What a wallet is on whose network is not known: Ethereum's main network (EIP-155).
const DEFAULT_CHAIN_ID: &str = "1";

/// What a message is made of besides the account.
pub(super) struct SignInMessage<'a> {
    /// The app's origin, as RFC 6454 writes it.
    pub(super) origin: &'a str,
    pub(super) app_name: &'a str,
    /// Where the app's name comes from, for the error about a wrong one.
    pub(super) app_name_field: &'static str,
    pub(super) nonce: &'a str,
    pub(super) issued_at: UnixMillis,
    pub(super) environment_id: &'a str,
}

impl SignInMessage<'_> {
    /// # Errors
    /// `InvalidConfiguration` for an app name, `CallbackFailed` for an account, and `UnexpectedAnswer` for a
    /// nonce that cannot be written in one line.
    pub(super) fn text(&self, account: &WalletAccount) -> Result<String, StepUpError> {
        self.refuse_injection(account)?;
        let domain = self.origin.split_once("://").map_or(self.origin, |(_, host)| host);
        let mut lines = vec![
            format!("{domain} wants you to sign in with your {} account:", chain_name(&account.chain)),
            account.address.clone(),
            String::new(),
            statement(self.app_name),
            String::new(),
            format!("URI: {}", self.origin),
            "Version: 1".to_owned(),
        ];
        if account.chain == WalletChain::Evm {
            let id = account.network_id.as_deref().unwrap_or(DEFAULT_CHAIN_ID);
            lines.push(format!("Chain ID: {id}"));
        }
        lines.push(format!("Nonce: {}", self.nonce));
        lines.push(format!("Issued At: {}", rfc_3339(self.issued_at)));
        lines.push(format!("Request ID: {}", self.environment_id));
        Ok(lines.join("\n"))
    }

    fn refuse_injection(&self, account: &WalletAccount) -> Result<(), StepUpError> {
        if !is_one_line(self.app_name) {
            return Err(StepUpError::InvalidConfiguration {
                field: self.app_name_field.into(),
                reason: "has a line break or a control character".into(),
            });
        }
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let network = account.network_id.as_deref().filter(|_| account.chain == WalletChain::Evm);
        if !is_word(&account.address) || !network.is_none_or(is_number) {
            return Err(StepUpError::CallbackFailed { what: PlatformCallback::Wallet });
        }
        if is_word(self.nonce) {
            return Ok(());
        }
        Err(StepUpError::UnexpectedAnswer {
            operation: "nonces".into(),
            reason: "a nonce cannot be written in one line".into(),
            request_id: String::new(),
        })
    }
}

fn statement(app_name: &str) -> String {
    format!(
        "{app_name} asks for proof that this account is yours. Signing sends nothing to the chain, costs \
         nothing, and allows {app_name} nothing but to recognise you."
    )
}

fn chain_name(chain: &WalletChain) -> &str {
    match chain {
        WalletChain::Evm => "Ethereum",
        WalletChain::Solana => "Solana",
        WalletChain::Other(name) => name,
    }
}

/// Line and paragraph separators are no control characters, but break lines all the same.
fn is_one_line(text: &str) -> bool {
    !text.chars().any(|symbol| symbol.is_control() || matches!(symbol, '\u{2028}' | '\u{2029}'))
}

fn rfc_3339(moment: UnixMillis) -> String {
    let millis = u64::try_from(moment.0).unwrap_or_default().min(LAST_MILLI);
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::WalletProvider;

    const ADDRESS: &str = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2";

    fn account(chain: WalletChain, address: &str, network_id: Option<&str>) -> WalletAccount {
        let (address, network_id) = (address.to_owned(), network_id.map(str::to_owned));
        let (wallet_name, wallet_provider) = ("MetaMask".to_owned(), WalletProvider::DeepLink);
        WalletAccount { address, chain, wallet_name, wallet_provider, network_id }
    }

    fn message<'a>(app_name: &'a str, nonce: &'a str) -> SignInMessage<'a> {
        SignInMessage {
            origin: "https://app.example:8443",
            app_name,
            app_name_field: "app_name",
            nonce,
            issued_at: UnixMillis(1_700_000_000_123),
            environment_id: "0b9e6a5c-6f0e-4d0f-9a52-2f3c4d5e6f70",
        }
    }

    #[test]
    fn the_text_is_that_of_eip_4361() {
        let text = message("Shop", "n0nce123").text(&account(WalletChain::Evm, ADDRESS, Some("137")));
        let expected = "\
app.example:8443 wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

Shop asks for proof that this account is yours. Signing sends nothing to the chain, costs nothing, and \
allows Shop nothing but to recognise you.

URI: https://app.example:8443
Version: 1
Chain ID: 137
Nonce: n0nce123
Issued At: 2023-11-14T22:13:20.123Z
Request ID: 0b9e6a5c-6f0e-4d0f-9a52-2f3c4d5e6f70";
        assert_eq!(text.unwrap(), expected);
    }

    #[test]
    fn the_chain_id_is_1_by_default_and_left_out_for_solana() {
        let evm = message("Shop", "n").text(&account(WalletChain::Evm, ADDRESS, None)).unwrap();
        assert!(evm.contains("\nVersion: 1\nChain ID: 1\nNonce: n\n"), "{evm}");
        let solana = account(WalletChain::Solana, "So1ana", Some("mainnet-beta"));
        let solana = message("Shop", "n").text(&solana).unwrap();
        assert!(
            solana.starts_with("app.example:8443 wants you to sign in with your Solana account:\nSo1ana\n")
        );
        assert!(solana.contains("\nVersion: 1\nNonce: n\n"), "{solana}");
    }

    #[test]
    fn no_part_brings_lines_of_its_own() {
        let evm = |address: &str, network| account(WalletChain::Evm, address, network);
        let of_wallet = Err(StepUpError::CallbackFailed { what: PlatformCallback::Wallet });
        for address in ["", "0x1\nURI: https://evil.example", "0x1 2", "0x1\u{2028}"] {
            assert_eq!(message("Shop", "n").text(&evm(address, None)), of_wallet, "{address:?}");
        }
        for network in ["", "1\nNonce: x", "0x89"] {
            assert_eq!(message("Shop", "n").text(&evm(ADDRESS, Some(network))), of_wallet, "{network:?}");
        }
        for name in ["Shop\nURI: https://evil.example", "Shop\r", "Shop\u{2029}x", "Shop\u{85}"] {
            let refused = message(name, "n").text(&evm(ADDRESS, None));
            let field = "app_name";
            let is_told = matches!(&refused,
                Err(StepUpError::InvalidConfiguration { field: told, .. }) if told == field);
            assert!(is_told, "{refused:?}");
        }
        let refused = message("Shop", "n\nIssued At: x").text(&evm(ADDRESS, None));
        assert!(matches!(refused, Err(StepUpError::UnexpectedAnswer { .. })), "{refused:?}");
    }

    proptest! {
        #[test]
        fn any_parts_make_eleven_lines_or_none(name in any::<String>(), nonce in any::<String>(),
            address in any::<String>(), at in any::<i64>()) {
            let mut message = message(&name, &nonce);
            message.issued_at = UnixMillis(at);
            if let Ok(text) = message.text(&account(WalletChain::Evm, &address, None)) {
                prop_assert_eq!(text.lines().count(), 11);
            }
        }
    }
}
