//! `POST authenticators/{name}/create|get`: software authenticators for hosts that have none.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::passkeys::AuthenticatorError;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/authenticators/{name}/create", post(create))
        .route("/authenticators/{name}/get", post(get))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ceremony {
    origin: String,
    options: Value,
}

async fn create(Path(name): Path<String>, call: Call) -> ApiResult {
    let Ceremony { origin, options } = call.json()?;
    let credential = call.backend.authenticators.create(&name, &origin, &options).await;
    reply(credential.map_err(|error| refusal(&error))?)
}

async fn get(Path(name): Path<String>, call: Call) -> ApiResult {
    let Ceremony { origin, options } = call.json()?;
    let credential = call.backend.authenticators.get(&name, &origin, &options).await;
    reply(credential.map_err(|error| refusal(&error))?)
}

fn refusal(error: &AuthenticatorError) -> ApiError {
    ApiError::coded(StatusCode::BAD_REQUEST, &error.to_string(), error.code())
}
