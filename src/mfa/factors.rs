//! A factor: what the API lists as a device, or a passkey, which it lists apart.

use std::{fmt, time::SystemTime};

use crate::{
    api::models::{MfaDeviceBody, MfaMethodsAnswer, PasskeyBody},
    identifier::MfaFactorId,
};

/// A factor of the user. Printing one does not show its alias.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct MfaFactor {
    /// The factor's id.
    pub id: MfaFactorId,
    /// What it is.
    pub kind: MfaFactorKind,
    /// Whether it can be used. An authenticator app is verified by its first code, a passkey by being
    /// registered.
    pub is_verified: bool,
    /// Whether the server offers it first.
    pub is_default: bool,
    /// The name that the user gave it.
    pub alias: Option<String>,
    /// When it was added.
    pub created_at: Option<SystemTime>,
}

/// What a factor is. An open set: `Other` holds what this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MfaFactorKind {
    /// An authenticator app (RFC 6238).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
    /// Codes by e-mail.
    Email,
    /// Something else, as the server calls it.
    Other(String),
}

impl From<&str> for MfaFactorKind {
    fn from(name: &str) -> Self {
        match name {
            "totp" => Self::Totp,
            "passkey" => Self::Passkey,
            "email" => Self::Email,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<MfaMethodsAnswer> for Vec<MfaFactor> {
    fn from(answer: MfaMethodsAnswer) -> Self {
        let devices = answer.devices.into_iter().map(MfaFactor::from);
        devices.chain(answer.passkeys.into_iter().map(MfaFactor::from)).collect()
    }
}

impl From<MfaDeviceBody> for MfaFactor {
    fn from(device: MfaDeviceBody) -> Self {
        let MfaDeviceBody { id, kind, verified, default, alias, created_at } = device;
        let kind = MfaFactorKind::from(kind.as_deref().unwrap_or_default());
        Self { id: id.into(), kind, is_verified: verified, is_default: default, alias, created_at }
    }
}

impl From<PasskeyBody> for MfaFactor {
    fn from(passkey: PasskeyBody) -> Self {
        let PasskeyBody { id, alias, created_at, .. } = passkey;
        let kind = MfaFactorKind::Passkey;
        Self { id: id.into(), kind, is_verified: true, is_default: false, alias, created_at }
    }
}

impl fmt::Display for MfaFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MfaFactor {{ id: {}, kind: {:?} }}", self.id, self.kind)
    }
}

impl fmt::Debug for MfaFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
