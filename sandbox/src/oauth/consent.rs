//! The provider's consent page and the backend's callback.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use url::Url;

use super::pages::{self, PEOPLE};
use super::{AuthorizationRequest, OAuthProvider, RequestError, check, parameters};
use crate::api::{Call, Context};
use crate::backend::Backend;
use crate::policy::ProviderName;
use crate::state::{Authorization, Contact, ProviderAccount};

/// Below `/oauth`. Shopify's page belongs to one shop.
pub(crate) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/{provider}/authorize", get(show).post(decide))
        .route("/{provider}/{store}/authorize", get(show).post(decide))
        .route("/{provider}/callback", get(callback).post(callback_form))
}

#[derive(Deserialize)]
struct Page {
    provider: String,
    store: Option<String>,
}

async fn show(Path(page): Path<Page>, RawQuery(query): RawQuery, call: Call) -> Response {
    let mut context = call.open();
    match requested(&mut context, &page, query.as_deref()) {
        Ok((provider, _)) => pages::consent(&provider),
        Err(error) => pages::refusal(&error.to_string()),
    }
}

/// The user's decision; the request is checked again, as it comes again with the form.
async fn decide(Path(page): Path<Page>, RawQuery(query): RawQuery, call: Call) -> Response {
    let mut context = call.open();
    let (provider, request) = match requested(&mut context, &page, query.as_deref()) {
        Ok(checked) => checked,
        Err(error) => return pages::refusal(&error.to_string()),
    };
    let now = context.now;
    let form = call.form();
    let undecided = context.state.authorizations.undecided(provider.name, &request.state, now);
    let Ok(authorization) = undecided else { return pages::refusal("The request was answered before") };
    match field(&form, "decision") {
        "approve" => match chosen(provider.name, &form) {
            Some(account) => {
                authorization.approve(account, request.challenge, now);
            }
            None => return pages::refusal("Choose an account, or give an e-mail address"),
        },
        "" => return pages::refusal("The decision is missing"),
        error => authorization.refuse(error),
    }
    answer(&provider, authorization)
}

/// Hands the provider's answer to the callback, in the way this provider does it.
fn answer(provider: &OAuthProvider, authorization: &Authorization) -> Response {
    let fields = authorization.provider_answer();
    if provider.name == ProviderName::Apple {
        return pages::form_post(&provider.redirect_url, &fields);
    }
    match Url::parse(&provider.redirect_url) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(&fields);
            found(&url)
        }
        Err(error) => pages::refusal(&format!("`redirectUrl` of {}: {error}", provider.name)),
    }
}

async fn callback(Path(page): Path<Page>, RawQuery(query): RawQuery, call: Call) -> Response {
    returned(&call, &page, &parameters(query.as_deref().unwrap_or_default()))
}

async fn callback_form(Path(page): Path<Page>, call: Call) -> Response {
    returned(&call, &page, &call.form())
}

/// Sends the browser back to the app, if this is what the provider answered.
fn returned(call: &Call, page: &Page, answer: &[(String, String)]) -> Response {
    let context = call.open();
    let known = ProviderName::parse(&page.provider)
        .and_then(|name| context.state.authorizations.get(name, field(answer, "state")));
    let true_to = |authorization: &&Authorization| {
        let expected = authorization.provider_answer();
        !expected.is_empty() && expected.iter().all(|(name, value)| field(answer, name) == value)
    };
    match known.filter(true_to) {
        Some(authorization) => found(&authorization.app_redirect()),
        None => {
            call.trace.failed("oauth_callback", "not what the provider answered");
            pages::refusal("This is not an answer of the provider, or it was used before")
        }
    }
}

/// The provider that is asked, and the request if nothing is wrong with it.
fn requested(
    context: &mut Context<'_>,
    page: &Page,
    query: Option<&str>,
) -> Result<(OAuthProvider, AuthorizationRequest), RequestError> {
    let checked = ProviderName::parse(&page.provider)
        .and_then(|name| OAuthProvider::enabled(&context.policy, &context.call.backend.url, name))
        .filter(|provider| provider.shopify_store == page.store)
        .ok_or(RequestError::Endpoint)
        .and_then(|provider| {
            let parameters = parameters(query.unwrap_or_default());
            let request = check(&provider, &parameters, &mut context.state.authorizations, context.now)?;
            Ok((provider, request))
        });
    match &checked {
        Ok(_) => context.call.trace.passed("authorization_request", ""),
        Err(error) => context.call.trace.failed("authorization_request", error.to_string()),
    }
    checked
}

/// The typed address goes before the chosen account.
fn chosen(provider: ProviderName, form: &[(String, String)]) -> Option<ProviderAccount> {
    let typed = field(form, "email").trim();
    if !typed.is_empty() {
        let email = Contact::email(typed)?.address();
        return Some(ProviderAccount { provider, id: email.clone(), email: Some(email), display_name: None });
    }
    let person = PEOPLE.iter().find(|person| person.id == field(form, "account"))?;
    Some(ProviderAccount {
        provider,
        id: person.id.into(),
        email: Some(person.email.into()),
        display_name: Some(person.name.into()),
    })
}

fn field<'a>(fields: &'a [(String, String)], wanted: &str) -> &'a str {
    fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
}

fn found(url: &Url) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, url.as_str())]).into_response()
}
