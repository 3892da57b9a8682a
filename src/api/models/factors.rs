//! Answers about factors: methods, TOTP enrolment, recovery codes.

use std::time::SystemTime;

use serde::{Deserialize, Deserializer};

use super::tolerant;
use crate::{json::Fields, secret::SecretString};

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
pub(crate) struct MfaDeviceBody {
    pub(crate) id: String,
    pub(crate) kind: Option<String>,
    pub(crate) verified: bool,
    pub(crate) default: bool,
    pub(crate) alias: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
}

impl<'de> Deserialize<'de> for MfaDeviceBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self {
            id: fields.required("id")?,
            kind: fields.text("type"),
            verified: fields.flag("verified"),
            default: fields.flag("default"),
            alias: fields.text("alias"),
            created_at: fields.date("createdAt"),
        })
    }
}

/// `GET users/passkeys`. "None" has to be said here, too.
#[derive(Deserialize)]
pub(crate) struct PasskeysAnswer {
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) passkeys: Vec<PasskeyBody>,
}

/// An element of `passkeys`, and the answer of `PUT users/passkeys`. Everything but the id may be missing.
pub(crate) struct PasskeyBody {
    pub(crate) id: String,
    pub(crate) credential_id: Option<String>,
    pub(crate) alias: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
    pub(crate) updated_at: Option<SystemTime>,
    pub(crate) user_agent: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) storage: PasskeyStorageBody,
}

impl<'de> Deserialize<'de> for PasskeyBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        let storage = Fields::of(fields.take("storage"));
        Ok(Self {
            id: fields.required("id")?,
            credential_id: fields.text("credentialId"),
            alias: fields.text("alias"),
            created_at: fields.date("createdAt"),
            updated_at: fields.date("updatedAt"),
            user_agent: fields.text("userAgent"),
            origin: fields.text("origin"),
            storage: PasskeyStorageBody { name: storage.and_then(|mut fields| fields.text("name")) },
        })
    }
}

/// What keeps a passkey.
#[derive(Default)]
pub(crate) struct PasskeyStorageBody {
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
