//! `externalAuth/signin` and `externalAuth/verify`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::elevation::grant;
use super::sign_in::{SignInOptions, SignedIn, sign_in};
use super::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::external_assertions::{Assertion, verify as verify_assertion};
use crate::scopes;
use crate::state::{Contact, Credential, ExternalIdentity, User};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/externalAuth/signin", post(signin)).route("/externalAuth/verify", post(verify))
}

#[derive(Deserialize)]
struct AssertionBody {
    jwt: String,
    #[serde(flatten)]
    options: SignInOptions,
}

async fn signin(call: Call) -> ApiResult {
    let body: AssertionBody = call.json()?;
    let assertion = verified(&call, &body.jwt).await?;
    let mut context = call.open();
    let options = body.options.check(&context)?;
    let who = user_of(&mut context, &assertion)?;
    reply(sign_in(&mut context, &who, options)?)
}

/// An elevated token and nothing else; the session stays. The assertion's `jti` serves once.
async fn verify(call: Call) -> ApiResult {
    let body: AssertionBody = call.json()?;
    let assertion = verified(&call, &body.jwt).await?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let scopes: Vec<String> =
        assertion.scope.as_deref().unwrap_or_default().split_whitespace().map(Into::into).collect();
    let scopes = scopes::parse_requested(Some(&scopes))?;
    let user = context.user(session.user_id)?;
    let named = user.id.to_string() == assertion.sub
        || user.external.iter().any(|external| external.subject == assertion.sub);
    if !named {
        return Err(refusal(&call, "`sub` is not the signed-in user"));
    }
    let Some(jti) = assertion.jti else { return Err(refusal(&call, "`jti` is missing")) };
    if !context.state.spent_assertions.insert(jti) {
        return Err(refusal(&call, "`jti` was used before"));
    }
    let mut terms = scopes::terms(&context.policy, &scopes);
    terms.single_use = assertion.single_use.unwrap_or(terms.single_use);
    reply(json!({ "elevatedAccessToken": grant(&context, &session, &scopes, terms)? }))
}

async fn verified(call: &Call, jwt: &str) -> Result<Assertion, ApiError> {
    let (policy, now) = (call.backend.policy.get(), call.backend.clock.now_utc());
    let verified = verify_assertion(&call.backend, policy.external_issuer.as_ref(), now, jwt).await;
    match verified {
        Ok(assertion) => {
            call.trace.passed("external_assertion", "");
            Ok(assertion)
        }
        Err(reason) => Err(refusal(call, &reason)),
    }
}

/// The user with this subject; made when there is none, with the asserted address as a credential.
fn user_of(context: &mut Context<'_>, assertion: &Assertion) -> Result<SignedIn, ApiError> {
    let known = context.state.users.values().find_map(|user| {
        let external = user.external.iter().find(|external| external.subject == assertion.sub)?;
        Some((user.id, external.id))
    });
    if let Some((user_id, credential_id)) = known {
        return Ok(SignedIn { user_id, credential_id, new_user: false, mfa_passed: false });
    }
    let email = assertion.email.as_deref().and_then(Contact::email);
    if email.as_ref().is_some_and(|contact| context.state.owner_of(contact).is_some()) {
        let error = "The address belongs to a user who signs in another way";
        return Err(ApiError::unprocessable("user_has_already_account_with_email", error));
    }
    let now = context.now;
    let external = ExternalIdentity::new(&assertion.sub, now);
    let credential_id = external.id;
    let mut user = User::new(now);
    user.credentials.extend(email.map(|contact| Credential::new(contact, now)));
    user.external.push(external);
    let user_id = user.id;
    context.state.users.insert(user_id, user);
    Ok(SignedIn { user_id, credential_id, new_user: true, mfa_passed: false })
}

fn refusal(call: &Call, reason: &str) -> ApiError {
    call.trace.failed("external_assertion", reason);
    ApiError::unprocessable("invalid_external_auth", &format!("The assertion was refused: {reason}"))
}
