//! `users/mfa/register/totp` and `users/mfa/auth/totp`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::elevation::Proof;
use super::factor::{FactorOptions, finish_factor};
use super::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::clock::iso;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::policy::{MfaMethod, Policy};
use crate::state::{Session, TotpDevice, User};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/users/mfa/register/totp", get(register).post(confirm))
        .route("/users/mfa/auth/totp", post(authenticate))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeBody {
    code: String,
    id: Option<String>,
    #[serde(flatten)]
    options: FactorOptions,
}

/// A fresh secret; an unconfirmed one before it is dropped.
async fn register(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let policy = context.policy.clone();
    refuse_where_off(&policy)?;
    if context.user(session.user_id)?.verified_totp().is_some() {
        return Err(ApiError::unauthorized("The user has a TOTP device already"));
    }
    guard(&mut context, &session, Operation::StartTotp)?;
    let now = context.now;
    let user = context.user(session.user_id)?;
    let device = TotpDevice::new(&account_of(user), now).map_err(|error| ApiError::internal(&error))?;
    let uri = device.uri().map_err(|error| ApiError::internal(&error))?;
    let answer = json!({ "id": device.id, "type": "totp", "secret": device.secret(), "uri": uri });
    user.totp = Some(device);
    reply(answer)
}

/// The old way to confirm: no new session comes of it.
async fn confirm(call: Call) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let device = accept(&mut context, &session, &body)?;
    reply(device_json(&device, false))
}

/// A code of the user's device. The first right one makes the device count.
async fn authenticate(call: Call) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let request = body.options.check()?;
    let device = accept(&mut context, &session, &body)?;
    reply(finish_factor(&mut context, &session, Proof::Factor(device.id), &request)?)
}

/// MFADevice.
pub(super) fn device_json(device: &TotpDevice, default: bool) -> serde_json::Value {
    json!({
        "id": device.id,
        "type": "totp",
        "verified": device.verified_at.is_some(),
        "createdAt": iso(device.created_at),
        "verifiedAt": device.verified_at.map(iso),
        "default": default,
    })
}

fn accept(context: &mut Context<'_>, session: &Session, body: &CodeBody) -> Result<TotpDevice, ApiError> {
    let (now, codes) = (context.now, context.policy.mfa.totp_codes);
    let trace = context.call.trace.clone();
    let user = context.user(session.user_id)?;
    if let Some(seconds) = user.mfa_attempts.blocked_for(now) {
        trace.failed("totp", "too many wrong codes");
        return Err(ApiError::mfa_rate_limited(seconds));
    }
    let wanted = body.id.as_deref().map(|id| Uuid::try_parse(id).unwrap_or_default());
    let device = user.totp.as_mut().filter(|device| wanted.is_none_or(|id| id == device.id));
    let device =
        device.ok_or_else(|| ApiError::unprocessable("mfa_device_not_found", "No such TOTP device"))?;
    if device.accept(&body.code, codes, now) {
        let device = device.clone();
        user.mfa_attempts.reset();
        trace.passed("totp", "");
        return Ok(device);
    }
    user.mfa_attempts.count_wrong(now);
    trace.failed("totp", "wrong or used code");
    Err(ApiError::unprocessable("mfa_invalid_code", "Wrong code"))
}

fn refuse_where_off(policy: &Policy) -> Result<(), ApiError> {
    if policy.mfa_enabled() && policy.mfa.methods.contains(&MfaMethod::Totp) {
        return Ok(());
    }
    Err(ApiError::plain(axum::http::StatusCode::FORBIDDEN, "MFA is not enabled for this environment"))
}

/// The label in the authenticator app; a colon would end it.
fn account_of(user: &User) -> String {
    user.name().replace(':', " ")
}
