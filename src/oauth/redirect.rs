//! What came back from the browser (RFC 6749 §4.1.2), also in another process than the one that opened it.

use std::sync::Arc;

use serde_json::json;
use url::Url;

use super::{BrowserPurpose, BrowserWaiter, PendingBrowser};
use crate::{
    api::{Operation, Request, operations},
    auth::{LinkOutcome, SignInOutcome, User},
    context::{Context, Reissued},
    error::{RedirectRefusal, StepUpError, UnavailableReason},
    identifier::CredentialId,
    state::{Current, SessionChange},
    step_up::elevation,
    token::Elevation,
};

/// What a redirect has led to.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RedirectOutcome {
    /// A sign-in has ended.
    SignedIn {
        /// How.
        outcome: SignInOutcome,
    },
    /// The linking of an account has ended.
    Linked {
        /// How.
        outcome: LinkOutcome,
    },
    /// A step-up has succeeded.
    Elevated {
        /// What it permits.
        elevation: Elevation,
    },
    /// The URL is not a redirect that is waited for. Nothing has changed; it may be another part's.
    NotOurs,
}

/// What the redirect's query says.
enum Returned {
    Code(String),
    /// The provider's error.
    Refused(Option<String>),
    Nothing,
}

impl Context {
    /// Ends what a redirect belongs to. One that nobody waits for leaves everything as it is.
    pub(crate) async fn redirected(self: &Arc<Self>, url: &str) -> Result<RedirectOutcome, StepUpError> {
        self.restore().await?;
        let Ok(url) = Url::parse(url) else { return Ok(RedirectOutcome::NotOurs) };
        let Some(redirect) = self.config.oauth_redirect.as_ref().filter(|redirect| redirect.is(&url)) else {
            return Ok(RedirectOutcome::NotOurs);
        };
        let Some(state) = parameter(&url, &["dynamicOauthState", "state"]) else {
            return Ok(RedirectOutcome::NotOurs);
        };
        self.load_pending().await?;
        let logouts = self.state.logouts();
        // From here on it is used up, whatever comes of it.
        let Some(mut pending) = self.state.take_pending_browser(&state) else {
            return Ok(RedirectOutcome::NotOurs);
        };
        let waiter = pending.waiter.take();
        if let Some(waiter) = &waiter {
            waiter.redeeming();
        }
        let outcome = match self.persist_pending().await {
            Ok(()) => {
                let waiter = waiter.as_ref().filter(|_| pending.flow().is_some());
                let concluding = self.conclude(pending, redirect.as_str(), logouts, returned(&url));
                self.unless_gone(waiter, concluding).await
            }
            Err(error) => Err(error),
        };
        if let Some(waiter) = waiter {
            waiter.concluded(outcome.clone());
        }
        outcome
    }

    /// A flow that was given up meanwhile wants no token any more, whichever way its redirect has come.
    async fn unless_gone(
        &self,
        waiter: Option<&BrowserWaiter>,
        concluding: impl Future<Output = Result<RedirectOutcome, StepUpError>>,
    ) -> Result<RedirectOutcome, StepUpError> {
        let Some(waiter) = waiter else { return concluding.await };
        tokio::select! {
            biased;
            outcome = concluding => outcome,
            () = waiter.gone() => {
                self.ensure_open()?;
                Err(StepUpError::Cancelled)
            }
        }
    }

    async fn conclude(
        self: &Arc<Self>,
        pending: PendingBrowser,
        redirect: &str,
        logouts: u64,
        returned: Returned,
    ) -> Result<RedirectOutcome, StepUpError> {
        let refused = |reason| Err(StepUpError::RedirectRefused { reason });
        let current = self.signed_in_if_any().await?;
        if pending.has_run_out(&self.state.clock) {
            return refused(RedirectRefusal::Expired);
        }
        let is_same_session = pending.belongs_to(self.named(current.as_ref()));
        // Who was signed out before as well has wanted nobody signed in since.
        if !pending.awaits(redirect) || !is_same_session || self.state.logouts() != logouts {
            return refused(RedirectRefusal::AnotherSession);
        }
        match returned {
            Returned::Code(code) => self.redeem(pending, code, current).await,
            Returned::Refused(code) => Err(StepUpError::ProviderRefused { provider: pending.provider, code }),
            Returned::Nothing => refused(RedirectRefusal::Incomplete),
        }
    }

