//! OAuth authorizations: begun by `initAuth`, decided on the consent page, redeemed once.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::distributions::{Alphanumeric, DistString};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use url::Url;
use uuid::Uuid;

use super::ProviderAccount;
use crate::policy::ProviderName;

/// How long the user may take to consent, and how long the code then serves.
const LIFE: Duration = Duration::minutes(10);
/// How long an authorization is remembered, so that a late answer is told apart from an unknown one.
const MEMORY: Duration = Duration::hours(1);
const CODE_LENGTH: usize = 40;

/// One trip to a provider.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    pub(crate) provider: ProviderName,
    /// As the client made it up.
    pub(crate) state: String,
    /// Where the browser goes at the end: the app.
    pub(crate) redirect_url: Url,
    /// The user in whose session it was begun.
    pub(crate) user_id: Option<Uuid>,
    pub(crate) started_at: OffsetDateTime,
    pub(crate) outcome: Outcome,
}

/// What became of an authorization.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Pending,
    Approved {
        code: String,
        account: ProviderAccount,
        /// PKCE: the S256 challenge of the authorization request.
        challenge: Option<String>,
        at: OffsetDateTime,
    },
    Refused {
        error: String,
        description: String,
    },
    Redeemed,
}

/// What a client presents for the account behind it.
pub(crate) struct Redemption<'a> {
    pub(crate) provider: ProviderName,
    pub(crate) state: &'a str,
    pub(crate) code: &'a str,
    pub(crate) code_verifier: Option<&'a str>,
    /// The signed-in user; none at sign-in.
    pub(crate) user_id: Option<Uuid>,
}

/// Why an authorization does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthorizationError {
    #[error("`state` is not one that initAuth announced for this provider")]
    Unknown,
    #[error("the authorization has expired")]
    Expired,
    #[error("`state` was used before")]
    Decided,
    #[error("the code is not the one that was issued")]
    Code,
    #[error("the code was used before")]
    Redeemed,
    #[error("the authorization was begun by another user")]
    OtherUser,
    #[error("`codeVerifier` does not fit the code challenge")]
    Verifier,
}

/// All authorizations by state.
#[derive(Default)]
pub(crate) struct Authorizations {
    by_state: HashMap<String, Authorization>,
}

impl Authorizations {
    /// Remembers a new one; one of the same state is replaced while it is undecided.
    pub(crate) fn start(&mut self, new: Authorization) -> Result<(), AuthorizationError> {
        self.by_state.retain(|_, old| old.started_at + MEMORY > new.started_at);
        match self.by_state.get(&new.state) {
            Some(old) if !matches!(old.outcome, Outcome::Pending) => Err(AuthorizationError::Decided),
            _ => {
                self.by_state.insert(new.state.clone(), new);
                Ok(())
            }
        }
    }

    /// One of this provider, whatever became of it.
    pub(crate) fn get(&self, provider: ProviderName, state: &str) -> Option<&Authorization> {
        self.by_state.get(state).filter(|found| found.provider == provider)
    }

    /// One that waits for the user's decision.
    pub(crate) fn undecided(
        &mut self,
        provider: ProviderName,
        state: &str,
        now: OffsetDateTime,
    ) -> Result<&mut Authorization, AuthorizationError> {
        let found = self.by_state.get_mut(state).filter(|found| found.provider == provider);
        match found {
            None => Err(AuthorizationError::Unknown),
            Some(found) if !matches!(found.outcome, Outcome::Pending) => Err(AuthorizationError::Decided),
            Some(found) if found.started_at + LIFE <= now => Err(AuthorizationError::Expired),
            Some(found) => Ok(found),
        }
    }

    /// Takes the account behind a code. A code that came with a wrong verifier or from a wrong user is
    /// spent all the same.
    pub(crate) fn redeem(
        &mut self,
        presented: &Redemption<'_>,
        now: OffsetDateTime,
    ) -> Result<ProviderAccount, AuthorizationError> {
        let found = self.by_state.get_mut(presented.state);
        let found =
            found.filter(|found| found.provider == presented.provider).ok_or(AuthorizationError::Unknown)?;
        let (account, challenge, at) = match &found.outcome {
            Outcome::Approved { code, account, challenge, at } if code == presented.code => {
                (account.clone(), challenge.clone(), *at)
            }
            Outcome::Redeemed => return Err(AuthorizationError::Redeemed),
            _ => return Err(AuthorizationError::Code),
        };
        found.outcome = Outcome::Redeemed;
        if at + LIFE <= now {
            return Err(AuthorizationError::Expired);
        }
        let foreign = |owner: Uuid| presented.user_id.is_some_and(|user_id| user_id != owner);
        if found.user_id.is_some_and(foreign) {
            return Err(AuthorizationError::OtherUser);
        }
        match challenge {
            Some(challenge) if !fits(&challenge, presented.code_verifier) => {
                Err(AuthorizationError::Verifier)
            }
            _ => Ok(account),
        }
    }

    /// Drops what a user began.
    pub(crate) fn forget_user(&mut self, id: Uuid) {
        self.by_state.retain(|_, authorization| authorization.user_id != Some(id));
    }
}

impl Authorization {
    /// The user consents with an account; answers the code.
    pub(crate) fn approve(
        &mut self,
        account: ProviderAccount,
        challenge: Option<String>,
        now: OffsetDateTime,
    ) -> String {
        let code = Alphanumeric.sample_string(&mut rand::thread_rng(), CODE_LENGTH);
        self.outcome = Outcome::Approved { code: code.clone(), account, challenge, at: now };
        code
    }

    /// The user declines, or the provider fails.
    pub(crate) fn refuse(&mut self, error: &str) {
        let description = match error {
            "access_denied" => "The user denied the request".into(),
            other => format!("The provider reported {other}"),
        };
        self.outcome = Outcome::Refused { error: error.into(), description };
    }

    /// What the provider hands back, as query or form fields; none while it is undecided.
    pub(crate) fn provider_answer(&self) -> Vec<(&'static str, String)> {
        let mut fields = match &self.outcome {
            Outcome::Approved { code, .. } => vec![("code", code.clone())],
            Outcome::Refused { error, description } => {
                vec![("error", error.clone()), ("error_description", description.clone())]
            }
            Outcome::Pending | Outcome::Redeemed => return Vec::new(),
        };
        fields.push(("state", self.state.clone()));
        fields
    }

    /// Where the backend sends the browser with the provider's answer: back to the app.
    pub(crate) fn app_redirect(&self) -> Url {
        let mut url = self.redirect_url.clone();
        url.query_pairs_mut().append_pair("dynamicOauthState", &self.state);
        match &self.outcome {
            Outcome::Approved { code, .. } => {
                url.query_pairs_mut().append_pair("dynamicOauthCode", code);
            }
            Outcome::Refused { error, description } => {
                let mut query = url.query_pairs_mut();
                query.append_pair("error", error).append_pair("error_description", description);
            }
            Outcome::Pending | Outcome::Redeemed => {}
        }
        url
    }
}

/// RFC 7636 §4.6, S256.
fn fits(challenge: &str, verifier: Option<&str>) -> bool {
    verifier.is_some_and(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge)
}
