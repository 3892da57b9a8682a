//! `users/mfa/recovery` and `users/mfa/auth/recovery`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::elevation::Proof;
use super::factor::{FactorOptions, finish_factor};
use super::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::state::RecoveryCodes;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/users/mfa/recovery", get(show).post(regenerate))
        .route("/users/mfa/auth/recovery", post(authenticate))
}

/// The codes, made at the first look; refused once they were acknowledged.
async fn show(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let recovery = context.user(session.user_id)?.recovery.get_or_insert_with(RecoveryCodes::generate);
    if recovery.acknowledged {
        return Err(ApiError::unprocessable("mfa_invalid_request", "The recovery codes were acknowledged"));
    }
    reply(codes_json(recovery))
}

/// Ten new codes; the old ones are void and the new ones wait to be acknowledged.
async fn regenerate(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let recovery = context.user(session.user_id)?.recovery.insert(RecoveryCodes::generate());
    reply(codes_json(recovery))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeBody {
    code: String,
    #[serde(flatten)]
    options: FactorOptions,
}

async fn authenticate(call: Call) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let request = body.options.check()?;
    let now = context.now;
    let user = context.user(session.user_id)?;
    if let Some(seconds) = user.mfa_attempts.blocked_for(now) {
        call.trace.failed("recovery_code", "too many wrong codes");
        return Err(ApiError::mfa_rate_limited(seconds));
    }
    if !user.recovery.as_mut().is_some_and(|recovery| recovery.redeem(&body.code)) {
        user.mfa_attempts.count_wrong(now);
        call.trace.failed("recovery_code", "wrong or used code");
        return Err(ApiError::unprocessable("mfa_invalid_code", "Wrong or used recovery code"));
    }
    user.mfa_attempts.reset();
    call.trace.passed("recovery_code", "");
    reply(finish_factor(&mut context, &session, Proof::RecoveryCode, &request)?)
}

fn codes_json(recovery: &RecoveryCodes) -> Value {
    json!({ "count": recovery.codes.len(), "recoveryCodes": recovery.codes })
}
