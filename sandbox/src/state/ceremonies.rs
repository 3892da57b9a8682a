//! WebAuthn challenges that wait for their answer; each is answered once.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::passkeys::{PendingAuthentication, PendingRegistration};

const LIFE: Duration = Duration::minutes(5);

/// What a challenge was made for.
pub(crate) enum Ceremony {
    /// A passkey for this user.
    Registration(Uuid, PendingRegistration),
    /// An assertion by this signed-in user.
    Authentication(Uuid, PendingAuthentication),
    /// A sign-in by whoever has the passkey.
    SignIn(PendingAuthentication),
}

/// The open ceremonies by challenge.
#[derive(Default)]
pub(crate) struct Ceremonies {
    open: HashMap<String, (OffsetDateTime, Ceremony)>,
}

impl Ceremonies {
    /// Remembers what the options' challenge is for.
    pub(crate) fn add(&mut self, options: &Value, ceremony: Ceremony, now: OffsetDateTime) {
        self.open.retain(|_, (started, _)| *started + LIFE > now);
        if let Some(challenge) = options["challenge"].as_str() {
            self.open.insert(challenge.trim_end_matches('=').into(), (now, ceremony));
        }
    }

    /// Takes the ceremony whose challenge the body answers; whatever comes of it, it is over.
    pub(crate) fn take(&mut self, body: &Value, now: OffsetDateTime) -> Option<Ceremony> {
        let (started, ceremony) = self.open.remove(&challenge_of(body)?)?;
        (started + LIFE > now).then_some(ceremony)
    }
}

/// The challenge in the client data, under either of its two spellings.
fn challenge_of(body: &Value) -> Option<String> {
    #[derive(Deserialize)]
    struct ClientData {
        challenge: String,
    }
    let response = &body["response"];
    let encoded = response["clientDataJSON"].as_str().or_else(|| response["clientDataJson"].as_str())?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let data: ClientData = serde_json::from_slice(&bytes).ok()?;
    Some(data.challenge.trim_end_matches('=').into())
}
