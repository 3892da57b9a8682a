//! Captchas, where the environment asks for one.

use std::sync::Arc;

use crate::{
    context::Context,
    error::{PlatformCallback, StepUpError},
    platform::{CaptchaChallenge, call_out},
};

impl Context {
    /// A solved captcha, if the environment wants one and the app can show it. Without a provider nothing is
    /// asked: if a captcha is wanted after all, the server says so.
    pub(crate) async fn captcha_token(self: &Arc<Self>) -> Result<Option<String>, StepUpError> {
        let Some(provider) = self.platform.captcha()? else { return Ok(None) };
        let settings = self.settings().await?;
        let Some(captcha) = settings.security.captcha() else { return Ok(None) };
        let challenge = CaptchaChallenge {
            provider: captcha.provider.clone().unwrap_or_else(|| "hcaptcha".into()),
            site_key: captcha.site_key.clone().unwrap_or_default(),
        };
        let solve = async move { provider.solve(challenge).await };
        let token = call_out(PlatformCallback::Captcha, self.config.captcha_deadline, solve).await?;
        if token.is_empty() {
            return Err(StepUpError::CallbackFailed { what: PlatformCallback::Captcha });
        }
        Ok(Some(token))
    }
}
