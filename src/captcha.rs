//! Captchas, where the environment asks for one.

use std::sync::Arc;

use crate::{
    context::Context,
    error::{PlatformCallback, StepUpError},
    platform::{CaptchaChallenge, call_out},
    secret::SecretString,
};

impl Context {
    /// A solved captcha, if the environment wants one: the one given, else the app is asked to show it.
    /// Without a provider nothing is asked: if a captcha is wanted after all, the server says so.
    pub(crate) async fn captcha_token(
        self: &Arc<Self>,
        solved: Option<SecretString>,
    ) -> Result<Option<SecretString>, StepUpError> {
        if solved.is_some() {
            return Ok(solved);
        }
        let Some(provider) = self.platform.captcha()? else { return Ok(None) };
        let Some(challenge) = self.captcha_challenge().await? else { return Ok(None) };
        let solve = async move { provider.solve(challenge).await };
        let token = call_out(PlatformCallback::Captcha, self.config.captcha_deadline, solve).await?;
        if token.is_empty() {
            return Err(StepUpError::CallbackFailed { what: PlatformCallback::Captcha });
        }
        Ok(Some(SecretString::new(token)))
    }

    /// The captcha that the environment wants.
    pub(crate) async fn captcha_challenge(self: &Arc<Self>) -> Result<Option<CaptchaChallenge>, StepUpError> {
        let settings = self.settings().await?;
        Ok(settings.security.captcha().map(|captcha| CaptchaChallenge {
            provider: captcha.provider.clone().unwrap_or_else(|| "hcaptcha".into()),
            site_key: captcha.site_key.clone().unwrap_or_default(),
        }))
    }
}
