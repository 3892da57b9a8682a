//! `GET policy`, `PUT policy` (whole), `PATCH policy` (merge).

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::Value;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::policy::{Policy, PolicyError};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/policy", get(read).put(replace).patch(merge))
}

async fn read(call: Call) -> ApiResult {
    reply(call.backend.policy.get().to_json())
}

async fn replace(call: Call) -> ApiResult {
    let body: Value = call.json()?;
    install(&call, Policy::from_json(&body))
}

async fn merge(call: Call) -> ApiResult {
    let body: Value = call.json()?;
    install(&call, call.backend.policy.get().merged(&body))
}

fn install(call: &Call, policy: Result<Policy, PolicyError>) -> ApiResult {
    let policy = policy
        .map_err(|error| ApiError::coded(StatusCode::BAD_REQUEST, &error.to_string(), "policy_refused"))?;
    let answer = policy.to_json();
    call.backend.policy.set(policy);
    reply(answer)
}
