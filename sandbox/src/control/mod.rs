//! The control API under `/sandbox/`: what a test or a sample app needs and no real environment offers.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;

use crate::backend::Backend;
use crate::errors::ApiError;

mod authenticators;
mod clock;
mod device_registrations;
mod external_jwt;
mod faults;
mod log;
mod oauth;
mod outbox;
mod policy;
mod protected;
mod reset;
mod wallets;

/// Plays the app's own backend, so it is logged.
pub(crate) const PROTECTED: &str = "/sandbox/protected";

/// All of the control API.
pub(crate) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .merge(authenticators::routes())
        .merge(clock::routes())
        .merge(device_registrations::routes())
        .merge(external_jwt::routes())
        .merge(faults::routes())
        .merge(log::routes())
        .merge(oauth::routes())
        .merge(outbox::routes())
        .merge(policy::routes())
        .merge(protected::routes())
        .merge(reset::routes())
        .merge(wallets::routes())
}

/// 400 `{error}` that names what is wrong.
fn refused(reason: &impl std::fmt::Display) -> ApiError {
    ApiError::plain(StatusCode::BAD_REQUEST, &reason.to_string())
}
