//! `nonces`, and its old form `nonce`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::json;

use super::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;

const MAX_COUNT: usize = 100;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/nonces", get(many)).route("/nonce", get(one))
}

async fn many(call: Call) -> ApiResult {
    let count = match call.query.get("count") {
        None => 1,
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| (1..=MAX_COUNT).contains(count))
            .ok_or_else(|| ApiError::malformed("`count` must be between 1 and 100"))?,
    };
    let mut context = call.open();
    let now = context.now;
    let nonces: Vec<_> = (0..count).map(|_| context.state.nonces.issue(now)).collect();
    reply(json!({ "nonces": nonces }))
}

async fn one(call: Call) -> ApiResult {
    let mut context = call.open();
    let now = context.now;
    reply(json!({ "nonce": context.state.nonces.issue(now) }))
}
