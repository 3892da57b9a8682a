//! Refusals in the shapes of the API: `{error}`, `{error, code, payload?}` and the edge limiter's
//! `{message, code: 429}`. The two others (object-shaped 403, HTML) are produced by fault injection.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal, ready to be sent.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: Value,
    retry_after_seconds: Option<i64>,
}

impl ApiError {
    /// `{error}`: 400, 401, 403, 409, 500.
    pub(crate) fn plain(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "error": error }), retry_after_seconds: None }
    }

    /// `{error, code}`.
    pub(crate) fn coded(status: StatusCode, error: &str, code: &str) -> Self {
        Self { status, body: json!({ "error": error, "code": code }), retry_after_seconds: None }
    }

    /// 422 with a code of the contract's table.
    pub(crate) fn unprocessable(code: &str, error: &str) -> Self {
        Self::coded(StatusCode::UNPROCESSABLE_ENTITY, error, code)
    }

    /// 422 with what the app needs to go on.
    pub(crate) fn with_payload(mut self, payload: Value) -> Self {
        if let Some(body) = self.body.as_object_mut() {
            body.insert("payload".into(), payload);
        }
        self
    }

    /// 400: the request does not parse.
    pub(crate) fn malformed(reason: &str) -> Self {
        Self::plain(StatusCode::BAD_REQUEST, &format!("Bad request: {reason}"))
    }

    /// 401: no live session.
    pub(crate) fn unauthorized(reason: &str) -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, reason)
    }

    /// 401 of the device list for a device that is not registered. It has no `error`: that is what makes the
    /// vendor's client show an empty list, as it does against a real environment.
    pub(crate) fn no_registered_device() -> Self {
        let body = json!({ "message": "No registered device" });
        Self { status: StatusCode::UNAUTHORIZED, body, retry_after_seconds: None }
    }

    /// 403: the operation needs an elevated token that was not (validly) presented.
    pub(crate) fn elevation_required() -> Self {
        Self::coded(StatusCode::FORBIDDEN, "Elevated access token required", "elevated_access_token_required")
    }

    /// 403: the operation needs a token of action-based MFA that was not (validly) presented.
    pub(crate) fn mfa_token_required() -> Self {
        Self::coded(StatusCode::FORBIDDEN, "MFA token required", "mfa_token_required")
    }

    /// 403 for any other reason; never to be mistaken for step-up.
    pub(crate) fn insufficient_scope() -> Self {
        Self::plain(StatusCode::FORBIDDEN, "Insufficient scope permissions")
    }

    /// 404 with a code.
    pub(crate) fn not_found(code: &str, error: &str) -> Self {
        Self::coded(StatusCode::NOT_FOUND, error, code)
    }

    /// 429 as the edge limiter says it: numeric code, no `error`.
    pub(crate) fn rate_limited(retry_after_seconds: i64) -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            body: json!({ "message": "Rate limit exceeded", "code": 429 }),
            retry_after_seconds: Some(retry_after_seconds),
        }
    }

    /// 429 after too many wrong codes of a factor.
    pub(crate) fn mfa_rate_limited(retry_after_seconds: i64) -> Self {
        let error = "Too many wrong codes";
        let mut refusal = Self::coded(StatusCode::TOO_MANY_REQUESTS, error, "mfa_rate_limited");
        refusal.retry_after_seconds = Some(retry_after_seconds);
        refusal
    }

    /// 500: the sandbox itself failed.
    pub(crate) fn internal(reason: &impl std::fmt::Display) -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("Sandbox failure: {reason}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}
