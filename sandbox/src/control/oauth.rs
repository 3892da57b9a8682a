//! `POST oauth/approve` and `oauth/deny`: the user on the consent page, without a browser.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::refused;
use crate::api::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::oauth::{AuthorizationRequest, OAuthProvider, RequestError, check, parameters};
use crate::state::{Authorization, Contact, ProviderAccount};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/oauth/approve", post(approve)).route("/oauth/deny", post(deny))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Approval {
    authorization_url: Url,
    account: Account,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    id: String,
    email: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Denial {
    authorization_url: Url,
    error: Option<String>,
}

async fn approve(call: Call) -> ApiResult {
    let body: Approval = call.json()?;
    let mut context = call.open();
    let (provider, request) = requested(&mut context, &body.authorization_url).map_err(|e| refused(&e))?;
    let account = account(&provider, body.account)?;
    let now = context.now;
    let state = request.state.clone();
    let authorization = undecided(&mut context, &provider, &request)?;
    let code = authorization.approve(account, request.challenge, now);
    reply(json!({ "redirectUrl": authorization.app_redirect(), "code": code, "state": state }))
}

async fn deny(call: Call) -> ApiResult {
    let body: Denial = call.json()?;
    let mut context = call.open();
    let (provider, request) = requested(&mut context, &body.authorization_url).map_err(|e| refused(&e))?;
    let authorization = undecided(&mut context, &provider, &request)?;
    authorization.refuse(body.error.as_deref().unwrap_or("access_denied"));
    reply(json!({ "redirectUrl": authorization.app_redirect(), "state": request.state }))
}

/// The same checks as on the page.
fn requested(
    context: &mut Context<'_>,
    authorization_url: &Url,
) -> Result<(OAuthProvider, AuthorizationRequest), RequestError> {
    let provider = OAuthProvider::at(&context.policy, &context.call.backend.url, authorization_url);
    let provider = provider.ok_or(RequestError::Endpoint)?;
    let parameters = parameters(authorization_url.query().unwrap_or_default());
    let request = check(&provider, &parameters, &mut context.state.authorizations, context.now)?;
    Ok((provider, request))
}

fn undecided<'a>(
    context: &'a mut Context<'_>,
    provider: &OAuthProvider,
    request: &AuthorizationRequest,
) -> Result<&'a mut Authorization, ApiError> {
    let now = context.now;
    let found = context.state.authorizations.undecided(provider.name, &request.state, now);
    found.map_err(|error| refused(&error))
}

fn account(provider: &OAuthProvider, given: Account) -> Result<ProviderAccount, ApiError> {
    if given.id.trim().is_empty() {
        return Err(refused(&"`account.id` is empty"));
    }
    let email = match given.email.as_deref() {
        Some(address) => {
            let contact = Contact::email(address);
            Some(contact.ok_or_else(|| refused(&"`account.email` is not an e-mail address"))?.address())
        }
        None => None,
    };
    Ok(ProviderAccount { provider: provider.name, id: given.id, email, display_name: given.name })
}
