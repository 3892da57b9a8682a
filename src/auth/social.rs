//! Social accounts: signing in with one, linking one, and the redirect that both wait for.

use std::sync::Arc;

use super::{AuthClient, LinkOutcome, SignInOptions, SignInOutcome};
use crate::{
    cancel::CancelToken,
    error::StepUpError,
    oauth::{BrowserPurpose, RedirectOutcome, SocialProvider},
    scope,
};

#[uniffi::export]
impl AuthClient {
    /// Signs in with a social account (`POST providers/{p}/initAuth`, the browser, `POST
    /// providers/{p}/signIn`). Of the options the scopes count. Whoever was signed in before is not any more.
    ///
    /// If the system ends the app while the browser is in front, `handle_redirect` ends the sign-in in the
    /// next process.
    ///
    /// # Errors
    /// `Cancelled` if the user closed the browser; `ProviderRefused` with the provider's error;
    /// `RedirectRefused`; `MethodUnavailable` if the environment does not offer the provider, wants a captcha
    /// that the app cannot show, or the app gave no `OAuthBrowser`; `NotSignedIn` after a logout while the
    /// browser was open; `InvalidConfiguration` without `oauth_redirect_url`.
    #[uniffi::method(default(options = None, cancel = None))]
    pub async fn sign_in_with_social(
        &self,
        provider: SocialProvider,
        options: Option<SignInOptions>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignInOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let sign_in = async move {
            let requested_scopes = match options.unwrap_or_default().requested_scopes {
                scopes if scopes.is_empty() => scopes,
                scopes => scope::validated_set(scopes)?,
            };
            let purpose = BrowserPurpose::SignIn { requested_scopes };
            match context.visit(&provider, purpose, Box::new(|| {})).await? {
                RedirectOutcome::SignedIn { outcome } => Ok(outcome),
                _ => Err(other_purpose()),
            }
        };
        self.context.run(cancel, sign_in).await
    }

    /// Links a social account to the signed-in user (`POST providers/{p}/initAuth`, the browser, `POST
    /// providers/{p}/verify`). Takes the elevated token for `credential:link`; that one is needed is found
    /// out before the browser opens.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; `MethodUnavailable` with `BelongsToAnotherUser` where the
    /// environment does not merge accounts; else as `sign_in_with_social`.
    #[uniffi::method(default(cancel = None))]
    pub async fn link_social(
        &self,
        provider: SocialProvider,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<LinkOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let link = async move {
            match context.visit(&provider, BrowserPurpose::Link, Box::new(|| {})).await? {
                RedirectOutcome::Linked { outcome } => Ok(outcome),
                _ => Err(other_purpose()),
            }
        };
        self.context.run(cancel, link).await
    }

    /// Ends what a redirect belongs to: give it every URL that opens the app, also after a new start. The
    /// call that opened the browser, or the flow that `pending_flow` goes on with, ends with the same
    /// outcome. A redirect serves once.
    ///
    /// # Errors
    /// `RedirectRefused` for one that came too late or belongs to another session; `ProviderRefused` with the
    /// provider's error; else as the call that opened the browser. A URL that is not waited for is no error:
    /// `NotOurs`, and what is waited for stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn handle_redirect(
        &self,
        url: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<RedirectOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.redirected(&url).await }).await
    }
}

/// A visit ends as what it was begun for.
fn other_purpose() -> StepUpError {
    StepUpError::Internal { reason: "a visit has ended as another one".into() }
}
