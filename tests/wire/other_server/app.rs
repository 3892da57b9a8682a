//! An app on the other server: its user always agrees.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    BrowserRequest, ClientConfig, OAuthBrowser, PasskeyProvider, Platform, PlatformError, StepUpClient,
    WalletAccount, WalletChain, WalletMessage, WalletProvider, WalletSigner,
};
use stepup_test_support::{REDIRECT, TestKeys, TestStorage};
use url::Url;

use super::server::{OtherServer, WALLET};

pub(crate) const APP_LINK: &str = "https://app.example/device";

struct Agreeing;

pub(crate) fn app(server: &OtherServer) -> Arc<StepUpClient> {
    let config = ClientConfig {
        base_url: Some(server.base_url()),
        allow_insecure_loopback: true,
        app_origin: Some("https://app.example".into()),
        app_links: vec![APP_LINK.into()],
        oauth_redirect_url: Some(REDIRECT.into()),
        ..ClientConfig::new(uuid())
    };
    let platform = Platform::new(Arc::new(TestStorage::default()), Arc::new(TestKeys::default()))
        .with_passkeys(Arc::new(Agreeing))
        .with_oauth_browser(Arc::new(Agreeing))
        .with_wallet_signer(Arc::new(Agreeing));
    StepUpClient::new(config, platform).unwrap()
}

/// Another environment for each client: two with one identity cannot be.
fn uuid() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("0b9e6a5c-6f0e-4d0f-9a52-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[async_trait::async_trait]
impl OAuthBrowser for Agreeing {
    async fn open(&self, request: BrowserRequest) -> Result<String, PlatformError> {
        let page = Url::parse(&request.url).unwrap();
        assert_eq!(page.origin().ascii_serialization(), "https://accounts.example");
        let (_, state) = page.query_pairs().find(|(name, _)| name == "state").unwrap();
        Ok(format!("{}?dynamicOauthState={state}&dynamicOauthCode=a%2Bcode", request.redirect_url))
    }
}

#[async_trait::async_trait]
impl PasskeyProvider for Agreeing {
    async fn create(&self, _options_json: String) -> Result<String, PlatformError> {
        let response = json!({ "clientDataJSON": "e30", "attestationObject": "oA" });
        Ok(json!({ "id": "a2V5", "rawId": "a2V5", "type": "public-key", "response": response }).to_string())
    }

    async fn get(&self, _options_json: String) -> Result<String, PlatformError> {
        let response = json!({ "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA" });
        Ok(json!({ "id": "a2V5", "rawId": "a2V5", "type": "public-key", "response": response }).to_string())
    }
}

#[async_trait::async_trait]
impl WalletSigner for Agreeing {
    async fn accounts(&self) -> Result<Vec<WalletAccount>, PlatformError> {
        Ok(vec![WalletAccount {
            address: WALLET.into(),
            chain: WalletChain::Evm,
            wallet_name: "Wallet".into(),
            wallet_provider: WalletProvider::WalletConnect,
            network_id: None,
        }])
    }

    async fn sign_message(&self, _message: WalletMessage) -> Result<String, PlatformError> {
        Ok("0x00".into())
    }
}
