//! Codes that were sent and not used yet.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{OtpVerification, PhoneNumber};
use crate::{
    auth::{CredentialFormat, VerifiedCredential},
    clock::{ServerClock, UnixMillis},
    identifier::VerificationId,
    state::EpochEnd,
};

/// Where a code goes. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Destination {
    Email(String),
    /// Normalised.
    Phone(PhoneNumber),
}

impl Destination {
    /// Where a code for a credential goes; none if it cannot receive codes.
    pub(crate) fn of(credential: &VerifiedCredential) -> Option<Self> {
        match credential.format {
            CredentialFormat::Email => credential.email.clone().map(Self::Email),
            CredentialFormat::PhoneNumber => {
                let phone = PhoneNumber {
                    country_code: credential.phone_country_code.clone()?,
                    number: credential.phone_number.clone()?,
                    iso_country_code: credential.iso_country_code.clone(),
                };
                phone.normalized().ok().map(Self::Phone)
            }
            _ => None,
        }
    }
}

/// How long an app should wait before it offers to send a code again.
const RESEND_PAUSE: Duration = Duration::from_secs(30);

/// What a code was asked for. A code of one purpose never serves another (fault 37).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignIn,
    /// Within this epoch only.
    StepUp {
        epoch: u64,
    },
    /// To add an address or number, within this epoch only.
    Link {
        epoch: u64,
    },
}

impl Purpose {
    /// Whether the next process knows of the code. Of a step-up it is the flow that is kept.
    pub(super) fn outlives_process(self) -> bool {
        !matches!(self, Self::StepUp { .. })
    }
}

/// A code that was sent.
#[derive(Clone)]
pub(crate) struct PendingCode {
    pub(crate) id: VerificationId,
    pub(crate) purpose: Purpose,
    pub(crate) destination: Destination,
    pub(crate) sent_at: UnixMillis,
}

impl PendingCode {
    /// The code as the app sees it.
    pub(crate) fn verification(&self, clock: &ServerClock) -> OtpVerification {
        OtpVerification {
            id: self.id.clone(),
            channel: self.destination.channel(),
            masked_destination: self.destination.masked(),
            resend_at: clock.to_device(self.sent_at.plus(RESEND_PAUSE)),
        }
    }

    /// The body that proves that the user has got this code, as they typed it.
    pub(crate) fn proof(&self, code: &str) -> Value {
        json!({ "verificationUUID": self.id, "verificationToken": code })
    }
}

/// Codes beyond this number push out the oldest; nobody types that many.
const MOST: usize = 16;

/// In the order in which they were sent.
#[derive(Default)]
pub(crate) struct PendingCodes(Vec<Sent>);

struct Sent {
    code: PendingCode,
    /// Serves only whoever names it.
    is_set_aside: bool,
    /// It may serve, but nobody is asked for it: the user has signed in or out since then, has used another
    /// code, or the server takes this one no more.
    is_past: bool,
}

impl PendingCodes {
    pub(crate) fn add(&mut self, code: PendingCode, is_past: bool) {
        self.remove(&code.id);
        self.0.push(Sent { code, is_set_aside: false, is_past });
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// Takes over a code that an earlier process had sent: before all of this one.
    pub(crate) fn adopt(&mut self, code: PendingCode) {
        let is_known = self.0.iter().any(|sent| sent.code.id == code.id);
        if !is_known && self.0.len() < MOST {
            self.0.insert(0, Sent { code, is_set_aside: false, is_past: false });
        }
    }

    /// The code with this id, else the one sent last that was not set aside, among those of a purpose.
    pub(crate) fn find(&self, purpose: Purpose, id: Option<&VerificationId>) -> Option<PendingCode> {
        self.serving(purpose, id).map(|sent| sent.code.clone())
    }

    /// The code to ask the user for, of those of a purpose: the one sent last, or none.
    pub(crate) fn awaited(&self, purpose: Purpose) -> Option<&PendingCode> {
        self.serving(purpose, None).filter(|last| !last.is_past).map(|last| &last.code)
    }

    fn serving(&self, purpose: Purpose, id: Option<&VerificationId>) -> Option<&Sent> {
        let mut serving = self.0.iter().rev().filter(|sent| sent.code.purpose == purpose);
        serving.find(|sent| id.map_or(!sent.is_set_aside, |id| sent.code.id == *id))
    }

    /// Nobody is asked any more for the codes that serve what this one serves.
    pub(crate) fn pass(&mut self, code: &PendingCode) {
        for sent in self.0.iter_mut().filter(|sent| sent.code.purpose == code.purpose) {
            sent.is_past = true;
        }
    }

    /// The code was used, which was what the others were for as well.
    pub(crate) fn used(&mut self, code: &PendingCode) {
        self.remove(&code.id);
        self.pass(code);
    }

    pub(crate) fn remove(&mut self, id: &VerificationId) {
        self.0.retain(|sent| sent.code.id != *id);
    }

    /// From now on the codes of a purpose serve only whoever names them.
    pub(crate) fn set_aside(&mut self, purpose: Purpose) {
        for sent in self.0.iter_mut().filter(|sent| sent.code.purpose == purpose) {
            sent.is_set_aside = true;
        }
    }

    /// What is not for a sign-in ends with the session. One for a sign-in does not depend on it, but nobody
    /// is asked for it any more once the user has signed in or out.
    pub(crate) fn end_epoch(&mut self, why: EpochEnd) {
        self.0.retain(|sent| sent.code.purpose == Purpose::SignIn);
        self.0.iter_mut().for_each(|sent| sent.is_past |= why.is_by_user());
    }
}
