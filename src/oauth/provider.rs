//! Providers of social accounts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{StepUpError, UnavailableReason};

/// A provider of social accounts. An open set: `Other` takes the name that the environment's settings have.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SocialProvider {
    /// Google.
    Google,
    /// Apple.
    Apple,
    /// GitHub.
    Github,
    /// X, formerly Twitter.
    Twitter,
    /// Discord.
    Discord,
    /// Facebook.
    Facebook,
    /// Twitch.
    Twitch,
    /// TikTok.
    Tiktok,
    /// Shopify.
    Shopify,
    /// Another one, as the API calls it. `telegram`, `farcaster`, `okta` and `sso` do not work by OAuth
    /// redirects and are unavailable.
    Other(String),
}

/// Providers that prove an account in another way than by a redirect with a code.
const WITHOUT_REDIRECT: [&str; 4] = ["telegram", "farcaster", "okta", "sso"];

/// Providers that want a code challenge (RFC 7636).
const WITH_CODE_CHALLENGE: [&str; 2] = ["twitter", "github"];

impl SocialProvider {
    /// The provider that the API calls so.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "google" => Self::Google,
            "apple" => Self::Apple,
            "github" => Self::Github,
            "twitter" => Self::Twitter,
            "discord" => Self::Discord,
            "facebook" => Self::Facebook,
            "twitch" => Self::Twitch,
            "tiktok" => Self::Tiktok,
            "shopify" => Self::Shopify,
            other => Self::Other(other.to_owned()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Github => "github",
            Self::Twitter => "twitter",
            Self::Discord => "discord",
            Self::Facebook => "facebook",
            Self::Twitch => "twitch",
            Self::Tiktok => "tiktok",
            Self::Shopify => "shopify",
            Self::Other(name) => name,
        }
    }

    /// The name on the wire.
    ///
    /// # Errors
    /// `MethodUnavailable` for a provider without redirects, `InvalidArgument` for what is no name.
    pub(crate) fn name(&self) -> Result<String, StepUpError> {
        let name = self.as_str().to_ascii_lowercase();
        if name.is_empty() || name.len() > 40 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let reason = "is not the name of a provider".into();
            return Err(StepUpError::InvalidArgument { argument: "provider".into(), reason });
        }
        if WITHOUT_REDIRECT.contains(&name.as_str()) {
            let reason = UnavailableReason::Unsupported;
            return Err(StepUpError::MethodUnavailable { reason, answer: None });
        }
        Ok(name)
    }
}

impl Serialize for SocialProvider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SocialProvider {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::named(&name))
    }
}

/// Whether a provider wants a code challenge.
pub(super) fn wants_code_challenge(name: &str) -> bool {
    WITH_CODE_CHALLENGE.contains(&name)
}
