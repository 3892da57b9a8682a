//! `.well-known/jwks` and `healthcheck`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::json;

use super::{ApiResult, Call, reply};
use crate::backend::Backend;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/.well-known/jwks", get(jwks)).route("/healthcheck", get(healthcheck))
}

async fn jwks(call: Call) -> ApiResult {
    reply(json!(call.backend.sessions.jwks()))
}

async fn healthcheck(_: Call) -> ApiResult {
    reply(json!({ "status": "OK" }))
}
