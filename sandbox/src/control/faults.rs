//! `POST faults`, `DELETE faults`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde_json::json;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::faults::FaultRule;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/faults", post(add).delete(clear))
}

async fn add(call: Call) -> ApiResult {
    let rule: FaultRule = call.json()?;
    call.backend.faults.add(rule);
    reply(json!({}))
}

async fn clear(call: Call) -> ApiResult {
    call.backend.faults.clear();
    reply(json!({}))
}
