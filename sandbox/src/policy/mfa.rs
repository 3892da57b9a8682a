//! Second factors.

use serde::{Deserialize, Serialize};

/// Second factors of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MfaPolicy {
    /// What may be enrolled and used.
    pub methods: Vec<MfaMethod>,
    /// Whether each new session of a user with a factor needs it.
    pub session: bool,
    /// Whether and when a user is made to enrol.
    pub enrollment: Enrollment,
    /// Whether a TOTP code is accepted once or as long as its time step lasts.
    pub totp_codes: TotpCodes,
}

impl Default for MfaPolicy {
    fn default() -> Self {
        Self {
            methods: vec![MfaMethod::Totp, MfaMethod::Passkey],
            session: false,
            enrollment: Enrollment::None,
            totp_codes: TotpCodes::OneTime,
        }
    }
}

/// A kind of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MfaMethod {
    /// RFC 6238.
    Totp,
    /// WebAuthn.
    Passkey,
    /// A code to the user's e-mail address: every user with one has such a device.
    Email,
}

/// When a user is made to enrol a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Enrollment {
    /// Never.
    None,
    /// At sign-in.
    Signup,
    /// When an action asks for it.
    Action,
}

/// How often one TOTP code serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TotpCodes {
    /// Once (RFC 6238 §5.2).
    OneTime,
    /// Until its time step is over: for tests that cannot wait 30 seconds.
    Repeatable,
}
