//! `users/passkeys/signin`: sign-in by a discoverable passkey.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::Value;
use uuid::Uuid;

use super::passkeys::{refusal, unknown_challenge, verify_assertion};
use super::sign_in::{SignInOptions, SignedIn, sign_in};
use super::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::passkeys::{ClaimedCredential, RelyingPartyError, claimed_credential};
use crate::policy::ProviderName;
use crate::state::Ceremony;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/users/passkeys/signin", get(options).post(signin))
}

async fn options(call: Call) -> ApiResult {
    let mut context = call.open();
    refuse_where_off(&context)?;
    let options = call.backend.relying_party.discoverable_options();
    let (options, pending) = options.map_err(|error| ApiError::internal(&error))?;
    let now = context.now;
    context.state.ceremonies.add(&options, Ceremony::SignIn(pending), now);
    reply(options)
}

async fn signin(call: Call) -> ApiResult {
    let body: Value = call.json()?;
    let sign_in_options: SignInOptions = call.json()?;
    let mut context = call.open();
    refuse_where_off(&context)?;
    let sign_in_options = sign_in_options.check(&context)?;
    let now = context.now;
    let Some(Ceremony::SignIn(pending)) = context.state.ceremonies.take(&body, now) else {
        return Err(unknown_challenge(&call));
    };
    let claimed = claimed_credential(&body).map_err(|error| refusal(&call, &error))?;
    let user_id =
        owner_of(&context, &claimed).ok_or_else(|| refusal(&call, &RelyingPartyError::UnknownCredential))?;
    let credential_id = verify_assertion(&mut context, user_id, &body, pending)?;
    let who = SignedIn { user_id, credential_id, new_user: false, mfa_passed: true };
    reply(sign_in(&mut context, &who, sign_in_options)?)
}

fn owner_of(context: &Context<'_>, claimed: &ClaimedCredential) -> Option<Uuid> {
    let has = |passkeys: &[crate::state::Passkey]| {
        passkeys.iter().any(|passkey| passkey.stored.credential_id() == claimed.credential_id)
    };
    context.state.users.values().find(|user| has(&user.passkeys)).map(|user| user.id)
}

fn refuse_where_off(context: &Context<'_>) -> Result<(), ApiError> {
    if context.policy.offers(ProviderName::Passkey) {
        return Ok(());
    }
    Err(ApiError::unprocessable("provider_not_available", "Passkey sign-in is switched off"))
}
