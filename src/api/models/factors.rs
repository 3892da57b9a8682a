//! Answers about factors: methods, TOTP enrolment, recovery codes.

use std::time::SystemTime;

use serde::Deserialize;

use super::tolerant;
use crate::secret::SecretString;

/// `GET users/mfa/methods`. A user without factors is told by empty lists; an answer without lists tells
/// nothing.
#[derive(Deserialize)]
pub(crate) struct MfaMethodsAnswer {
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) devices: Vec<MfaDeviceBody>,
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) passkeys: Vec<PasskeyBody>,
}

/// An element of `devices`. Everything but the id may be missing; without an id nothing can be done with it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MfaDeviceBody {
    pub(crate) id: String,
    #[serde(default, rename = "type", deserialize_with = "tolerant::text")]
    pub(crate) kind: Option<String>,
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(crate) verified: bool,
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(crate) default: bool,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) alias: Option<String>,
    #[serde(default, deserialize_with = "tolerant::date")]
    pub(crate) created_at: Option<SystemTime>,
}

/// An element of `passkeys`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyBody {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) alias: Option<String>,
    #[serde(default, deserialize_with = "tolerant::date")]
    pub(crate) created_at: Option<SystemTime>,
}

/// `GET users/mfa/register/totp`.
#[derive(Deserialize)]
pub(crate) struct TotpEnrollmentAnswer {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) uri: SecretString,
}

/// `GET|POST users/mfa/recovery`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodesAnswer {
    pub(crate) recovery_codes: Vec<SecretString>,
}
