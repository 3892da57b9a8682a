//! The headers that every request carries, and the random ids in them.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{config::ValidatedConfig, error::StepUpError};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-dyn-request-id");
pub(crate) const ELEVATED_ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-dyn-elevated-access-token");
pub(crate) const SESSION_PUBLIC_KEY: HeaderName = HeaderName::from_static("x-dyn-session-public-key");
pub(crate) const MFA_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-mfa-auth-token");
pub(crate) const DEVICE_REGISTRATION_TOKEN: HeaderName =
    HeaderName::from_static("x-dynamic-device-registration-token");
pub(crate) const LOGOUT_REASON: HeaderName = HeaderName::from_static("x-dyn-logout-reason");
pub(crate) const DEVICE_NONCE: HeaderName = HeaderName::from_static("x-dynamic-device-nonce");
pub(crate) const DEVICE_PUBLIC_KEY: HeaderName = HeaderName::from_static("x-dynamic-device-publickey");
pub(crate) const DEVICE_SIGNED_NONCE: HeaderName = HeaderName::from_static("x-dynamic-device-signed-nonce");

const SESSION_ID_LENGTH: usize = 32;
const REQUEST_ID_LENGTH: usize = 50;

/// What is the same in all requests of one client.
pub(super) fn of_client(config: &ValidatedConfig) -> Result<HeaderMap, StepUpError> {
    let mut headers = HeaderMap::new();
    let mut insert = |name: &'static str, value: &str| -> Result<(), StepUpError> {
        let value = HeaderValue::from_str(value).map_err(|_| StepUpError::InvalidConfiguration {
            field: name.into(),
            reason: "cannot be a header".into(),
        })?;
        headers.insert(name, value);
        Ok(())
    };
    insert("accept", "application/json")?;
    insert("content-type", "application/json")?;
    insert("user-agent", &config.user_agent)?;
    insert("x-dyn-version", &config.client_version)?;
    insert("x-dyn-api-version", &config.api_version)?;
    insert("x-dynamic-platform", &config.platform_name)?;
    insert("x-dyn-session-id", &random_id(SESSION_ID_LENGTH)?)?;
    if let Some(origin) = &config.app_origin {
        insert("origin", origin)?;
    }
    Ok(headers)
}

/// A new id for one request.
pub(super) fn request_id() -> Result<String, StepUpError> {
    random_id(REQUEST_ID_LENGTH)
}

/// Letters and digits, from the system's random numbers.
pub(crate) fn random_id(length: usize) -> Result<String, StepUpError> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes)
        .map_err(|_| StepUpError::Internal { reason: "the system has no random numbers".into() })?;
    // The slight preference of the first letters does not matter: these are names, not keys.
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_alphanumeric_and_differ() {
        let (one, other) = (request_id().unwrap(), request_id().unwrap());
        assert_eq!(one.len(), 50);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }
}
