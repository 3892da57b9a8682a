//! The visit to a provider's page that is waited for. Kept in the secure storage, because the system may end
//! the app while the browser is in front (I16).

use serde::{Deserialize, Serialize};

use crate::{
    api::random_id,
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    pending::has_run_out,
    scope::TokenScope,
    secret::SecretString,
    state::Current,
    step_up::FlowOrigin,
};

use super::BrowserWaiter;

const STATE_LENGTH: usize = 32;
/// The shortest that RFC 7636 §4.1 allows, and what the API takes.
const VERIFIER_LENGTH: usize = 43;

/// What the visit is for. Nothing else ever decides it (fault 37).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BrowserPurpose {
    SignIn {
        requested_scopes: Vec<TokenScope>,
    },
    Link,
    Verify {
        scopes: Vec<TokenScope>,
        /// The flow that began it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow: Option<FlowOrigin>,
    },
}

/// A visit that was begun.
#[derive(Serialize, Deserialize)]
pub(crate) struct PendingBrowser {
    pub(crate) purpose: BrowserPurpose,
    pub(crate) provider: String,
    /// RFC 6749 §10.12: random, used once.
    pub(crate) state: SecretString,
    pub(crate) code_verifier: Option<SecretString>,
    pub(crate) captcha_token: Option<SecretString>,
    user_id: Option<String>,
    epoch_id: String,
    redirect: String,
    /// On the server's clock.
    opened_at_millis: i64,
    server_offset_millis: i64,
    /// The call that has the browser open, in the process that opened it. It learns from the end of this that
    /// nobody waits any more.
    #[serde(skip)]
    pub(super) waiter: Option<BrowserWaiter>,
}

impl PendingBrowser {
    pub(crate) fn new(
        purpose: BrowserPurpose,
        provider: String,
        redirect: &str,
        session: Option<(&Current, String)>,
        clock: &ServerClock,
    ) -> Result<Self, StepUpError> {
        let code_verifier = super::provider::wants_code_challenge(&provider)
            .then(|| random_id(VERIFIER_LENGTH).map(SecretString::new))
            .transpose()?;
        let UnixMillis(opened_at_millis) = clock.now();
        let (user_id, epoch_id) = named(session);
        Ok(Self {
            purpose,
            provider,
            state: SecretString::new(random_id(STATE_LENGTH)?),
            code_verifier,
            captcha_token: None,
            user_id,
            epoch_id,
            redirect: redirect.into(),
            opened_at_millis,
            server_offset_millis: clock.offset_millis(),
            waiter: None,
        })
    }

    /// From now on its age counts. The server's time may only just have become known.
    pub(super) fn opened(&mut self, clock: &ServerClock) {
        UnixMillis(self.opened_at_millis) = clock.now();
        self.server_offset_millis = clock.offset_millis();
    }

    /// The flow that has begun it.
    pub(super) fn flow(&self) -> Option<&FlowOrigin> {
        match &self.purpose {
            BrowserPurpose::Verify { flow, .. } => flow.as_ref(),
            _ => None,
        }
    }

    /// The flow of an earlier process that has begun it and that nobody in this one goes on with yet.
    pub(crate) fn left_by(&self) -> Option<&FlowOrigin> {
        self.flow().filter(|_| self.is_left())
    }

    /// Whether an earlier process has begun it, and nobody in this one goes on with it yet.
    pub(crate) fn is_left(&self) -> bool {
        self.waiter.is_none()
    }

    /// From now on somebody waits for it, unless somebody does already. Answers whether it is so.
    pub(crate) fn attend(&mut self, waiter: BrowserWaiter) -> bool {
        let is_unattended = self.is_left();
        if is_unattended {
            self.waiter = Some(waiter);
        }
        is_unattended
    }

    pub(crate) fn opened_at(&self) -> UnixMillis {
        UnixMillis(self.opened_at_millis)
    }

    pub(crate) fn server_offset_millis(&self) -> i64 {
        self.server_offset_millis
    }

    /// Whether it was begun for exactly this redirect.
    pub(crate) fn awaits(&self, redirect: &str) -> bool {
        self.redirect == redirect
    }

    /// Whether it was begun by this session, or as now by nobody.
    pub(crate) fn belongs_to(&self, session: Option<(&Current, String)>) -> bool {
        let (user_id, epoch_id) = named(session);
        self.user_id == user_id && self.epoch_id == epoch_id
    }

    pub(crate) fn has_run_out(&self, clock: &ServerClock) -> bool {
        has_run_out(self.opened_at(), clock)
    }
}

fn named(session: Option<(&Current, String)>) -> (Option<String>, String) {
    match session {
        Some((current, epoch_id)) => (Some(current.session.user.id.clone()), epoch_id),
        None => (None, String::new()),
    }
}
