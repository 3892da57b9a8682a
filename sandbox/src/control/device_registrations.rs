//! `POST device-registrations`: a registration link without a mail.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::refused;
use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::device_registration::issue_link;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/device-registrations", post(create))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ForUser {
    user_id: Uuid,
}

async fn create(call: Call) -> ApiResult {
    let body: ForUser = call.json()?;
    let mut state = call.backend.state.lock();
    if !state.users.contains_key(&body.user_id) {
        return Err(refused(&format!("no user `{}`", body.user_id)));
    }
    let link = issue_link(&call.backend, &mut state, body.user_id, call.backend.clock.now_utc());
    reply(json!({ "token": link.token, "link": link.link }))
}
