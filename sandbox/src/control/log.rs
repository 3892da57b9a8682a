//! `GET log`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::json;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/log", get(exchanges))
}

async fn exchanges(call: Call) -> ApiResult {
    reply(json!({ "exchanges": call.backend.log.exchanges() }))
}
