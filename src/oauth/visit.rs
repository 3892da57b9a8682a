//! A visit to a provider's page, from the first request to the redirect.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;

use super::{BrowserPurpose, PendingBrowser, RedirectOutcome, SocialProvider, authorization};
use crate::{
    api::{Operation, Request, operations},
    auth::User,
    context::Context,
    error::{PlatformCallback, RedirectRefusal, StepUpError, UnavailableReason},
    platform::{BrowserRequest, call_out},
    scope::TokenScope,
    secret::SecretString,
    state::Current,
    step_up::FlowOrigin,
    token::Elevation,
};

type Concluded = Result<RedirectOutcome, StepUpError>;

/// Is called when a redirect has come back and its code is being redeemed.
pub(crate) type Redeeming = Box<dyn Fn() + Send + Sync>;

/// Tells the call that opened the browser what has become of the redirect, which may come another way.
pub(crate) struct BrowserWaiter {
    outcome: watch::Sender<Option<Concluded>>,
    redeeming: Redeeming,
}

impl BrowserWaiter {
    /// A waiter, and where it will be told.
    fn new(redeeming: Redeeming) -> (Self, watch::Receiver<Option<Concluded>>) {
        let (outcome, told) = watch::channel(None);
        (Self { outcome, redeeming }, told)
    }

    pub(super) fn redeeming(&self) {
        (self.redeeming)();
    }

    /// Ends when nobody waits any more.
    pub(super) async fn gone(&self) {
        self.outcome.closed().await;
    }

    pub(super) fn concluded(&self, outcome: Concluded) {
        self.outcome.send_replace(Some(outcome));
    }
}

impl Context {
    /// Sends the user to a provider, and ends what that was for.
    pub(crate) async fn visit(
        self: &Arc<Self>,
        provider: &SocialProvider,
        purpose: BrowserPurpose,
        redeeming: Redeeming,
    ) -> Concluded {
        let (provider, browser) = (provider.name()?, self.platform.oauth_browser()?);
        let current = self.admitted(&provider, &purpose).await?;
        let epoch = current.as_ref().map_or_else(|| self.state.epoch(), |current| current.epoch);
        let (pending, request) = self.announced(provider, purpose, current.as_ref()).await?;
        let mut visit = Visit::begin(self, epoch, pending, redeeming)?;
        // The system may end the app as soon as the browser is in front.
        self.persist_pending().await?;
        let open = async move { browser.open(request).await };
        let open = call_out(PlatformCallback::Browser, self.config.browser_deadline, open);
        let returned = tokio::select! {
            biased;
            outcome = visit.concluded() => return outcome,
            returned = open => returned?,
        };
        match self.redirected(&returned).await? {
            RedirectOutcome::NotOurs if visit.is_pending() => {
                Err(StepUpError::RedirectRefused { reason: RedirectRefusal::NotOurs })
            }
            // The same redirect came another way and was quicker.
            RedirectOutcome::NotOurs => visit.concluded().await,
            outcome => Ok(outcome),
        }
    }

    /// The same for a step-up.
    pub(crate) async fn visit_to_verify(
        self: &Arc<Self>,
        provider: &SocialProvider,
        scopes: Vec<TokenScope>,
        flow: Option<FlowOrigin>,
        redeeming: Redeeming,
    ) -> Result<Elevation, StepUpError> {
        elevated(self.visit(provider, BrowserPurpose::Verify { scopes, flow }, redeeming).await?)
    }

    /// Tells the server that a visit begins; answers with the page to open for it.
    async fn announced(
        self: &Arc<Self>,
        provider: String,
        purpose: BrowserPurpose,
        current: Option<&Current>,
    ) -> Result<(PendingBrowser, BrowserRequest), StepUpError> {
        let redirect = self.config.oauth_redirect.as_ref().ok_or_else(|| {
            let reason = "must be given for social accounts".into();
            StepUpError::InvalidConfiguration { field: "oauth_redirect_url".into(), reason }
        })?;
        let (session, clock) = (self.named(current), &self.state.clock);
        let mut pending = PendingBrowser::new(purpose, provider, redirect.as_str(), session, clock)?;
        let is_sign_in = matches!(pending.purpose, BrowserPurpose::SignIn { .. });
        if is_sign_in {
            pending.captcha_token = self.captcha_token(None).await?;
        }
        let begin = Request::new(beginning(&pending.purpose)).id(&pending.provider)?;
        let begin = begin.body(json!({ "state": pending.state.expose(), "redirectUrl": redirect.as_str() }));
        let (settings, begun) = tokio::join!(self.settings(), self.call(begin));
        let settings = settings?;
        let url = authorization::url(&settings, &pending, self.config.allow_insecure_loopback)?;
        begun?;
        if is_sign_in && pending.captcha_token.is_none() && settings.security.captcha().is_some() {
            let reason = UnavailableReason::CaptchaRequired;
            return Err(StepUpError::MethodUnavailable { reason, answer: None });
        }
        pending.opened(clock);
        let request = BrowserRequest { url: url.into(), redirect_url: redirect.as_str().into() };
        Ok((pending, request))
    }

