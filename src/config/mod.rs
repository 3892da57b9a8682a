//! What the app must tell, and what it may.

mod app_link;
mod validated;

use std::time::Duration;

pub(crate) use app_link::AppLink;
pub(crate) use validated::{ValidatedConfig, is_loopback};

/// Configuration of a client. Only `environment_id` must be given; what is not given stays at
/// its default.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ClientConfig {
    /// The environment's id: a UUID, in any case.
    pub environment_id: String,
    /// Base URL of the API. Default `https://app.dynamicauth.com/api/v0`.
    #[uniffi(default = None)]
    pub base_url: Option<String>,
    /// Separates clients of one environment on one storage, and the keys of different apps. Letters,
    /// digits, `-`, `_` and `.`; default `default`.
    #[uniffi(default = None)]
    pub storage_namespace: Option<String>,
    /// Name and version sent as `x-dyn-version`, for example `MyApp/1.2.0`. Default: this library's.
    #[uniffi(default = None)]
    pub client_version: Option<String>,
    /// Sent as `x-dyn-api-version`. Default: the version of the API models that this library was written for.
    #[uniffi(default = None)]
    pub api_version: Option<String>,
    /// Sent as `x-dynamic-platform`. Default `react-native`, the known value that stands for a native app.
    #[uniffi(default = None)]
    pub platform_name: Option<String>,
    /// Name of this device and its system, for example `Pixel 9; Android 16`: part of the `User-Agent`,
    /// from which lists of registered devices are made readable.
    #[uniffi(default = None)]
    pub device_name: Option<String>,
    /// The app's origin (`https://app.example`), sent as `Origin`; must be on the environment's allow-list.
    /// The texts that wallets sign name it, so without one wallets cannot be used.
    #[uniffi(default = None)]
    pub app_origin: Option<String>,
    /// The app's name in texts that wallets show. Default: the environment's own.
    #[uniffi(default = None)]
    pub app_name: Option<String>,
    /// Links that lead into the app (universal links, app links), each a scheme, a host and a path that they
    /// begin with: `https://app.example/registered`. Only a registration link that matches one is taken.
    #[uniffi(default = [])]
    pub app_links: Vec<String>,
    /// Where an OAuth provider sends the user back to: a link of the app, on the environment's allow-list.
    #[uniffi(default = None)]
    pub oauth_redirect_url: Option<String>,
    /// Allows `app_links` and `oauth_redirect_url` to have a scheme of the app's own (`myapp://…`), which
    /// another app can claim too.
    #[uniffi(default = false)]
    pub allow_custom_schemes: bool,
    /// Which certificate authorities are trusted. Default: those bundled.
    #[uniffi(default = None)]
    pub tls_roots: Option<TlsRoots>,
    /// Allows `http` to a loopback address, for development against a local server.
    #[uniffi(default = false)]
    pub allow_insecure_loopback: bool,
    /// Limits of network calls.
    #[uniffi(default = None)]
    pub limits: Option<Limits>,
    /// How long callbacks may take.
    #[uniffi(default = None)]
    pub deadlines: Option<Deadlines>,
}

impl ClientConfig {
    /// Everything at its default.
    pub fn new(environment_id: impl Into<String>) -> Self {
        Self {
            environment_id: environment_id.into(),
            base_url: None,
            storage_namespace: None,
            client_version: None,
            api_version: None,
            platform_name: None,
            device_name: None,
            app_origin: None,
            app_name: None,
            app_links: Vec::new(),
            oauth_redirect_url: None,
            allow_custom_schemes: false,
            tls_roots: None,
            allow_insecure_loopback: false,
            limits: None,
            deadlines: None,
        }
    }
}

/// Which certificate authorities are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum TlsRoots {
    /// Mozilla's list, as bundled with this version of the library.
    Bundled,
    /// Those of the operating system, including what its owner added. Not available on Android yet.
    Platform,
}

/// Limits of network calls. What is not given stays at its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct Limits {
    /// Time for making a connection. Default 10 s.
    #[uniffi(default = None)]
    pub connect_timeout: Option<Duration>,
    /// Time for a whole call, connection and body included. Default 30 s.
    #[uniffi(default = None)]
    pub request_timeout: Option<Duration>,
    /// Size of an answer's body, in bytes. Default 1 MiB.
    #[uniffi(default = None)]
    pub max_body_bytes: Option<u64>,
}

/// How long a callback may take before the call that needs it fails. What is not given stays at its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct Deadlines {
    /// Storage. Default 5 s.
    #[uniffi(default = None)]
    pub storage: Option<Duration>,
    /// Device keys. Default 30 s.
    #[uniffi(default = None)]
    pub keys: Option<Duration>,
    /// A passkey ceremony, which waits for a person. Default 5 min.
    #[uniffi(default = None)]
    pub passkey: Option<Duration>,
    /// A visit to an OAuth provider's page, which waits for a person. Default 5 min.
    #[uniffi(default = None)]
    pub browser: Option<Duration>,
    /// A wallet, which waits for a person. Default 5 min.
    #[uniffi(default = None)]
    pub wallet: Option<Duration>,
    /// A captcha, which waits for a person. Default 5 min.
    #[uniffi(default = None)]
    pub captcha: Option<Duration>,
}
