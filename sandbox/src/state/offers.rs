//! What a user was offered when a credential turned out to be somebody else's.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const LIFE: Duration = Duration::minutes(10);

/// An offer that waits for the user's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Offer {
    /// To merge this user into the current one.
    Merge(Uuid),
    /// To take over this wallet credential.
    Transfer(Uuid),
}

/// The newest offer of each user.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    open: HashMap<Uuid, (OffsetDateTime, Offer)>,
}

impl Offers {
    /// Remembers an offer, in place of one before it.
    pub(crate) fn make(&mut self, user_id: Uuid, offer: Offer, now: OffsetDateTime) {
        self.open.insert(user_id, (now, offer));
    }

    /// The offer this user has, unless it is too old.
    pub(crate) fn of(&self, user_id: Uuid, now: OffsetDateTime) -> Option<&Offer> {
        let (made, offer) = self.open.get(&user_id)?;
        (*made + LIFE > now).then_some(offer)
    }

    /// The user took the offer, or is gone.
    pub(crate) fn close(&mut self, user_id: Uuid) {
        self.open.remove(&user_id);
    }
}
