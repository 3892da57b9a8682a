//! The sandbox's tokens: RS256 signatures, the key set that verifies them, and their claims.

use std::sync::OnceLock;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const RSA_BITS: usize = 2048;

/// A signing key and its public key set.
#[derive(Clone)]
pub(crate) struct Signer {
    issuer: String,
    key_id: String,
    private_key: EncodingKey,
    jwks: JwkSet,
}

/// A token that is not ours, or not whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("key generation failed: {0}")]
    Generation(#[from] rsa::Error),
    #[error("key encoding failed: {0}")]
    Encoding(#[from] rsa::pkcs1::Error),
    #[error("{0}")]
    Jwt(#[from] jsonwebtoken::errors::Error),
    #[error("signed by an unknown key")]
    UnknownKey,
}

impl Signer {
    /// The signer of sessions and elevated tokens. One key serves all sandboxes of a process: making one is
    /// slow.
    pub(crate) fn for_sessions(issuer: &str) -> Result<Self, TokenError> {
        static KEY: OnceLock<EncodingKey> = OnceLock::new();
        Self::new(issuer, "sandbox-session", &KEY)
    }

    /// The signer of external assertions: the app's own backend.
    pub(crate) fn for_assertions(issuer: &str) -> Result<Self, TokenError> {
        static KEY: OnceLock<EncodingKey> = OnceLock::new();
        Self::new(issuer, "sandbox-external", &KEY)
    }

    /// The public keys.
    pub(crate) fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// The `iss` of what it signs.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, TokenError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.key_id.clone());
        Ok(encode(&header, claims, &self.private_key)?)
    }

    /// Claims of a token with a good signature and issuer. Expiry is judged by the caller, with the sandbox's
    /// clock.
    pub(crate) fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        verify_with(&self.jwks, &self.issuer, None, token)
    }

    fn new(issuer: &str, key_id: &str, cell: &OnceLock<EncodingKey>) -> Result<Self, TokenError> {
        let private_key = match cell.get() {
            Some(key) => key.clone(),
            None => {
                let fresh = generate()?;
                cell.get_or_init(|| fresh).clone()
            }
        };
        let mut jwk = Jwk::from_encoding_key(&private_key, Algorithm::RS256)?;
        jwk.common.key_id = Some(key_id.into());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let jwks = JwkSet { keys: vec![jwk] };
        Ok(Self { issuer: issuer.into(), key_id: key_id.into(), private_key, jwks })
    }
}

/// Verifies signature, issuer and audience against a key set; any other claim is the caller's business.
pub(crate) fn verify_with<T: DeserializeOwned>(
    jwks: &JwkSet,
    issuer: &str,
    audience: Option<&str>,
    token: &str,
) -> Result<T, TokenError> {
    let key_id = decode_header(token)?.kid.ok_or(TokenError::UnknownKey)?;
    let key = DecodingKey::from_jwk(jwks.find(&key_id).ok_or(TokenError::UnknownKey)?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_required_spec_claims(&["iss"]);
    validation.set_issuer(&[issuer]);
    validation.validate_exp = false;
    match audience {
        Some(audience) => validation.set_audience(&[audience]),
        None => validation.validate_aud = false,
    }
    Ok(decode::<T>(token, &key, &validation)?.claims)
}

/// Claims of a session token; the full form carries the optional ones too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionClaims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    pub(crate) sub: Uuid,
    pub(crate) sid: Uuid,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) environment_id: String,
    pub(crate) signin_credential_id: String,
    pub(crate) last_verified_credential_id: String,
    pub(crate) scope: String,
    #[serde(rename = "refreshExp")]
    pub(crate) refresh_exp: i64,
    #[serde(rename = "deviceRegistrationId")]
    pub(crate) device_registration_id: Option<Uuid>,
    #[serde(rename = "originalSid", skip_serializing_if = "Option::is_none")]
    pub(crate) original_sid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified_credentials: Option<serde_json::Value>,
}

/// Claims of an elevated access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ElevatedClaims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: Uuid,
    pub(crate) sid: Option<Uuid>,
    #[serde(rename = "environment_id")]
    pub(crate) environment_id: String,
    pub(crate) jti: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) scope: String,
    pub(crate) single_use: bool,
}

impl ElevatedClaims {
    /// Whether one of the scopes is granted.
    pub(crate) fn grants(&self, scope: &str) -> bool {
        self.scope.split_whitespace().any(|granted| granted == scope)
    }
}

fn generate() -> Result<EncodingKey, TokenError> {
    let key = RsaPrivateKey::new(&mut rand::thread_rng(), RSA_BITS)?;
    Ok(EncodingKey::from_rsa_der(key.to_pkcs1_der()?.as_bytes()))
}
