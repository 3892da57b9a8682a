//! Everything the server remembers. In memory only; one lock around all of it.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use ceremonies::{Ceremonies, Ceremony};
pub(crate) use contact::{Contact, Credential, Phone};
pub(crate) use device::{DEVICE_TOKEN_PREFIX, DeviceRegistration, RegistrationToken};
pub(crate) use external::ExternalIdentity;
pub(crate) use factors::{Attempts, Passkey, RecoveryCodes, TotpDevice};
pub(crate) use nonces::{NonceError, Nonces};
pub(crate) use session::Session;
pub(crate) use user::User;
pub(crate) use verification::{CodeError, Verification, Verifications};

mod ceremonies;
mod contact;
mod device;
mod external;
mod factors;
mod nonces;
mod session;
mod user;
mod verification;

/// The server's memory.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: HashMap<Uuid, User>,
    pub(crate) sessions: HashMap<Uuid, Session>,
    pub(crate) verifications: Verifications,
    pub(crate) nonces: Nonces,
    pub(crate) ceremonies: Ceremonies,
    /// Device-registration tokens that were mailed.
    pub(crate) registration_tokens: HashMap<String, RegistrationToken>,
    /// `jti` of single-use elevated tokens that were accepted.
    pub(crate) spent_tokens: HashSet<String>,
    /// `jti` of external assertions that were accepted.
    pub(crate) spent_assertions: HashSet<String>,
}

impl State {
    /// The user who has this address or number, with the credential's id.
    pub(crate) fn owner_of(&self, contact: &Contact) -> Option<(Uuid, Uuid)> {
        self.users.values().find_map(|user| Some((user.id, user.credential_of(contact)?.id)))
    }

    /// The live session of this id.
    pub(crate) fn live_session(&self, id: Uuid, now: OffsetDateTime) -> Option<&Session> {
        self.sessions.get(&id).filter(|session| session.expires_at > now)
    }

    /// Forgets a user and all that hangs on them.
    pub(crate) fn delete_user(&mut self, id: Uuid) {
        self.users.remove(&id);
        self.sessions.retain(|_, session| session.user_id != id);
        self.registration_tokens.retain(|_, token| token.user_id != id);
    }
}
