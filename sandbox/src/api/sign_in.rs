//! What every sign-in ends with: a session of its own on this device.

use serde::Deserialize;
use serde_json::Value;
use time::Duration;
use uuid::Uuid;

use super::Context;
use super::elevation::elevated_token;
use crate::device_registration;
use crate::device_signature;
use crate::errors::ApiError;
use crate::policy::Enrollment;
use crate::scopes;
use crate::state::{Contact, Credential, Session, User};

/// How long a sign-in can be prolonged by refreshing.
const REFRESH_LIFE: Duration = Duration::days(30);

/// What sign-in bodies have in common.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SignInOptions {
    pub(super) session_public_key: Option<String>,
    pub(super) requested_scopes: Option<Vec<String>>,
    #[serde(rename = "allowNewMFALinking")]
    pub(super) allow_new_mfa_linking: Option<bool>,
}

/// Options that were looked at before anything was used up.
pub(super) struct CheckedOptions {
    session_public_key: Option<String>,
    requested: Vec<String>,
    allow_new_mfa_linking: bool,
}

/// Who signed in.
pub(super) struct SignedIn {
    pub(super) user_id: Uuid,
    pub(super) credential_id: Uuid,
    pub(super) new_user: bool,
    /// Whether the sign-in itself was a second factor (a passkey with user verification).
    pub(super) mfa_passed: bool,
}

impl SignInOptions {
    /// # Errors
    /// 422 `invalid_scopes`, `invalid_session_public_key`.
    pub(super) fn check(self, context: &Context<'_>) -> Result<CheckedOptions, ApiError> {
        let requested = scopes::parse_requested(self.requested_scopes.as_deref())?;
        let announced = context.call.header("x-dyn-session-public-key").map(Into::into);
        let session_public_key = self.session_public_key.or(announced);
        if session_public_key.as_deref().is_some_and(|key| !device_signature::is_public_key(key)) {
            let error = "The session key is not a compressed P-256 point in lower-case hex";
            return Err(ApiError::unprocessable("invalid_session_public_key", error));
        }
        let allow_new_mfa_linking = self.allow_new_mfa_linking.unwrap_or_default();
        Ok(CheckedOptions { session_public_key, requested, allow_new_mfa_linking })
    }
}

/// The user who has this contact; made when there is none.
pub(super) fn user_of(context: &mut Context<'_>, contact: Contact) -> SignedIn {
    if let Some((user_id, credential_id)) = context.state.owner_of(&contact) {
        return SignedIn { user_id, credential_id, new_user: false, mfa_passed: false };
    }
    let credential = Credential::new(contact, context.now);
    let credential_id = credential.id;
    let mut user = User::new(context.now);
    user.credentials.push(credential);
    let user_id = user.id;
    context.state.users.insert(user_id, user);
    SignedIn { user_id, credential_id, new_user: true, mfa_passed: false }
}

/// Opens the session and answers it.
pub(super) fn sign_in(
    context: &mut Context<'_>,
    who: &SignedIn,
    options: CheckedOptions,
) -> Result<Value, ApiError> {
    let device_registration = device_registration::recognise(context, who.user_id, who.new_user)?;
    let now = context.now;
    let user = context.user(who.user_id)?;
    user.last_verified_credential = Some(who.credential_id);
    user.last_visit = now;
    let session = open(context, who, options.session_public_key, device_registration);
    let scopes = grantable(context, &session, options.requested, options.allow_new_mfa_linking)?;
    let token = elevated_token(context, &session, &scopes)?;
    context.verify_response(&session, token)
}

/// A new session.
fn open(
    context: &mut Context<'_>,
    who: &SignedIn,
    session_public_key: Option<String>,
    device_registration: Option<Uuid>,
) -> Session {
    let id = Uuid::new_v4();
    let origin = context.call.header("origin").unwrap_or(&context.call.backend.url);
    let session = Session {
        id,
        original_id: id,
        user_id: who.user_id,
        issued_at: context.now,
        expires_at: context.now + context.jwt_life(),
        refreshable_until: context.now + REFRESH_LIFE,
        signin_credential: who.credential_id,
        mfa_passed: who.mfa_passed,
        device_registration,
        session_public_key,
        audience: origin.into(),
        new_user: who.new_user,
    };
    context.state.sessions.insert(id, session.clone());
    session
}

/// The scopes this sign-in proves enough for; linking a first factor is a courtesy where MFA is optional.
fn grantable(
    context: &mut Context<'_>,
    session: &Session,
    requested: Vec<String>,
    allow_new_mfa_linking: bool,
) -> Result<Vec<String>, ApiError> {
    let policy = context.policy.clone();
    let user = context.user(session.user_id)?;
    if user.has_factor(&policy) && !session.mfa_passed {
        return Ok(Vec::new());
    }
    let optional = policy.mfa.enrollment != Enrollment::Signup && !user.has_factor(&policy);
    let mut scopes = requested;
    if allow_new_mfa_linking && optional {
        scopes.push("credential:link".into());
        scopes.sort();
        scopes.dedup();
    }
    Ok(scopes)
}
