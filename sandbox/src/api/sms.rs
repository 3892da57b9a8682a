//! `smsVerifications/*`.

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
        .route("/smsVerifications/create", post(create))
        .route("/smsVerifications/retry", post(retry))
        .route("/smsVerifications/signin", post(signin))
        .route("/smsVerifications/verify", post(verify))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Number {
    phone_country_code: String,
    phone_number: String,
    iso_country_code: String,
    #[serde(default, rename = "verificationUUID")]
    verification_uuid: String,
    captcha_token: Option<String>,
}

impl Number {
    /// # Errors
    /// 422 `invalid_phone`, also for a country code with a plus sign.
    fn contact(&self) -> Result<Contact, ApiError> {
        Contact::phone(&self.phone_country_code, &self.phone_number, &self.iso_country_code).ok_or_else(
            || ApiError::unprocessable("invalid_phone", "This is not a phone number in its three parts"),
        )
    }
}

async fn create(call: Call) -> ApiResult {
    let body: Number = call.json()?;
    otp::create(&call, body.contact()?, body.captcha_token.as_deref())
}

async fn retry(call: Call) -> ApiResult {
    let body: Number = call.json()?;
    otp::retry(&call, &body.verification_uuid, &body.contact()?, body.captcha_token.as_deref())
}

async fn signin(call: Call) -> ApiResult {
    otp::signin(&call, Channel::Sms)
}

async fn verify(call: Call) -> ApiResult {
    otp::verify(&call, Channel::Sms)
}
