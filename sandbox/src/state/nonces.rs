//! Server nonces: issued in batches, each used once.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const LIFE: Duration = Duration::hours(24);

/// Nonces that were issued; a used one is remembered until it would have expired.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    issued: HashMap<String, Issued>,
}

#[derive(Debug)]
struct Issued {
    at: OffsetDateTime,
    used: bool,
}

/// Why a nonce was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NonceError {
    #[error("nonce was not issued here")]
    Unknown,
    #[error("nonce was used before")]
    Used,
    #[error("nonce is older than 24 hours")]
    Expired,
}

impl Nonces {
    pub(crate) fn issue(&mut self, now: OffsetDateTime) -> String {
        self.issued.retain(|_, nonce| nonce.at + LIFE > now);
        let nonce = Uuid::new_v4().simple().to_string();
        self.issued.insert(nonce.clone(), Issued { at: now, used: false });
        nonce
    }

    /// Uses a nonce up.
    pub(crate) fn redeem(&mut self, nonce: &str, now: OffsetDateTime) -> Result<(), NonceError> {
        let issued = self.issued.get_mut(nonce).ok_or(NonceError::Unknown)?;
        if issued.used {
            return Err(NonceError::Used);
        }
        issued.used = true;
        if issued.at + LIFE > now { Ok(()) } else { Err(NonceError::Expired) }
    }
}
