//! The session as the app sees it: who, how long, and what is still to be done. No token.

use std::{sync::Arc, time::SystemTime};

use super::User;
use crate::{clock::ServerClock, secret::public_secret, state::HeldSession};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Session {
    /// Who is signed in.
    pub user: User,
    /// When the session ends, on this device's clock, unless it is refreshed.
    pub expires_at: SystemTime,
    /// What the user must still do before the session is a full one, in the order in which to ask for it.
    pub duties: Vec<OnboardingDuty>,
}

impl Session {
    pub(crate) fn of(session: &HeldSession, clock: &ServerClock) -> Self {
        Self {
            user: User::clone(&Arc::clone(&session.user)),
            expires_at: clock.to_device(session.expires_at),
            duties: duties(&session.user),
        }
    }
}

/// Something that the server waits for before it gives the session all its rights. Each is resolved by calls
/// of its own, in the order of the cases: `docs/duties.md` says by which, and what works meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum OnboardingDuty {
    /// This device must be confirmed by the link in an e-mail that the server sent at sign-in.
    ///
    /// Resolved by `device_registration().complete(link)`, and by nothing else here. Blocks, with
    /// `DeviceRegistrationRequired` and without a request, verifies and all that takes an elevated token. The
    /// session, `refresh`, `logout` and `check` (which answers "required") work.
    RegisterDevice,
    /// A second factor must be proven, or enrolled first if none of `mfa().methods()` is.
    ///
    /// Resolved by `complete_mfa_…`, and by enrolling the first factor. Blocks changes to the account, which
    /// the server refuses (403); the session, `refresh`, `check` and `mfa().methods()` work.
    CompleteMfa,
    /// The recovery codes must be shown and acknowledged.
    ///
    /// Resolved by `mfa().acknowledge_recovery_codes()`, after `mfa().recovery_codes()` was shown. Blocks
    /// nothing that is known of.
    AcknowledgeRecoveryCodes,
    /// Profile fields are missing: `User::missing_fields` names them.
    ///
    /// Resolved by `update_user`, for an address or number by `link_email` or `link_phone` with
    /// `confirm_link`. Blocks nothing that is known of.
    CompleteProfile,
}

const REGISTER_DEVICE: &str = "device:register";
const MFA_PENDING: &str = "requiresAdditionalAuth";
const PROFILE_PENDING: &str = "userDataForm";

fn duties(user: &User) -> Vec<OnboardingDuty> {
    let has_scope = |word: &str| user.session_scopes.iter().any(|scope| scope == word);
    [
        (has_scope(REGISTER_DEVICE), OnboardingDuty::RegisterDevice),
        (has_scope(MFA_PENDING), OnboardingDuty::CompleteMfa),
        (user.recovery_codes_unacknowledged, OnboardingDuty::AcknowledgeRecoveryCodes),
        (!user.missing_fields.is_empty() || has_scope(PROFILE_PENDING), OnboardingDuty::CompleteProfile),
    ]
    .into_iter()
    .filter_map(|(is_open, duty)| is_open.then_some(duty))
    .collect()
}

/// Whether this device waits for its registration.
pub(crate) fn is_device_registration_pending(user: &User) -> bool {
    user.session_scopes.iter().any(|scope| scope == REGISTER_DEVICE)
}

/// Whether the user must prove a second factor, or enrol one first.
pub(crate) fn is_mfa_pending(user: &User) -> bool {
    user.session_scopes.iter().any(|scope| scope == MFA_PENDING)
}

/// Which of the session's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SessionTokenKind {
    /// The access token that the API takes.
    Minified,
    /// The full JWT with the user's credentials, which some backends need.
    Full,
}

public_secret! {
    /// A session token, for the app's own backend.
    SessionToken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_38_duties_come_one_by_one_and_in_order() {
        let mut user: User = serde_json::from_str(r#"{"id":"u"}"#).unwrap();
        assert_eq!(duties(&user), []);
        user.session_scopes =
            ["userDataForm", "requiresAdditionalAuth", "device:register", "new"].map(Into::into).into();
        user.recovery_codes_unacknowledged = true;
        let all = [
            OnboardingDuty::RegisterDevice,
            OnboardingDuty::CompleteMfa,
            OnboardingDuty::AcknowledgeRecoveryCodes,
            OnboardingDuty::CompleteProfile,
        ];
        assert_eq!(duties(&user), all);
    }

    #[test]
    fn a_scope_is_a_whole_word() {
        let mut user: User = serde_json::from_str(r#"{"id":"u"}"#).unwrap();
        user.session_scopes = vec!["device:registered".into()];
        assert!(!is_device_registration_pending(&user));
    }
}
