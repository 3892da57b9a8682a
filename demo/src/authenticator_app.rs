//! The authenticator app that was linked in this run.

use std::cell::Cell;
use std::time::UNIX_EPOCH;

use stepup_core::{MfaFactorId, TotpEnrollment};
use stepup_sandbox::Clock;
use totp_rs::Totp;

use crate::told::{NotAsTold, Told};

/// Length of a code's life in seconds, as RFC 6238 §5.2 recommends and the sandbox keeps it.
const PERIOD_SECONDS: i64 = 30;

/// An authenticator app that scanned the QR code.
pub(crate) struct AuthenticatorApp {
    pub(crate) device_id: MfaFactorId,
    totp: Totp,
    was_used: Cell<bool>,
}

impl AuthenticatorApp {
    pub(crate) fn scan(enrollment: &TotpEnrollment) -> Told<Self> {
        let totp = Totp::from_url_unchecked(enrollment.uri.expose());
        let totp = totp.map_err(|error| NotAsTold::new("the otpauth URI can be read", error.to_string()))?;
        Ok(Self { device_id: enrollment.device_id.clone(), totp, was_used: Cell::new(false) })
    }

    /// Each code counts once: from now on another one has to be computed.
    pub(crate) fn mark_used(&self) {
        self.was_used.set(true);
    }

    /// The code that the app shows. Instead of waiting for a fresh one, the sandbox's clock is moved on.
    pub(crate) fn code(&self, clock: &Clock) -> String {
        if self.was_used.get() {
            clock.advance(PERIOD_SECONDS);
        }
        let now = clock.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.totp.generate(now).to_string()
    }
}
