//! `users/mfa/auth/email`: a code by e-mail as a second factor.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;

use super::elevation::Proof;
use super::factor::{FactorOptions, finish_factor};
use super::{ApiResult, Call, otp, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::outbox::Channel;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/users/mfa/auth/email", post(authenticate))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeBody {
    #[serde(rename = "verificationUUID")]
    verification_uuid: String,
    verification_token: String,
    #[serde(flatten)]
    options: FactorOptions,
}

/// A code that was sent to the address of the user's MFA device.
async fn authenticate(call: Call) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let request = body.options.check()?;
    let policy = context.policy.clone();
    let device = context.user(session.user_id)?.offered_email(&policy).cloned();
    let device =
        device.ok_or_else(|| ApiError::unprocessable("mfa_device_not_found", "No e-mail MFA device"))?;
    let open = otp::find(&context, Channel::Email, &body.verification_uuid)?;
    if open.contact != device.contact {
        call.trace.failed("code", "sent to another address");
        return Err(otp::unknown_verification(Channel::Email));
    }
    otp::redeem(&mut context, Channel::Email, &body.verification_uuid, &body.verification_token)?;
    reply(finish_factor(&mut context, &session, Proof::Factor(device.id), &request)?)
}
