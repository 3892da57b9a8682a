//! The API under `/api/v0/sdk/{environmentId}`: one file per family of endpoints.

use std::sync::Arc;

use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};

pub(crate) use call::{ApiResult, Call, no_content, reply};
pub(crate) use context::Context;

use crate::backend::Backend;
use crate::device_signature;
use crate::errors::ApiError;
use crate::log::Trace;

mod answers;
mod call;
mod context;
mod elevation;
mod email;
mod jwks;
mod nonces;
mod otp;
mod session;
mod settings;
mod sign_in;
mod sms;
mod step_up;
mod totp;

/// Where the API lives.
pub(crate) const PREFIX: &str = "/api/v0/sdk/{environmentId}";

/// All endpoints, behind the checks that do not depend on the endpoint's own work.
pub(crate) fn routes(backend: &Arc<Backend>) -> Router<Arc<Backend>> {
    Router::new()
        .merge(email::routes())
        .merge(jwks::routes())
        .merge(nonces::routes())
        .merge(session::routes())
        .merge(settings::routes())
        .merge(sms::routes())
        .merge(step_up::routes())
        .merge(totp::routes())
        .layer(from_fn_with_state(Arc::clone(backend), admit))
}

/// Environment and device signature, before the endpoint is entered.
async fn admit(
    State(backend): State<Arc<Backend>>,
    Extension(trace): Extension<Trace>,
    path: MatchedPath,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let environment = backend.environment_id.to_string();
    if !parameters.iter().any(|(name, value)| name == "environmentId" && value == environment) {
        trace.failed("environment", "unknown environment id");
        return ApiError::not_found("environment_not_found", "Environment not found").into_response();
    }
    let template = path.as_str().strip_prefix(PREFIX).unwrap_or_default();
    if device_signature::is_signed(request.method(), template) {
        let now = backend.clock.now_utc();
        let checked = device_signature::check(request.headers(), &mut backend.state.lock().nonces, now);
        match checked {
            Ok(key) => {
                trace.passed("device_signature", "");
                request.extensions_mut().insert(key);
            }
            Err(error) => {
                trace.failed("device_signature", error.to_string());
                return ApiError::from(error).into_response();
            }
        }
    }
    next.run(request).await
}
