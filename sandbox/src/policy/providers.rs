//! Sign-in providers, captcha and the external issuer.

use std::fmt;

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

/// A way to sign in and what the settings say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provider {
    /// Which provider.
    pub provider: ProviderName,
    /// Whether it is on.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// OAuth client id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// OAuth authorisation endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_auth_url: Option<String>,
    /// Telegram's form of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<String>,
    /// Where the provider sends the browser back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// OAuth scopes, separated by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
    /// Shop name of the Shopify provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shopify_store: Option<String>,
    /// Countries an SMS is sent to (ISO 3166-1 alpha-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled_countries: Option<Vec<String>>,
}

impl Provider {
    /// A provider that is on, with nothing else said of it.
    pub fn new(provider: ProviderName) -> Self {
        Self {
            provider,
            enabled: true,
            client_id: None,
            base_auth_url: None,
            authorization_url: None,
            redirect_url: None,
            scopes: None,
            shopify_store: None,
            enabled_countries: None,
        }
    }
}

/// Providers the sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ProviderName {
    Email,
    Sms,
    Passkey,
    Google,
    Apple,
    GitHub,
    Twitter,
    Discord,
    Facebook,
    Twitch,
    TikTok,
    Shopify,
    Telegram,
    Farcaster,
}

impl ProviderName {
    /// The provider of this name on the wire.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let deserializer: StrDeserializer<'_, Error> = name.into_deserializer();
        Self::deserialize(deserializer).ok()
    }

    /// Whether users sign in on the provider's own page, by an authorization code.
    pub(crate) fn has_consent_page(self) -> bool {
        use ProviderName::{Email, Farcaster, Passkey, Sms, Telegram};
        !matches!(self, Email | Sms | Passkey | Telegram | Farcaster)
    }

    /// Whether the provider demands PKCE.
    pub(crate) fn demands_pkce(self) -> bool {
        matches!(self, Self::GitHub | Self::Twitter)
    }
}

/// As on the wire.
impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Captcha of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Captcha {
    /// Who makes it.
    pub provider: CaptchaProvider,
    /// Public key of the site.
    pub site_key: String,
}

/// Captcha makers the vendor knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CaptchaProvider {
    /// hCaptcha.
    #[serde(rename = "hcaptcha")]
    HCaptcha,
    /// Cloudflare Turnstile.
    CloudflareTurnstile,
}

/// Who signs external assertions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalIssuer {
    /// Expected `iss`.
    pub iss: String,
    /// Expected `aud`, when it is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// Where the keys are.
    pub jwks_url: String,
}

fn yes() -> bool {
    true
}
