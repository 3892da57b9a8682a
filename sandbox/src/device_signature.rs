//! The device signature: proof that a request comes from the holder of the install's device key.
//!
//! Three headers: the key (compressed SEC1 hex), a server nonce, and its ECDSA P-256/SHA-256 signature
//! (IEEE P1363 hex). The nonce must have been issued here, be unexpired, and is used up by the attempt.

use axum::http::{HeaderMap, Method, StatusCode};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use time::OffsetDateTime;

use crate::errors::ApiError;
use crate::state::{NonceError, Nonces};

const NONCE: &str = "x-dynamic-device-nonce";
const PUBLIC_KEY: &str = "x-dynamic-device-publickey";
const SIGNATURE: &str = "x-dynamic-device-signed-nonce";

/// The signed endpoints, below `/api/v0/sdk/{environmentId}`.
const SIGNED: &[(Method, &str)] = &[
    (Method::POST, "/externalAuth/signin"),
    (Method::POST, "/refresh"),
    (Method::POST, "/farcaster/signin"),
    (Method::POST, "/farcaster/verify"),
    (Method::POST, "/providers/{provider}/signIn"),
    (Method::POST, "/verify"),
    (Method::POST, "/verify/link"),
    (Method::POST, "/verify/merge"),
    (Method::POST, "/verify/transfer"),
    (Method::POST, "/wallets/verify"),
    (Method::POST, "/smsVerifications/signin"),
    (Method::POST, "/smsVerifications/verify"),
    (Method::POST, "/emailVerifications/signin"),
    (Method::POST, "/emailVerifications/verify"),
    (Method::POST, "/telegram/verify"),
    (Method::POST, "/deviceRegistration"),
    (Method::GET, "/deviceRegistrations"),
    (Method::DELETE, "/deviceRegistrations"),
    (Method::DELETE, "/deviceRegistrations/{id}"),
];

/// The device key of a request whose signature was good, as compressed SEC1 hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceKey(pub(crate) String);

/// Why a device signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    #[error("header {0} is missing")]
    Missing(&'static str),
    #[error("the device public key is not a compressed P-256 point in lower-case hex")]
    PublicKey,
    #[error("{0}")]
    Nonce(#[from] NonceError),
    #[error("the signed nonce is not 64 bytes in lower-case hex")]
    Encoding,
    #[error("the signature does not fit key and nonce")]
    Signature,
}

/// Whether an endpoint demands the signature.
pub(crate) fn is_signed(method: &Method, template: &str) -> bool {
    SIGNED.iter().any(|(signed_method, path)| signed_method == method && *path == template)
}

/// Checks the three headers and uses the nonce up.
pub(crate) fn check(
    headers: &HeaderMap,
    nonces: &mut Nonces,
    now: OffsetDateTime,
) -> Result<DeviceKey, SignatureError> {
    let nonce = text(headers, NONCE)?;
    let public_key = text(headers, PUBLIC_KEY)?;
    let signature = text(headers, SIGNATURE)?;
    nonces.redeem(nonce, now)?;
    let key = verifying_key(public_key).ok_or(SignatureError::PublicKey)?;
    let bytes = from_hex(signature).filter(|bytes| bytes.len() == 64).ok_or(SignatureError::Encoding)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| SignatureError::Encoding)?;
    key.verify(nonce.as_bytes(), &signature).map_err(|_| SignatureError::Signature)?;
    Ok(DeviceKey(public_key.into()))
}

/// Whether this is a P-256 key as clients announce it.
pub(crate) fn is_public_key(hex: &str) -> bool {
    verifying_key(hex).is_some()
}

impl From<SignatureError> for ApiError {
    fn from(error: SignatureError) -> Self {
        let code = match error {
            SignatureError::Missing(_) => "device_signature_missing",
            SignatureError::PublicKey => "invalid_device_public_key",
            SignatureError::Nonce(_) => "invalid_device_nonce",
            SignatureError::Encoding | SignatureError::Signature => "invalid_device_signature",
        };
        Self::coded(StatusCode::UNAUTHORIZED, &error.to_string(), code)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, SignatureError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.filter(|value| !value.is_empty()).ok_or(SignatureError::Missing(name))
}

fn verifying_key(hex: &str) -> Option<VerifyingKey> {
    let bytes = from_hex(hex).filter(|bytes| bytes.len() == 33)?;
    VerifyingKey::from_sec1_bytes(&bytes).ok()
}

/// Lower-case hex only: that is what the wire carries.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?)).collect()
}
