//! `POST external-jwt`: an assertion as the app's own backend would sign it, and the keys that verify it.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;

const DEFAULT_LIFE_SECONDS: i64 = 300;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/external-jwt", post(sign)).route("/external-jwks", get(jwks))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assertion {
    sub: String,
    email: Option<String>,
    scope: Option<String>,
    single_use: Option<bool>,
    jti: Option<String>,
    expires_in_seconds: Option<i64>,
}

async fn sign(call: Call) -> ApiResult {
    let body: Assertion = call.json()?;
    let backend = &call.backend;
    let now = backend.clock.now_utc().unix_timestamp();
    let mut claims = json!({
        "iss": backend.assertions.issuer(),
        "aud": backend.environment_id,
        "sub": body.sub,
        "jti": body.jti.unwrap_or_else(|| Uuid::new_v4().to_string()),
        "iat": now,
        "exp": now.saturating_add(body.expires_in_seconds.unwrap_or(DEFAULT_LIFE_SECONDS)),
    });
    let optional: [(&str, Option<Value>); 3] = [
        ("email", body.email.map(Into::into)),
        ("scope", body.scope.map(Into::into)),
        ("singleUse", body.single_use.map(Into::into)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            claims[name] = value;
        }
    }
    let jwt = backend.assertions.sign(&claims).map_err(|error| ApiError::internal(&error))?;
    reply(json!({ "jwt": jwt }))
}

async fn jwks(call: Call) -> ApiResult {
    reply(json!(call.backend.assertions.jwks()))
}
