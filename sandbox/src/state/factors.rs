//! Second factors: TOTP, passkeys, recovery codes.

use rand::Rng;
use rand::distributions::{Alphanumeric, DistString};
use time::{Duration, OffsetDateTime};
use totp_rs::{Builder, Totp, TotpError};
use uuid::Uuid;

use crate::passkeys::StoredPasskey;
use crate::policy::TotpCodes;

const ISSUER: &str = "Stepup Sandbox";
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
const WRONG_ATTEMPTS: usize = 5;
const ATTEMPT_WINDOW: Duration = Duration::minutes(5);

/// An authenticator app.
#[derive(Clone)]
pub(crate) struct TotpDevice {
    pub(crate) id: Uuid,
    pub(crate) created_at: OffsetDateTime,
    /// Set by the first right code.
    pub(crate) verified_at: Option<OffsetDateTime>,
    totp: Totp,
    last_step: Option<u64>,
}

impl TotpDevice {
    /// A device with a fresh secret, not verified yet.
    pub(crate) fn new(account: &str, now: OffsetDateTime) -> Result<Self, TotpError> {
        let secret: [u8; SECRET_BYTES] = rand::thread_rng().r#gen();
        let totp = Builder::new()
            .with_secret(secret)
            .with_account_name(account)
            .with_issuer(Some(ISSUER))
            .build()?;
        Ok(Self { id: Uuid::new_v4(), created_at: now, verified_at: None, totp, last_step: None })
    }

    pub(crate) fn secret(&self) -> String {
        self.totp.secret().to_base32()
    }

    pub(crate) fn uri(&self) -> Result<String, TotpError> {
        self.totp.to_url()
    }

    /// Accepts a right code: one-time codes only of a later step than the last accepted.
    pub(crate) fn accept(&mut self, code: &str, codes: TotpCodes, now: OffsetDateTime) -> bool {
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let Some(step) = self.totp.check(code, seconds) else { return false };
        if codes == TotpCodes::OneTime && self.last_step.is_some_and(|last| step <= last) {
            return false;
        }
        self.last_step = Some(step);
        self.verified_at.get_or_insert(now);
        true
    }
}

/// A registered passkey.
#[derive(Clone)]
pub(crate) struct Passkey {
    pub(crate) id: Uuid,
    pub(crate) stored: StoredPasskey,
    pub(crate) alias: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

/// A set of recovery codes.
#[derive(Clone)]
pub(crate) struct RecoveryCodes {
    /// The unused ones.
    pub(crate) codes: Vec<String>,
    pub(crate) acknowledged: bool,
}

impl RecoveryCodes {
    pub(crate) fn generate() -> Self {
        let codes =
            (0..RECOVERY_CODES).map(|_| Alphanumeric.sample_string(&mut rand::thread_rng(), 10)).collect();
        Self { codes, acknowledged: false }
    }

    /// Uses a code up.
    pub(crate) fn redeem(&mut self, code: &str) -> bool {
        match self.codes.iter().position(|unused| unused == code) {
            Some(index) => {
                self.codes.remove(index);
                true
            }
            None => false,
        }
    }
}

/// Wrong codes in a sliding window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts {
    wrong: Vec<OffsetDateTime>,
}

impl Attempts {
    /// Seconds to wait, when there were too many.
    pub(crate) fn blocked_for(&mut self, now: OffsetDateTime) -> Option<i64> {
        self.wrong.retain(|at| *at + ATTEMPT_WINDOW > now);
        let first = self.wrong.first().filter(|_| self.wrong.len() >= WRONG_ATTEMPTS)?;
        Some((*first + ATTEMPT_WINDOW - now).whole_seconds() + 1)
    }

    pub(crate) fn count_wrong(&mut self, now: OffsetDateTime) {
        self.wrong.push(now);
    }

    pub(crate) fn reset(&mut self) {
        self.wrong.clear();
    }
}
