//! One-time codes: life, attempts, send limits.

use std::collections::HashMap;

use rand::Rng;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Contact;

const WRONG_ATTEMPTS: u32 = 3;
const SENDS: usize = 3;
const SEND_WINDOW: Duration = Duration::minutes(10);

/// A code that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) id: Uuid,
    pub(crate) contact: Contact,
    pub(crate) code: String,
    expires_at: OffsetDateTime,
    wrong_attempts: u32,
    /// The user for whom `PUT users` started it, its elevated token already accepted.
    pub(crate) link_for: Option<Uuid>,
}

/// All open codes, and what was sent when.
#[derive(Default)]
pub(crate) struct Verifications {
    open: HashMap<Uuid, Verification>,
    sends: HashMap<Contact, Vec<OffsetDateTime>>,
}

/// Why a code was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeError {
    /// No such verification: never sent, used, or for another channel.
    Unknown,
    Expired,
    TooManyAttempts,
    Wrong,
}

impl Verifications {
    /// Sends a first code.
    ///
    /// # Errors
    /// Seconds to wait, when the address had too many.
    pub(crate) fn start(
        &mut self,
        contact: Contact,
        link_for: Option<Uuid>,
        now: OffsetDateTime,
        life: Duration,
    ) -> Result<Verification, i64> {
        self.count_send(&contact, now)?;
        let verification = Verification {
            id: Uuid::new_v4(),
            contact,
            code: random_code(),
            expires_at: now + life,
            wrong_attempts: 0,
            link_for,
        };
        self.open.insert(verification.id, verification.clone());
        Ok(verification)
    }

    /// Sends a new code for an open verification; the old code is void. `None`: no such verification.
    pub(crate) fn again(
        &mut self,
        id: Uuid,
        contact: &Contact,
        now: OffsetDateTime,
        life: Duration,
    ) -> Option<Result<Verification, i64>> {
        self.open.get(&id).filter(|open| open.contact == *contact)?;
        if let Err(wait) = self.count_send(contact, now) {
            return Some(Err(wait));
        }
        let open = self.open.get_mut(&id)?;
        open.code = random_code();
        open.expires_at = now + life;
        open.wrong_attempts = 0;
        Some(Ok(open.clone()))
    }

    /// The open verification of this id.
    pub(crate) fn get(&self, id: Uuid) -> Option<&Verification> {
        self.open.get(&id)
    }

    /// Checks a code; the right one is used up.
    pub(crate) fn redeem(
        &mut self,
        id: Uuid,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<Verification, CodeError> {
        let open = self.open.get_mut(&id).ok_or(CodeError::Unknown)?;
        if open.expires_at <= now {
            return Err(CodeError::Expired);
        }
        if open.wrong_attempts >= WRONG_ATTEMPTS {
            return Err(CodeError::TooManyAttempts);
        }
        if open.code != code {
            open.wrong_attempts += 1;
            return Err(CodeError::Wrong);
        }
        self.open.remove(&id).ok_or(CodeError::Unknown)
    }

    fn count_send(&mut self, contact: &Contact, now: OffsetDateTime) -> Result<(), i64> {
        let sends = self.sends.entry(contact.clone()).or_default();
        sends.retain(|sent| *sent + SEND_WINDOW > now);
        match sends.first() {
            Some(first) if sends.len() >= SENDS => Err((*first + SEND_WINDOW - now).whole_seconds() + 1),
            _ => {
                sends.push(now);
                Ok(())
            }
        }
    }
}

fn random_code() -> String {
    format!("{:06}", rand::thread_rng().gen_range(0..1_000_000_u32))
}
