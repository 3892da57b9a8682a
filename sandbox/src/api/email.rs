//! `emailVerifications/*`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;

use super::otp;
use super::{ApiResult, Call};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::outbox::Channel;
use crate::state::Contact;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/emailVerifications/create", post(create))
        .route("/emailVerifications/retry", post(retry))
        .route("/emailVerifications/signin", post(signin))
        .route("/emailVerifications/verify", post(verify))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    email: Option<String>,
    #[serde(default, rename = "verificationUUID")]
    verification_uuid: String,
    captcha_token: Option<String>,
}

impl Address {
    fn contact(&self) -> Result<Contact, ApiError> {
        parse(self.email.as_deref())
    }
}

/// # Errors
/// 422 `email_cannot_be_null`, `invalid_email`.
pub(super) fn parse(address: Option<&str>) -> Result<Contact, ApiError> {
    let address = address
        .ok_or_else(|| ApiError::unprocessable("email_cannot_be_null", "An e-mail address is needed"))?;
    Contact::email(address)
        .ok_or_else(|| ApiError::unprocessable("invalid_email", "This is not an e-mail address"))
}

async fn create(call: Call) -> ApiResult {
    let body: Address = call.json()?;
    otp::create(&call, body.contact()?, body.captcha_token.as_deref())
}

async fn retry(call: Call) -> ApiResult {
    let body: Address = call.json()?;
    otp::retry(&call, &body.verification_uuid, &body.contact()?, body.captcha_token.as_deref())
}

async fn signin(call: Call) -> ApiResult {
    otp::signin(&call, Channel::Email)
}

async fn verify(call: Call) -> ApiResult {
    otp::verify(&call, Channel::Email)
}
