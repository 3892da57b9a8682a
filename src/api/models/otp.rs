//! The answers of `…Verifications/create|retry`, and of `GET nonces`.

use serde::Deserialize;

use crate::identifier::VerificationId;

/// The same for e-mail and SMS as far as the core reads it.
#[derive(Deserialize)]
pub(crate) struct OtpAnswer {
    #[serde(rename = "verificationUUID")]
    pub(crate) verification_id: VerificationId,
}

#[derive(Deserialize)]
pub(crate) struct NoncesAnswer {
    pub(crate) nonces: Vec<String>,
}