    /// What has to be so before anything is sent: nobody goes through a browser in vain.
    async fn admitted(
        self: &Arc<Self>,
        provider: &str,
        purpose: &BrowserPurpose,
    ) -> Result<Option<Current>, StepUpError> {
        if let BrowserPurpose::SignIn { .. } = purpose {
            return self.signed_in_if_any().await;
        }
        let current = self.signed_in_on_registered_device().await?;
        if *purpose == BrowserPurpose::Link {
            self.ensure_permitted(&operations::LINK_SOCIAL).await?;
        } else {
            ensure_linked(&current.session.user, provider)?;
        }
        Ok(Some(current))
    }

    /// A session as a visit remembers it.
    pub(super) fn named<'a>(&self, current: Option<&'a Current>) -> Option<(&'a Current, String)> {
        let current = current?;
        let epoch_id = self.state.in_epoch(current.epoch, |data| data.id.clone());
        Some((current, epoch_id.unwrap_or_default()))
    }
}

fn beginning(purpose: &BrowserPurpose) -> &'static Operation {
    match purpose {
        BrowserPurpose::SignIn { .. } => &operations::BEGIN_SOCIAL_SIGN_IN,
        BrowserPurpose::Link => &operations::BEGIN_SOCIAL_LINK,
        BrowserPurpose::Verify { .. } => &operations::BEGIN_SOCIAL_VERIFY,
    }
}

/// An account can only prove its user's identity if it is one of the user's.
fn ensure_linked(user: &User, provider: &str) -> Result<(), StepUpError> {
    let unavailable = |reason| Err(StepUpError::MethodUnavailable { reason, answer: None });
    if user.social_accounts(provider).any(|account| account.sign_in_enabled) {
        return Ok(());
    }
    match user.social_accounts(provider).next() {
        None => unavailable(UnavailableReason::NotEnrolled),
        Some(_) => unavailable(UnavailableReason::NotEnabledForSignIn),
    }
}

fn elevated(outcome: RedirectOutcome) -> Result<Elevation, StepUpError> {
    match outcome {
        RedirectOutcome::Elevated { elevation } => Ok(elevation),
        _ => Err(StepUpError::Internal { reason: "a visit has ended as another one".into() }),
    }
}

/// The call's end of a visit. Dropping it means that nobody waits any more.
pub(crate) struct Visit {
    context: Arc<Context>,
    epoch: u64,
    state: SecretString,
    outcome: watch::Receiver<Option<Concluded>>,
}

impl Visit {
    /// Unless whoever began it is not the present user any more.
    fn begin(
        context: &Arc<Context>,
        epoch: u64,
        mut pending: PendingBrowser,
        redeeming: Redeeming,
    ) -> Result<Self, StepUpError> {
        let (waiter, outcome) = BrowserWaiter::new(redeeming);
        let state = pending.state.clone();
        pending.waiter = Some(waiter);
        if !context.state.set_pending_browser(epoch, pending) {
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(Self { context: Arc::clone(context), epoch, state, outcome })
    }

    /// Waits for a visit to which the browser is open already, unless its redirect has come by now.
    pub(crate) fn resumed(
        context: &Arc<Context>,
        epoch: u64,
        state: SecretString,
        redeeming: Redeeming,
    ) -> Option<Self> {
        let (waiter, outcome) = BrowserWaiter::new(redeeming);
        let is_awaited = context.state.attend_browser(&state, waiter);
        is_awaited.then(|| Self { context: Arc::clone(context), epoch, state, outcome })
    }

    /// How the step-up has ended that it was for.
    pub(crate) async fn elevation(mut self) -> Result<Elevation, StepUpError> {
        elevated(self.concluded().await?)
    }

    fn is_pending(&self) -> bool {
        self.context.state.awaits_browser(self.state.expose())
    }

    async fn concluded(&mut self) -> Concluded {
        let told = self.outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        told.unwrap_or_else(|| {
            if self.context.state.epoch() == self.epoch {
                // Another visit took its place, or who ended it was cancelled.
                Err(StepUpError::Cancelled)
            } else {
                Err(StepUpError::RedirectRefused { reason: RedirectRefusal::AnotherSession })
            }
        })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        // Where the client ends, the redirect may still reach the next one.
        if self.context.ensure_open().is_err() {
            return;
        }
        if self.context.state.take_pending_browser(self.state.expose()).is_some() {
            self.context.forget_pending_in_background();
        }
    }
}
