//! `users/mfa`: the list of factors, the default, deletion.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::passkeys::passkey_json;
use super::totp::device_json;
use super::{ApiResult, Call, no_content, reply};
use crate::backend::Backend;
use crate::clock::iso;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::policy::Policy;
use crate::state::User;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/users/mfa", get(devices))
        .route("/users/mfa/methods", get(methods))
        .route("/users/mfa/{id}", get(device).put(make_default).delete(delete))
}

#[derive(Deserialize)]
struct DeviceId {
    id: String,
}

async fn devices(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let policy = context.policy.clone();
    let devices = devices_of(context.user(session.user_id)?, &policy, false);
    reply(json!({ "count": devices.len(), "devices": devices }))
}

async fn methods(call: Call) -> ApiResult {
    let verified_only = call.query.get("verifiedOnly").is_some_and(|text| text == "true");
    let mut context = call.open();
    let session = context.trusted_session()?;
    let policy = context.policy.clone();
    let user = context.user(session.user_id)?;
    let passkeys: Vec<_> = user.passkeys.iter().map(passkey_json).collect();
    reply(json!({
        "devices": devices_of(user, &policy, verified_only),
        "passkeys": passkeys,
        "userHasVerifiedMfaMethods": user.has_factor(&policy),
    }))
}

async fn device(Path(path): Path<DeviceId>, call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let policy = context.policy.clone();
    let devices = devices_of(context.user(session.user_id)?, &policy, false);
    reply(devices.into_iter().find(|device| device["id"] == path.id).ok_or_else(not_found)?)
}

/// Needs no body: the vendor's client sends none. A passkey can be the default, too.
async fn make_default(Path(path): Path<DeviceId>, call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let policy = context.policy.clone();
    let user = context.user(session.user_id)?;
    let totp = user.verified_totp().map(|totp| totp.id);
    let email = user.offered_email(&policy).map(|_| user.email_factor);
    let mut factors = totp.into_iter().chain(email).chain(user.passkeys.iter().map(|passkey| passkey.id));
    let chosen = factors.find(|id| id.to_string() == path.id).ok_or_else(not_found)?;
    user.default_factor = Some(chosen);
    no_content()
}

async fn delete(Path(path): Path<DeviceId>, call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let known: Option<Uuid> = context.user(session.user_id)?.totp.as_ref().map(|totp| totp.id);
    if known.is_none_or(|id| id.to_string() != path.id) {
        return Err(not_found());
    }
    guard(&mut context, &session, Operation::DeleteFactor)?;
    context.user(session.user_id)?.remove_totp();
    no_content()
}

fn devices_of(user: &User, policy: &Policy, verified_only: bool) -> Vec<Value> {
    let default = user.default_factor(policy);
    let shown = user.totp.iter().filter(|totp| !verified_only || totp.verified_at.is_some());
    let totp = shown.map(|totp| device_json(totp, default == Some(totp.id)));
    let email = user.offered_email(policy).map(|email| {
        json!({
            "id": user.email_factor,
            "type": "email",
            "verified": true,
            "createdAt": iso(email.verified_at),
            "verifiedAt": iso(email.verified_at),
            "default": default == Some(user.email_factor),
            "alias": email.contact.address(),
        })
    });
    totp.chain(email).collect()
}

fn not_found() -> ApiError {
    ApiError::unprocessable("mfa_device_not_found", "No such MFA device")
}
