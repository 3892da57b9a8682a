//! A host whose callbacks first do something else: refuse, wait, or call back into the client.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};

use stepup_core::{
    BrowserRequest, CaptchaChallenge, CaptchaProvider, DeviceKeys, DevicePublicKey, LogRecord, LogSink,
    OAuthBrowser, PasskeyProvider, Platform, PlatformError, SecureStorage, WalletAccount, WalletMessage,
    WalletSigner,
};
use stepup_test_support::World;

type Step = Pin<Box<dyn Future<Output = Result<(), PlatformError>> + Send>>;
type Before = Box<dyn Fn(&str) -> Step + Send + Sync>;

/// Callbacks of a world, with a step before each call. The step is told which call: `storage get`,
/// `keys sign`, `passkey create`, `browser open`, `wallet sign`, `captcha solve`, `log`.
#[derive(Clone)]
pub(crate) struct Host {
    platform: Platform,
    before: Arc<Mutex<Option<Arc<Before>>>>,
}

impl Host {
    pub(crate) fn of(world: &World) -> Self {
        Self { platform: world.platform(), before: Arc::default() }
    }

    pub(crate) fn platform(&self) -> Platform {
        Platform::new(Arc::new(self.clone()), Arc::new(self.clone()))
            .with_passkeys(Arc::new(self.clone()))
            .with_oauth_browser(Arc::new(self.clone()))
            .with_wallet_signer(Arc::new(self.clone()))
            .with_captcha(Arc::new(self.clone()))
            .with_log_sink(Arc::new(self.clone()))
    }

    /// From now on this happens before each call.
    pub(crate) fn set<F: Future<Output = Result<(), PlatformError>> + Send + 'static>(
        &self,
        before: impl Fn(&str) -> F + Send + Sync + 'static,
    ) {
        let before: Before = Box::new(move |call| Box::pin(before(call)));
        *self.before.lock().unwrap() = Some(Arc::new(before));
    }

    /// From now on one kind of call is refused.
    pub(crate) fn refuse(&self, refused: &'static str, error: PlatformError) {
        self.set(move |call| {
            let answer = if call.starts_with(refused) { Err(error.clone()) } else { Ok(()) };
            std::future::ready(answer)
        });
    }

    pub(crate) fn behave(&self) {
        *self.before.lock().unwrap() = None;
    }

    async fn step(&self, call: &str) -> Result<(), PlatformError> {
        let before = self.before.lock().unwrap().clone();
        match before {
            Some(before) => before(call).await,
            None => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl SecureStorage for Host {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, PlatformError> {
        self.step("storage get").await?;
        self.platform.storage.get(key).await
    }

    async fn put(&self, key: String, value: Vec<u8>) -> Result<(), PlatformError> {
        self.step("storage put").await?;
        self.platform.storage.put(key, value).await
    }

    async fn delete(&self, key: String) -> Result<(), PlatformError> {
        self.step("storage delete").await?;
        self.platform.storage.delete(key).await
    }
}

#[async_trait::async_trait]
impl DeviceKeys for Host {
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError> {
        self.step("keys generate").await?;
        self.platform.device_keys.generate(name).await
    }

    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError> {
        self.step("keys public_key").await?;
        self.platform.device_keys.public_key(name).await
    }

    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError> {
        self.step("keys sign").await?;
        self.platform.device_keys.sign(name, message).await
    }

    async fn delete(&self, name: String) -> Result<(), PlatformError> {
        self.step("keys delete").await?;
        self.platform.device_keys.delete(name).await
    }
}

#[async_trait::async_trait]
impl PasskeyProvider for Host {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        self.step("passkey create").await?;
        self.platform.passkeys.as_ref().unwrap().create(options_json).await
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        self.step("passkey get").await?;
        self.platform.passkeys.as_ref().unwrap().get(options_json).await
    }
}

#[async_trait::async_trait]
impl OAuthBrowser for Host {
    async fn open(&self, request: BrowserRequest) -> Result<String, PlatformError> {
        self.step("browser open").await?;
        self.platform.oauth_browser.as_ref().unwrap().open(request).await
    }
}

#[async_trait::async_trait]
impl WalletSigner for Host {
    async fn accounts(&self) -> Result<Vec<WalletAccount>, PlatformError> {
        self.step("wallet accounts").await?;
        self.platform.wallet_signer.as_ref().unwrap().accounts().await
    }

    async fn sign_message(&self, message: WalletMessage) -> Result<String, PlatformError> {
        self.step("wallet sign").await?;
        self.platform.wallet_signer.as_ref().unwrap().sign_message(message).await
    }
}

#[async_trait::async_trait]
impl CaptchaProvider for Host {
    async fn solve(&self, _challenge: CaptchaChallenge) -> Result<String, PlatformError> {
        self.step("captcha solve").await?;
        Ok("solved".into())
    }
}

#[async_trait::async_trait]
impl LogSink for Host {
    async fn log(&self, _record: LogRecord) -> Result<(), PlatformError> {
        self.step("log").await
    }
}
