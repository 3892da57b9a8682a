//! The visit to a provider's page that is waited for. Kept in the secure storage, because the system may end
//! the app while the browser is in front (I16).

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    api::random_id,
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    scope::TokenScope,
    secret::SecretString,
    state::Current,
};

use super::BrowserWaiter;

const STATE_LENGTH: usize = 32;
/// The shortest that RFC 7636 §4.1 allows, and what the API takes.
const VERIFIER_LENGTH: usize = 43;
const LIFE_MILLIS: i64 = 10 * 60 * 1_000;
/// By so much the server's time, as far as it is known, may go back while the browser is open.
const TOLERANCE_MILLIS: i64 = 60 * 1_000;

/// What the visit is for. Nothing else ever decides it (fault 37).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BrowserPurpose {
    SignIn { requested_scopes: Vec<TokenScope> },
    Link,
    Verify { scopes: Vec<TokenScope> },
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

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, StepUpError> {
        let bytes = serde_json::to_vec(self)
            .map_err(|_| StepUpError::Internal { reason: "a visit could not be encoded".into() })?;
        Ok(Zeroizing::new(bytes))
    }

    /// None for what is not readable: nothing is waited for then.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
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
        let UnixMillis(now) = clock.now();
        let age = now.saturating_sub(self.opened_at_millis);
        !(-TOLERANCE_MILLIS..LIFE_MILLIS).contains(&age)
    }
}

fn named(session: Option<(&Current, String)>) -> (Option<String>, String) {
    match session {
        Some((current, epoch_id)) => (Some(current.session.user.id.clone()), epoch_id),
        None => (None, String::new()),
    }
}