    async fn redeem(
        self: &Arc<Self>,
        pending: PendingBrowser,
        code: String,
        current: Option<Current>,
    ) -> Result<RedirectOutcome, StepUpError> {
        match (&pending.purpose, current) {
            (BrowserPurpose::SignIn { .. }, _) => {
                let request = redemption(&operations::SIGN_IN_WITH_SOCIAL, &pending, &code)?;
                let reissued = self.reissue(request, SessionChange::SignIn).await?;
                let outcome = self.signed_in_outcome(reissued).await?;
                Ok(RedirectOutcome::SignedIn { outcome })
            }
            (BrowserPurpose::Link, Some(current)) => {
                let request = redemption(&operations::LINK_SOCIAL, &pending, &code)?;
                let linked = self.reissue(request, SessionChange::Reissue).await;
                let outcome = self.linked(current.epoch, linked).await?;
                Ok(RedirectOutcome::Linked { outcome })
            }
            (BrowserPurpose::Verify { scopes, .. }, Some(current)) => {
                let request = redemption(&operations::VERIFY_SOCIAL, &pending, &code)?;
                let reissued = self.reissue(request, SessionChange::Reissue).await?;
                self.refuse_new_account(&pending.provider, &current, &reissued).await?;
                let elevation = elevation(reissued, scopes.clone())?;
                Ok(RedirectOutcome::Elevated { elevation })
            }
            (_, None) => Err(StepUpError::RedirectRefused { reason: RedirectRefusal::AnotherSession }),
        }
    }

    /// A server that does not enforce step-up may have linked the account that was shown to it: at least that
    /// is not taken for a proof.
    async fn refuse_new_account(
        &self,
        provider: &str,
        before: &Current,
        reissued: &Reissued,
    ) -> Result<(), StepUpError> {
        let known = accounts(&before.session.user, provider);
        let now = self.state.current().map(|current| accounts(&current.session.user, provider));
        if now.unwrap_or_default().iter().all(|id| known.contains(id)) {
            return Ok(());
        }
        if let Some(elevation) = &reissued.elevation {
            self.state.discard_token(before.epoch, &elevation.scopes);
            self.persist().await?;
        }
        let reason = UnavailableReason::DifferentAccount;
        Err(StepUpError::MethodUnavailable { reason, answer: None })
    }
}

/// Ids of the user's accounts with a provider.
fn accounts(user: &User, provider: &str) -> Vec<CredentialId> {
    user.social_accounts(provider).map(|account| account.id.clone()).collect()
}

fn redemption(
    operation: &'static Operation,
    pending: &PendingBrowser,
    code: &str,
) -> Result<Request, StepUpError> {
    let mut body = json!({ "state": pending.state.expose(), "code": code });
    if let Some(verifier) = &pending.code_verifier {
        body["codeVerifier"] = verifier.expose().into();
    }
    if let Some(token) = &pending.captcha_token {
        body["captchaToken"] = token.expose().into();
    }
    let (BrowserPurpose::SignIn { requested_scopes: scopes } | BrowserPurpose::Verify { scopes, .. }) =
        &pending.purpose
    else {
        return Ok(Request::new(operation).id(&pending.provider)?.body(body));
    };
    if !scopes.is_empty() {
        body["requestedScopes"] = json!(scopes);
    }
    Ok(Request::new(operation).id(&pending.provider)?.body(body))
}

fn returned(url: &Url) -> Returned {
    if let Some(error) = parameter(url, &["dynamicOauthError", "error"]) {
        return Returned::Refused(word(&error));
    }
    parameter(url, &["dynamicOauthCode", "code"]).map_or(Returned::Nothing, Returned::Code)
}

fn parameter(url: &Url, names: &[&str]) -> Option<String> {
    let find = |name: &&str| url.query_pairs().find(|(key, _)| key == *name);
    let (_, value) = names.iter().find_map(find)?;
    Some(value.into_owned()).filter(|value| !value.is_empty())
}

/// An error code as it may be passed on; a sentence may hold anything.
fn word(code: &str) -> Option<String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (code.len() <= 64 && code.bytes().all(is_word)).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &str) -> Option<String> {
        match returned(&Url::parse(&format!("https://app.example/r?{query}")).unwrap()) {
            Returned::Code(code) => Some(code),
            Returned::Refused(code) => Some(format!("refused: {}", code.unwrap_or_default())),
            Returned::Nothing => None,
        }
    }

    #[test]
    fn fault_28_the_providers_error_is_read_before_the_code() {
        assert_eq!(read("dynamicOauthCode=abc").unwrap(), "abc");
        assert_eq!(read("error=access_denied&dynamicOauthCode=abc").unwrap(), "refused: access_denied");
        assert_eq!(read("error=someone%40example.com").unwrap(), "refused: ");
        assert_eq!(read("dynamicOauthCode="), None);
    }

    proptest! {
        #[test]
        fn any_query_is_read(query in ".*") {
            if let Ok(url) = Url::parse(&format!("https://app.example/r?{query}")) {
                let _ = returned(&url);
            }
        }
    }
}
