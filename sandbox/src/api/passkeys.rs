//! `users/passkeys` and the ceremonies of a signed-in user.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::elevation::{Proof, finish_verification};
use super::factor::{FactorOptions, finish_factor};
use super::{ApiResult, Call, Context, no_content, reply};
use crate::backend::Backend;
use crate::clock::iso;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::passkeys::{PasskeyUser, PendingAuthentication, RelyingPartyError, StoredPasskey};
use crate::policy::{MfaMethod, Policy, ProviderName};
use crate::state::{Ceremony, Passkey, User};

const MAX_PASSKEYS: usize = 10;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/users/passkeys", get(list).put(rename).delete(delete))
        .route("/users/passkeys/register", get(registration_options).post(register))
        .route("/users/passkeys/authenticate", get(authentication_options))
        .route("/users/mfa/auth/passkey", post(authenticate))
}

async fn list(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let passkeys: Vec<_> = context.user(session.user_id)?.passkeys.iter().map(passkey_json).collect();
    reply(json!({ "count": passkeys.len(), "passkeys": passkeys }))
}

#[derive(Deserialize)]
struct Rename {
    id: Uuid,
    alias: Option<String>,
}

async fn rename(call: Call) -> ApiResult {
    let body: Rename = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let now = context.now;
    let passkeys = &mut context.user(session.user_id)?.passkeys;
    let passkey = passkeys.iter_mut().find(|passkey| passkey.id == body.id).ok_or_else(not_found)?;
    passkey.alias = body.alias;
    passkey.updated_at = now;
    reply(passkey_json(passkey))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delete {
    passkey_id: Uuid,
}

async fn delete(call: Call) -> ApiResult {
    let body: Delete = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let user = context.user(session.user_id)?;
    if !user.passkeys.iter().any(|passkey| passkey.id == body.passkey_id) {
        return Err(not_found());
    }
    super::unlink::refuse_last(user, body.passkey_id)?;
    guard(&mut context, &session, Operation::DeletePasskey)?;
    context.user(session.user_id)?.remove_passkey(body.passkey_id);
    no_content()
}

async fn registration_options(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    refuse_where_off(&context.policy)?;
    let now = context.now;
    let user = context.user(session.user_id)?;
    let name = user.name();
    let passkey_user = PasskeyUser { id: user.id, name: name.clone(), display_name: name };
    let existing: Vec<_> = user.passkeys.iter().map(|passkey| passkey.stored.clone()).collect();
    let options = call.backend.relying_party.registration_options(&passkey_user, &existing);
    let (options, pending) = options.map_err(|error| ApiError::internal(&error))?;
    let ceremony = Ceremony::Registration(session.user_id, pending);
    context.state.ceremonies.add(&options, ceremony, now);
    reply(options)
}

async fn register(call: Call) -> ApiResult {
    let body: Value = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    refuse_where_off(&context.policy)?;
    if context.user(session.user_id)?.passkeys.len() >= MAX_PASSKEYS {
        return Err(ApiError::unprocessable("max_passkeys_per_user", "The user has 10 passkeys already"));
    }
    guard(&mut context, &session, Operation::RegisterPasskey)?;
    let now = context.now;
    let pending = match context.state.ceremonies.take(&body, now) {
        Some(Ceremony::Registration(user_id, pending)) if user_id == session.user_id => pending,
        _ => return Err(unknown_challenge(&call)),
    };
    let verified = call.backend.relying_party.finish_registration(&body, pending);
    let passkey = new_passkey(&call, verified.map_err(|error| refusal(&call, &error))?, now);
    call.trace.passed("passkey", passkey.id.to_string());
    let id = passkey.id;
    context.user(session.user_id)?.passkeys.push(passkey);
    reply(finish_verification(&mut context, &session, Proof::Factor(id), &[])?)
}

async fn authentication_options(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let now = context.now;
    let stored = stored_passkeys(context.user(session.user_id)?);
    let options = call.backend.relying_party.authentication_options(&stored);
    let (options, pending) = options.map_err(|error| ApiError::internal(&error))?;
    context.state.ceremonies.add(&options, Ceremony::Authentication(session.user_id, pending), now);
    reply(options)
}

async fn authenticate(call: Call) -> ApiResult {
    let body: Value = call.json()?;
    let options: FactorOptions = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let request = options.check()?;
    let now = context.now;
    let pending = match context.state.ceremonies.take(&body, now) {
        Some(Ceremony::Authentication(user_id, pending)) if user_id == session.user_id => pending,
        _ => return Err(unknown_challenge(&call)),
    };
    let id = verify_assertion(&mut context, session.user_id, &body, pending)?;
    // Where the environment does not take passkeys as a factor, one still proves a sign-in credential.
    let proof = match context.policy.mfa.methods.contains(&MfaMethod::Passkey) {
        true => Proof::Factor(id),
        false => Proof::Credential(id),
    };
    reply(finish_factor(&mut context, &session, proof, &request)?)
}

/// Verifies an assertion with a passkey of the user, advances its counter and answers its id.
pub(super) fn verify_assertion(
    context: &mut Context<'_>,
    user_id: Uuid,
    body: &Value,
    pending: PendingAuthentication,
) -> Result<Uuid, ApiError> {
    let call = context.call;
    let user = context.user(user_id)?;
    let mut candidates = stored_passkeys(user);
    let verified = call.backend.relying_party.finish_authentication(body, pending, &mut candidates);
    let index = verified.map_err(|error| refusal(call, &error))?;
    for (passkey, stored) in user.passkeys.iter_mut().zip(candidates) {
        passkey.stored = stored;
    }
    let id = user.passkeys.get(index).map(|passkey| passkey.id).ok_or_else(not_found)?;
    call.trace.passed("passkey", id.to_string());
    Ok(id)
}

/// UserPasskey.
pub(super) fn passkey_json(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id,
        "credentialId": passkey.stored.credential_id(),
        "createdAt": iso(passkey.created_at),
        "updatedAt": iso(passkey.updated_at),
        "alias": passkey.alias,
        "userAgent": passkey.user_agent,
        "origin": passkey.origin,
    })
}

