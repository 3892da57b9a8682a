//! Answers about factors: methods, TOTP enrolment, recovery codes.

use std::time::SystemTime;

use serde::Deserialize;

use super::tolerant;
use crate::secret::SecretString;

/// `GET users/mfa/methods`. A user without factors is told by empty lists; an answer without lists tells
/// nothing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MfaMethodsAnswer {
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) devices: Vec<MfaDeviceBody>,
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) passkeys: Vec<PasskeyBody>,
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(crate) user_has_verified_mfa_methods: bool,
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

/// `GET users/passkeys`. "None" has to be said here, too.
#[derive(Deserialize)]
pub(crate) struct PasskeysAnswer {
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) passkeys: Vec<PasskeyBody>,
}

/// An element of `passkeys`, and the answer of `PUT users/passkeys`. Everything but the id may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyBody {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) credential_id: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) alias: Option<String>,
    #[serde(default, deserialize_with = "tolerant::date")]
    pub(crate) created_at: Option<SystemTime>,
    #[serde(default, deserialize_with = "tolerant::date")]
    pub(crate) updated_at: Option<SystemTime>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) user_agent: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) origin: Option<String>,
    #[serde(default, deserialize_with = "tolerant::object")]
    pub(crate) storage: PasskeyStorageBody,
}

/// What keeps a passkey.
#[derive(Default, Deserialize)]
pub(crate) struct PasskeyStorageBody {
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) name: Option<String>,
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
