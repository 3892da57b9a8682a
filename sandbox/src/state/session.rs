//! A user's session on one device.

use time::OffsetDateTime;
use uuid::Uuid;

use super::User;
use crate::policy::{Enrollment, Policy};

/// A live session; an ended one is removed.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    /// The session of the sign-in this one came from by re-issuing.
    pub(crate) original_id: Uuid,
    pub(crate) user_id: Uuid,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    /// Until when it may be refreshed.
    pub(crate) refreshable_until: OffsetDateTime,
    /// What was signed in with; fixed for the life of the session.
    pub(crate) signin_credential: Uuid,
    /// Whether a second factor was passed in it.
    pub(crate) mfa_passed: bool,
    /// The registered device it runs on.
    pub(crate) device_registration: Option<Uuid>,
    /// Hex of the key that the client announced for this session.
    pub(crate) session_public_key: Option<String>,
    /// `aud` of its tokens: the app's origin.
    pub(crate) audience: String,
    /// Whether the sign-in made the user.
    pub(crate) new_user: bool,
}

impl Session {
    /// `device:register` is due.
    pub(crate) fn needs_device(&self, policy: &Policy) -> bool {
        policy.device_registration && self.device_registration.is_none()
    }

    /// A second factor is due: to be passed, or to be enrolled first.
    pub(crate) fn needs_factor(&self, user: &User, policy: &Policy) -> bool {
        if self.mfa_passed {
            return false;
        }
        if user.has_factor(policy) { policy.mfa.session } else { policy.mfa.enrollment == Enrollment::Signup }
    }

    /// The `scope` of the session: its open duties, or `user:basic` when there is none.
    pub(crate) fn scope(&self, user: &User, policy: &Policy) -> String {
        let mut words = Vec::new();
        if self.needs_device(policy) {
            words.push("device:register");
        }
        if self.needs_factor(user, policy) {
            words.push("requiresAdditionalAuth");
        }
        if !user.missing_fields(policy).is_empty() {
            words.push("userDataForm");
        }
        if words.is_empty() && !user.recovery_pending() {
            words.push("user:basic");
        }
        words.join(" ")
    }
}
