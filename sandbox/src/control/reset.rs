//! `POST reset`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde_json::json;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/reset", post(reset))
}

async fn reset(call: Call) -> ApiResult {
    call.backend.reset();
    reply(json!({}))
}
