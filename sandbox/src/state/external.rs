//! The name an external issuer has for a user.

use time::OffsetDateTime;
use uuid::Uuid;

/// An identity asserted by the app's own backend.
#[derive(Debug, Clone)]
pub(crate) struct ExternalIdentity {
    pub(crate) id: Uuid,
    /// The `sub` of its assertions.
    pub(crate) subject: String,
    pub(crate) verified_at: OffsetDateTime,
}

impl ExternalIdentity {
    pub(crate) fn new(subject: &str, now: OffsetDateTime) -> Self {
        Self { id: Uuid::new_v4(), subject: subject.into(), verified_at: now }
    }
}
