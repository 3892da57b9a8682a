//! `POST protected`: plays the app's own backend. It knows the sandbox only by its key set.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::api::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::enforcement::Presented;
use crate::errors::ApiError;
use crate::mfa_tokens;
use crate::policy::ActionName;
use crate::scopes;
use crate::state::Session;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/protected", post(protected))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guarded {
    scope: Option<String>,
    action: Option<ActionName>,
}

/// 200, 401 without a live session, 403 without a token that serves.
async fn protected(call: Call) -> ApiResult {
    match call.json()? {
        Guarded { scope: Some(scope), action: None } => by_scope(&call, scopes::parse(&scope)?),
        Guarded { scope: None, action: Some(action) } => by_action(&call, action),
        _ => Err(refused(&"either `scope` or `action` is needed")),
    }
}

fn by_scope(call: &Call, scope: &str) -> ApiResult {
    let mut context = call.open();
    let session = context.session()?;
    refuse_open_duties(&mut context, &session)?;
    if context.policy.enforces_step_up() {
        demand_elevation(&mut context, &session, scope)?;
    }
    reply(json!({ "ok": true, "userId": session.user_id, "scope": scope }))
}

/// As of old, where actions are protected and not scopes.
fn by_action(call: &Call, action: ActionName) -> ApiResult {
    let mut context = call.open();
    let session = context.session()?;
    refuse_open_duties(&mut context, &session)?;
    let policy = context.policy.clone();
    if policy.enforces_step_up() {
        if scopes::is_required(&policy, action.scope()) {
            demand_elevation(&mut context, &session, action.scope())?;
        }
    } else if mfa_tokens::is_protected(&policy, context.user(session.user_id)?, action) {
        mfa_tokens::spend(&mut context, &session)?;
    }
    reply(json!({ "ok": true, "userId": session.user_id, "action": action }))
}

fn demand_elevation(context: &mut Context<'_>, session: &Session, scope: &str) -> Result<(), ApiError> {
    let call = context.call;
    let presented = Presented { headers: &call.headers, user_id: session.user_id, now: context.now };
    presented.spend(&call.backend.sessions, &mut context.state, &[scope], &call.trace)
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
