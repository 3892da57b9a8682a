//! One list of factors: what the API lists as devices, and passkeys, which it lists apart.

use std::{fmt, sync::Arc, time::SystemTime};

use crate::{
    api::{
        Request,
        models::{MfaDeviceBody, MfaMethodsAnswer, PasskeyBody},
        operations,
    },
    context::Context,
    error::StepUpError,
};

/// A factor of the user. Printing one does not show its alias.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct MfaFactor {
    /// The factor's id.
    pub id: String,
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

impl Context {
    pub(super) async fn mfa_methods(self: &Arc<Self>) -> Result<Vec<MfaFactor>, StepUpError> {
        let answer = self.call(Request::new(&operations::MFA_METHODS).query("verifiedOnly", "true")).await?;
        let methods: MfaMethodsAnswer = answer.read()?;
        let devices = methods.devices.into_iter().map(MfaFactor::from);
        Ok(devices.chain(methods.passkeys.into_iter().map(MfaFactor::from)).collect())
    }
}

impl From<MfaDeviceBody> for MfaFactor {
    fn from(device: MfaDeviceBody) -> Self {
        let MfaDeviceBody { id, kind, verified, default, alias, created_at } = device;
        let kind = match kind.as_deref() {
            Some("totp") => MfaFactorKind::Totp,
            Some("passkey") => MfaFactorKind::Passkey,
            Some("email") => MfaFactorKind::Email,
            other => MfaFactorKind::Other(other.unwrap_or_default().to_owned()),
        };
        Self { id, kind, is_verified: verified, is_default: default, alias, created_at }
    }
}

impl From<PasskeyBody> for MfaFactor {
    fn from(passkey: PasskeyBody) -> Self {
        let PasskeyBody { id, alias, created_at } = passkey;
        let kind = MfaFactorKind::Passkey;
        Self { id, kind, is_verified: true, is_default: false, alias, created_at }
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