/// A refused ceremony; the code tells only whether the passkey is known.
pub(super) fn refusal(call: &Call, error: &RelyingPartyError) -> ApiError {
    call.trace.failed("passkey", error.to_string());
    match error {
        RelyingPartyError::UnknownCredential => not_found(),
        other => ApiError::unprocessable("mfa_invalid_request", &other.to_string()),
    }
}

pub(super) fn unknown_challenge(call: &Call) -> ApiError {
    call.trace.failed("passkey", "unknown, used or expired challenge");
    ApiError::unprocessable("mfa_invalid_request", "Unknown, used or expired challenge")
}

fn new_passkey(call: &Call, stored: StoredPasskey, now: time::OffsetDateTime) -> Passkey {
    Passkey {
        id: Uuid::new_v4(),
        stored,
        alias: None,
        user_agent: call.header("user-agent").map(Into::into),
        origin: call.header("origin").map(Into::into),
        created_at: now,
        updated_at: now,
    }
}

fn stored_passkeys(user: &User) -> Vec<StoredPasskey> {
    user.passkeys.iter().map(|passkey| passkey.stored.clone()).collect()
}

fn not_found() -> ApiError {
    ApiError::unprocessable("passkey_not_found", "No such passkey")
}

fn refuse_where_off(policy: &Policy) -> Result<(), ApiError> {
    if policy.mfa.methods.contains(&MfaMethod::Passkey) || policy.offers(ProviderName::Passkey) {
        return Ok(());
    }
    Err(ApiError::plain(StatusCode::FORBIDDEN, "Passkeys are not enabled for this environment"))
}
