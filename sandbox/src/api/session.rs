//! `session`, `refresh`, `revoke`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::json;

use super::{ApiResult, Call, no_content, reply};
use crate::backend::Backend;
use crate::errors::ApiError;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/session", get(session))
        .route("/refresh", post(refresh))
        .route("/revoke", post(revoke))
}

async fn session(call: Call) -> ApiResult {
    call.open().session()?;
    reply(json!({}))
}

/// A new session of the same sign-in, until `refreshExp`.
async fn refresh(call: Call) -> ApiResult {
    let mut context = call.open();
    let old = context.session()?;
    if old.refreshable_until <= context.now {
        return Err(ApiError::unauthorized("Session can no longer be refreshed"));
    }
    let session = context.reissue(&old);
    reply(context.verify_response(&session, None)?)
}

async fn revoke(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.session()?;
    context.state.sessions.remove(&session.id);
    no_content()
}
