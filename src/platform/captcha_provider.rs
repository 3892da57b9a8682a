//! Captchas.

use super::PlatformError;

/// Shows the captcha that the environment asks for. Without one, what needs a captcha is unavailable.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait CaptchaProvider: Send + Sync {
    /// Has the user solve a captcha and answers with its token. A user who gives up is `Cancelled`.
    async fn solve(&self, challenge: CaptchaChallenge) -> Result<String, PlatformError>;
}

/// The captcha to show, from the environment's settings.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CaptchaChallenge {
    /// Whose it is, as the API calls it: `hcaptcha`, `cloudflareTurnstile`. An open set.
    pub provider: String,
    /// The environment's public key with that provider.
    pub site_key: String,
}
