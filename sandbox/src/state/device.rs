//! Registered devices, and the mailed tokens that register one.

use rand::Rng;
use rand::distributions::Alphanumeric;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Life of a mailed token.
const LIFE: Duration = Duration::minutes(15);

/// Device-registration tokens start with this, so that the log can recognise them.
pub(crate) const DEVICE_TOKEN_PREFIX: &str = "drt_";

/// A device that the user trusts.
#[derive(Debug, Clone)]
pub(crate) struct DeviceRegistration {
    pub(crate) id: Uuid,
    /// Compressed SEC1 hex of the device key; unknown while it is the session alone that was trusted.
    pub(crate) public_key: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) created_at: OffsetDateTime,
}

/// A token that registers a device.
#[derive(Debug, Clone)]
pub(crate) struct RegistrationToken {
    pub(crate) user_id: Uuid,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) used: bool,
}

impl DeviceRegistration {
    pub(crate) fn new(public_key: &str, user_agent: Option<&str>, now: OffsetDateTime) -> Self {
        Self {
            id: Uuid::new_v4(),
            public_key: public_key.into(),
            user_agent: user_agent.map(Into::into),
            created_at: now,
        }
    }
}

impl RegistrationToken {
    /// A new token and its text.
    pub(crate) fn issue(user_id: Uuid, now: OffsetDateTime) -> (String, Self) {
        let random: String = rand::thread_rng().sample_iter(Alphanumeric).take(40).map(char::from).collect();
        (format!("{DEVICE_TOKEN_PREFIX}{random}"), Self { user_id, expires_at: now + LIFE, used: false })
    }
}
