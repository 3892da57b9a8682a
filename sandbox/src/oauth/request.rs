//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3) as the client built it.

use time::OffsetDateTime;
use url::form_urlencoded;

use super::OAuthProvider;
use crate::policy::ProviderName;
use crate::state::{AuthorizationError, Authorizations};

/// Length of a SHA-256 digest in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// A request that passed the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthorizationRequest {
    pub(crate) state: String,
    /// PKCE, S256.
    pub(crate) challenge: Option<String>,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("this is not the authorization endpoint of a provider that is on")]
    Endpoint,
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is given twice")]
    Repeated(String),
    #[error("`{name}` is `{given}`, expected is `{expected}`")]
    Unexpected { name: &'static str, given: String, expected: String },
    #[error("`scope` lacks `{0}`")]
    Scope(String),
    #[error("`code_challenge` is not a SHA-256 digest in base64url")]
    Challenge,
    #[error("{0}")]
    State(#[from] AuthorizationError),
}

/// The parameters of a query string.
pub(crate) fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Checks a request to this provider's page.
///
/// # Errors
/// [`RequestError`] naming the first parameter that is wrong.
pub(crate) fn check(
    provider: &OAuthProvider,
    parameters: &[(String, String)],
    authorizations: &mut Authorizations,
    now: OffsetDateTime,
) -> Result<AuthorizationRequest, RequestError> {
    let given = Given::new(parameters)?;
    let client = if provider.name == ProviderName::TikTok { "client_key" } else { "client_id" };
    given.must_be(client, &provider.client_id)?;
    given.must_be("response_type", "code")?;
    given.must_be("redirect_uri", &provider.redirect_url)?;
    match provider.name {
        ProviderName::Google => given.must_be("access_type", "offline")?,
        ProviderName::Apple => given.must_be("response_mode", "form_post")?,
        _ => {}
    }
    given.must_include_scopes(&provider.scopes)?;
    let challenge = given.challenge(provider.name.demands_pkce())?;
    let state = given.required("state")?;
    authorizations.undecided(provider.name, state, now)?;
    Ok(AuthorizationRequest { state: state.into(), challenge })
}

/// Parameters, each at most once.
struct Given<'a>(&'a [(String, String)]);

impl<'a> Given<'a> {
    fn new(parameters: &'a [(String, String)]) -> Result<Self, RequestError> {
        for (index, (name, _)) in parameters.iter().enumerate() {
            if parameters.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(RequestError::Repeated(name.clone()));
            }
        }
        Ok(Self(parameters))
    }

    fn get(&self, wanted: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&'a str, RequestError> {
        self.get(name).ok_or(RequestError::Missing(name))
    }

    fn must_be(&self, name: &'static str, expected: &str) -> Result<(), RequestError> {
        let given = self.required(name)?;
        if given == expected {
            return Ok(());
        }
        Err(RequestError::Unexpected { name, given: given.into(), expected: expected.into() })
    }

    /// Without the configured scopes the provider would not tell what the backend needs.
    fn must_include_scopes(&self, configured: &str) -> Result<(), RequestError> {
        let separators = [' ', ','];
        let words = |text: &'a str| text.split(separators).filter(|word| !word.is_empty());
        let given: Vec<_> = words(self.get("scope").unwrap_or_default()).collect();
        let mut wanted = configured.split(separators).filter(|word| !word.is_empty());
        match wanted.find(|word| !given.contains(word)) {
            Some(lacking) => Err(RequestError::Scope(lacking.into())),
            None => Ok(()),
        }
    }

    /// The S256 challenge; a provider that does not demand one takes it all the same.
    fn challenge(&self, demanded: bool) -> Result<Option<String>, RequestError> {
        if !demanded && self.get("code_challenge").is_none() {
            return Ok(None);
        }
        let challenge = self.required("code_challenge")?;
        self.must_be("code_challenge_method", "S256")?;
        let digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if challenge.len() == CHALLENGE_LENGTH && challenge.bytes().all(digit) {
            return Ok(Some(challenge.into()));
        }
        Err(RequestError::Challenge)
    }
}
