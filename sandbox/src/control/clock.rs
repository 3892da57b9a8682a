//! `GET clock`, `POST clock`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::clock::iso;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/clock", get(read).post(advance))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

async fn read(call: Call) -> ApiResult {
    reply(answer(&call))
}

async fn advance(call: Call) -> ApiResult {
    let body: Advance = call.json()?;
    call.backend.clock.advance(body.advance_seconds);
    reply(answer(&call))
}

fn answer(call: &Call) -> Value {
    let clock = &call.backend.clock;
    json!({ "now": iso(clock.now_utc()), "offsetSeconds": clock.offset_seconds() })
}
