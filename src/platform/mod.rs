//! What the host implements: one file per callback.
//!
//! Every method answers with a `Result`, takes its arguments by value and may be called from any thread. A
//! callback that fails, throws, hangs or answers late ends in a typed error of the call that needed it; the
//! client stays usable. In Rust, what blocks belongs on a thread of its own: a callback is polled by one of
//! the library's two.

mod captcha_provider;
mod device_keys;
mod device_registration_listener;
mod elevation_listener;
mod error;
mod guard;
mod in_memory;
mod log_sink;
mod oauth_browser;
mod passkey_provider;
mod secure_storage;
mod session_listener;
mod step_up_state_listener;
mod wallet_signer;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

pub use captcha_provider::{CaptchaChallenge, CaptchaProvider};
pub use device_keys::{DeviceKeys, DevicePublicKey};
pub use device_registration_listener::{DeviceRegistrationListener, DeviceRegistrationStatus};
pub use elevation_listener::ElevationListener;
pub use error::PlatformError;
pub(crate) use guard::{call_out, call_out_started};
pub use in_memory::{InMemoryStorage, SoftwareKeys};
pub use log_sink::{LogLevel, LogRecord, LogSink};
pub use oauth_browser::{BrowserRequest, OAuthBrowser};
pub use passkey_provider::PasskeyProvider;
pub use secure_storage::SecureStorage;
pub use session_listener::SessionListener;
pub use step_up_state_listener::StepUpStateListener;
pub use wallet_signer::{WalletAccount, WalletChain, WalletMessage, WalletProvider, WalletSigner};

use crate::error::{StepUpError, UnavailableReason};

/// The host's callbacks. Storage and keys must be given; without one of the others its methods are
/// unavailable.
#[derive(Clone, uniffi::Record)]
pub struct Platform {
    /// Keeps the session and reusable elevated tokens.
    pub storage: Arc<dyn SecureStorage>,
    /// Holds the device key and the session key.
    pub device_keys: Arc<dyn DeviceKeys>,
    /// Shows the system's passkey sheet.
    #[uniffi(default = None)]
    pub passkeys: Option<Arc<dyn PasskeyProvider>>,
    /// Opens the pages of OAuth providers.
    #[uniffi(default = None)]
    pub oauth_browser: Option<Arc<dyn OAuthBrowser>>,
    /// Asks the user's wallets.
    #[uniffi(default = None)]
    pub wallet_signer: Option<Arc<dyn WalletSigner>>,
    /// Shows captchas.
    #[uniffi(default = None)]
    pub captcha: Option<Arc<dyn CaptchaProvider>>,
    /// Takes the log.
    #[uniffi(default = None)]
    pub log_sink: Option<Arc<dyn LogSink>>,
}

impl Platform {
    /// A platform with the two callbacks that must be there.
    pub fn new(storage: Arc<dyn SecureStorage>, device_keys: Arc<dyn DeviceKeys>) -> Self {
        Self {
            storage,
            device_keys,
            passkeys: None,
            oauth_browser: None,
            wallet_signer: None,
            captcha: None,
            log_sink: None,
        }
    }

    /// **Insecure:** storage in memory and keys in software, both gone with the process. For tests and
    /// trials.
    #[must_use]
    pub fn insecure_in_memory() -> Self {
        Self::new(Arc::new(InMemoryStorage::default()), Arc::new(SoftwareKeys::default()))
    }

    /// The same platform with a passkey provider.
    #[must_use]
    pub fn with_passkeys(mut self, passkeys: Arc<dyn PasskeyProvider>) -> Self {
        self.passkeys = Some(passkeys);
        self
    }

    /// The same platform with a browser for OAuth.
    #[must_use]
    pub fn with_oauth_browser(mut self, browser: Arc<dyn OAuthBrowser>) -> Self {
        self.oauth_browser = Some(browser);
        self
    }

    /// The same platform with wallets.
    #[must_use]
    pub fn with_wallet_signer(mut self, wallet_signer: Arc<dyn WalletSigner>) -> Self {
        self.wallet_signer = Some(wallet_signer);
        self
    }

    /// The same platform with captchas.
    #[must_use]
    pub fn with_captcha(mut self, captcha: Arc<dyn CaptchaProvider>) -> Self {
        self.captcha = Some(captcha);
        self
    }

    /// The same platform with a log sink.
    #[must_use]
    pub fn with_log_sink(mut self, log_sink: Arc<dyn LogSink>) -> Self {
        self.log_sink = Some(log_sink);
        self
    }
}

/// **Insecure:** storage in memory and keys in software, both gone with the process. For tests and trials.
#[uniffi::export]
#[must_use]
pub fn insecure_in_memory_platform() -> Platform {
    Platform::insecure_in_memory()
}

impl fmt::Debug for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Platform")
            .field("passkeys", &self.passkeys.is_some())
            .field("oauth_browser", &self.oauth_browser.is_some())
            .field("wallet_signer", &self.wallet_signer.is_some())
            .field("captcha", &self.captcha.is_some())
            .field("log_sink", &self.log_sink.is_some())
            .finish_non_exhaustive()
    }
}

/// The callbacks while the client is open; empty afterwards, so that the host's objects are let go.
#[derive(Clone)]
pub(crate) struct PlatformSlot(Arc<RwLock<Option<Platform>>>);

impl PlatformSlot {
    pub(crate) fn new(platform: Platform) -> Self {
        Self(Arc::new(RwLock::new(Some(platform))))
    }

    pub(crate) fn close(&self) {
        // Taken out first: dropping the host's objects may run the host's code, which must not find the
        // lock held.
        let platform = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(platform);
    }

    pub(crate) fn storage(&self) -> Result<Arc<dyn SecureStorage>, StepUpError> {
        self.with(|platform| Arc::clone(&platform.storage))
    }

    pub(crate) fn device_keys(&self) -> Result<Arc<dyn DeviceKeys>, StepUpError> {
        self.with(|platform| Arc::clone(&platform.device_keys))
    }

    pub(crate) fn passkeys(&self) -> Result<Arc<dyn PasskeyProvider>, StepUpError> {
        self.given(|platform| platform.passkeys.clone())
    }

    pub(crate) fn oauth_browser(&self) -> Result<Arc<dyn OAuthBrowser>, StepUpError> {
        self.given(|platform| platform.oauth_browser.clone())
    }

    pub(crate) fn wallet_signer(&self) -> Result<Arc<dyn WalletSigner>, StepUpError> {
        self.given(|platform| platform.wallet_signer.clone())
    }

    /// Asked only where it makes a difference that there is none.
    pub(crate) fn captcha(&self) -> Result<Option<Arc<dyn CaptchaProvider>>, StepUpError> {
        self.with(|platform| platform.captcha.clone())
    }

    fn given<T>(&self, read: impl FnOnce(&Platform) -> Option<T>) -> Result<T, StepUpError> {
        let reason = UnavailableReason::Unsupported;
        self.with(read)?.ok_or(StepUpError::MethodUnavailable { reason, answer: None })
    }

    pub(crate) fn log_sink(&self) -> Option<Arc<dyn LogSink>> {
        self.with(|platform| platform.log_sink.clone()).ok().flatten()
    }

    fn with<T>(&self, read: impl FnOnce(&Platform) -> T) -> Result<T, StepUpError> {
        let platform = self.0.read().unwrap_or_else(PoisonError::into_inner);
        platform.as_ref().map(read).ok_or(StepUpError::ClientClosed)
    }
}
