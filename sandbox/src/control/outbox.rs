//! `GET outbox`.

use std::sync::Arc;

use axum::Router;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::routing::get;
use serde_json::json;

use super::refused;
use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::outbox::MessageFilter;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/outbox", get(messages))
}

async fn messages(filter: Result<Query<MessageFilter>, QueryRejection>, call: Call) -> ApiResult {
    let Query(filter) = filter.map_err(|rejection| refused(&rejection.body_text()))?;
    reply(json!({ "messages": call.backend.outbox.messages(&filter) }))
}
