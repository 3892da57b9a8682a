//! Assertions of an external issuer: the app's own backend vouches for a user.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::backend::Backend;
use crate::policy::ExternalIssuer;
use crate::tokens::verify_with;

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// What an assertion says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Assertion {
    /// The issuer's name for the user.
    pub(crate) sub: String,
    pub(crate) exp: i64,
    pub(crate) email: Option<String>,
    /// Scopes to grant, separated by blanks.
    pub(crate) scope: Option<String>,
    pub(crate) single_use: Option<bool>,
    pub(crate) jti: Option<String>,
}

/// Verifies signature, issuer, audience and expiry.
///
/// # Errors
/// What is wrong, for the log.
pub(crate) async fn verify(
    backend: &Backend,
    issuer: Option<&ExternalIssuer>,
    now: OffsetDateTime,
    jwt: &str,
) -> Result<Assertion, String> {
    let verified = match issuer {
        None => {
            let (own, audience) = (&backend.assertions, backend.environment_id.to_string());
            verify_with(own.jwks(), own.issuer(), Some(&audience), jwt)
        }
        Some(issuer) => {
            let jwks = fetch(&issuer.jwks_url).await.map_err(|error| format!("key set: {error}"))?;
            verify_with(&jwks, &issuer.iss, issuer.aud.as_deref(), jwt)
        }
    };
    let assertion: Assertion = verified.map_err(|error| error.to_string())?;
    if assertion.exp <= now.unix_timestamp() {
        return Err("expired".into());
    }
    if assertion.sub.trim().is_empty() {
        return Err("`sub` is empty".into());
    }
    Ok(assertion)
}

async fn fetch(url: &str) -> Result<JwkSet, Box<dyn Error + Send + Sync>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).timeout(FETCH_TIMEOUT).build()?;
    Ok(client.get(url).send().await?.error_for_status()?.json().await?)
}
