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
mod contact_linking;
mod context;
mod devices;
mod elevation;
mod email;
mod external_auth;
mod factor;
mod jwks;
mod merge;
mod mfa;
mod mfa_email;
mod nonces;
mod otp;
mod passkey_sign_in;
mod passkeys;
mod profile;
mod recovery;
mod session;
mod settings;
mod sign_in;
mod sms;
mod social;
mod step_up;
mod totp;
mod unlink;
mod users;
mod wallet_proof;
mod wallets;

/// Where the API lives.
pub(crate) const PREFIX: &str = "/api/v0/sdk/{environmentId}";

/// All endpoints, behind the checks that do not depend on the endpoint's own work.
pub(crate) fn routes(backend: &Arc<Backend>) -> Router<Arc<Backend>> {
    Router::new()
        .merge(devices::routes())
        .merge(email::routes())
        .merge(external_auth::routes())
        .merge(jwks::routes())
        .merge(merge::routes())
        .merge(mfa::routes())
        .merge(mfa_email::routes())
        .merge(nonces::routes())
        .merge(passkey_sign_in::routes())
        .merge(passkeys::routes())
        .merge(recovery::routes())
        .merge(session::routes())
        .merge(settings::routes())
        .merge(sms::routes())
        .merge(social::routes())
        .merge(step_up::routes())
        .merge(totp::routes())
        .merge(unlink::routes())
        .merge(users::routes())
        .merge(wallets::routes())
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
