//! `POST protected`: plays the app's own backend. It knows the sandbox only by its key set.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use crate::api::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::enforcement::Presented;
use crate::errors::ApiError;
use crate::scopes;
use crate::state::Session;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/protected", post(protected))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guarded {
    scope: String,
}

/// 200, 401 without a live session, 403 without a token that serves.
async fn protected(call: Call) -> ApiResult {
    let body: Guarded = call.json()?;
    let scope = scopes::parse(&body.scope)?;
    let mut context = call.open();
    let session = context.session()?;
    refuse_open_duties(&mut context, &session)?;
    if context.policy.enforces_step_up() {
        let presented = Presented { headers: &call.headers, user_id: session.user_id, now: context.now };
        presented.spend(&call.backend.sessions, &mut context.state, &[scope], &call.trace)?;
    }
    reply(json!({ "ok": true, "userId": session.user_id, "scope": scope }))
}

/// A session that is not fully signed in may do nothing here.
fn refuse_open_duties(context: &mut Context<'_>, session: &Session) -> Result<(), ApiError> {
    let policy = context.policy.clone();
    let user = context.user(session.user_id)?;
    if session.needs_device(&policy) || session.needs_factor(user, &policy) {
        return Err(ApiError::insufficient_scope());
    }
    Ok(())
}
