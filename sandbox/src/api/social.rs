//! `providers/{provider}/*`: social sign-in, linking and step-up by OAuth.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::elevation::{Proof, finish_verification};
use super::merge::merge_offer;
use super::otp::refuse_without_captcha;
use super::sign_in::{SignInOptions, SignedIn, sign_in};
use super::{ApiResult, Call, Context, no_content, reply};
use crate::backend::Backend;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::oauth::{OAuthProvider, is_redirect_allowed};
use crate::policy::ProviderName;
use crate::scopes;
use crate::state::{
    Authorization, Contact, Outcome, ProviderAccount, Redemption, Session, SocialCredential, User,
};

/// What native apps may append to the state, followed by the redirect.
const STATE_REDIRECT: &str = "_client-redirect:";

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/providers/{provider}/initAuth", post(begin))
        .route("/providers/{provider}/oauthResult", post(result))
        .route("/providers/{provider}/signIn", post(signin))
        .route("/providers/{provider}/verify", post(verify))
}

#[derive(Deserialize)]
struct Named {
    provider: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begin {
    state: String,
    redirect_url: Option<String>,
    sso_provider_id: Option<String>,
}

/// Announces a state and where the app waits for the answer. With a session, only its user can redeem it by
/// `verify`.
async fn begin(Path(path): Path<Named>, call: Call) -> ApiResult {
    let body: Begin = call.json()?;
    let mut context = call.open();
    let provider = available(&context, &path.provider, body.sso_provider_id.as_deref())?;
    if body.state.trim().is_empty() {
        return Err(ApiError::malformed("`state` is empty"));
    }
    let presented = call.headers.contains_key(header::AUTHORIZATION);
    let user_id = if presented { context.session().ok().map(|session| session.user_id) } else { None };
    let authorization = Authorization {
        provider,
        redirect_url: redirect(&context, &body)?,
        state: body.state,
        user_id,
        started_at: context.now,
        outcome: Outcome::Pending,
    };
    context.state.authorizations.start(authorization).map_err(|error| refusal(&call, &error.to_string()))?;
    no_content()
}

#[derive(Deserialize)]
struct Poll {
    state: String,
}

/// The older way back to an app: it asks until the user has decided.
async fn result(Path(path): Path<Named>, call: Call) -> ApiResult {
    let body: Poll = call.json()?;
    let context = call.open();
    let provider = available(&context, &path.provider, None)?;
    let found = context.state.authorizations.get(provider, &body.state);
    match found.map(|authorization| &authorization.outcome) {
        Some(Outcome::Pending) => reply(json!({ "status": "pending" })),
        Some(Outcome::Approved { code, .. }) => reply(json!({ "status": "completed", "code": code })),
        Some(Outcome::Refused { error, .. }) => reply(json!({ "status": "completed", "error": error })),
        Some(Outcome::Redeemed) | None => Err(refusal(&call, "unknown or used state")),
    }
}

/// Body of `signIn` and `verify`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    state: String,
    code: Option<String>,
    code_verifier: Option<String>,
    captcha_token: Option<String>,
    sso_provider_id: Option<String>,
    #[serde(flatten)]
    options: SignInOptions,
}

/// The account opens a session, for a new user if nobody has it.
async fn signin(Path(path): Path<Named>, call: Call) -> ApiResult {
    let body: Answer = call.json()?;
    let mut context = call.open();
    let provider = available(&context, &path.provider, body.sso_provider_id.as_deref())?;
    refuse_without_captcha(&context, body.captcha_token.as_deref())?;
    let options = body.options.clone().check(&context)?;
    let account = redeem(&mut context, provider, &body, None)?;
    let who = user_of(&mut context, account)?;
    reply(sign_in(&mut context, &who, options)?)
}

/// A step-up with a linked account, or the linking of another one.
async fn verify(Path(path): Path<Named>, call: Call) -> ApiResult {
    let body: Answer = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let provider = available(&context, &path.provider, body.sso_provider_id.as_deref())?;
    let requested = scopes::parse_requested(body.options.requested_scopes.as_deref())?;
    let account = redeem(&mut context, provider, &body, Some(session.user_id))?;
    let owner = context.state.owner_of_account(provider, &account.id);
    let (credential, granted) = match owner {
        Some((user_id, credential)) if user_id == session.user_id => {
            refresh_account(&mut context, user_id, account)?;
            (credential, requested)
        }
        // An account that was linked just now proves nothing about who the user is.
        other => {
            let owner = other.map(|(user_id, _)| user_id);
            (link(&mut context, &session, account, owner, !requested.is_empty())?, Vec::new())
        }
    };
    reply(finish_verification(&mut context, &session, Proof::Credential(credential), &granted)?)
}

/// Links an account, with a token that grants it. Where a step-up was wanted the account is just the wrong
/// one, unless such a token says that linking is meant.
fn link(
    context: &mut Context<'_>,
    session: &Session,
    account: ProviderAccount,
    owner: Option<Uuid>,
    step_up: bool,
) -> Result<Uuid, ApiError> {
    if step_up && !context.policy.enforces_step_up() {
        return Err(match owner {
            Some(_) => taken(),
            None => refusal(context.call, "the account is not linked"),
        });
    }
    guard(context, session, Operation::LinkSocial)?;
    if let Some(owner) = owner {
        return Err(merge_offer(context, session, owner, taken()));
    }
    let credential = SocialCredential::new(account, context.now);
    let id = credential.id;
    context.user(session.user_id)?.social.push(credential);
    Ok(id)
}

/// The user with this account; made when there is none and nobody else has its address.
fn user_of(context: &mut Context<'_>, account: ProviderAccount) -> Result<SignedIn, ApiError> {
    if let Some((user_id, credential_id)) = context.state.owner_of_account(account.provider, &account.id) {
        refresh_account(context, user_id, account)?;
        return Ok(SignedIn { user_id, credential_id, new_user: false, mfa_passed: false });
    }
    refuse_known_address(context, &account)?;
    let now = context.now;
    let credential = SocialCredential::new(account, now);
    let credential_id = credential.id;
    let mut user = User::new(now);
    user.social.push(credential);
    let user_id = user.id;
    context.state.users.insert(user_id, user);
    Ok(SignedIn { user_id, credential_id, new_user: true, mfa_passed: false })
}

/// Name and address as the provider tells them today.
fn refresh_account(
    context: &mut Context<'_>,
    user_id: Uuid,
    account: ProviderAccount,
) -> Result<(), ApiError> {
    let linked = context.user(user_id)?.social.iter_mut();
    for social in linked.filter(|social| social.account.is(account.provider, &account.id)) {
        social.account = account.clone();
    }
    Ok(())
}

fn refuse_known_address(context: &Context<'_>, account: &ProviderAccount) -> Result<(), ApiError> {
    let Some(address) = &account.email else { return Ok(()) };
    let contact = Contact::Email(address.clone());
    let (code, login) = if context.state.owner_of(&contact).is_some() {
        ("user_has_already_account_with_email", json!("emailOnly"))
    } else if let Some(provider) = context.state.provider_of_email(address) {
        ("email_associated_with_different_provider", json!(provider))
    } else {
        return Ok(());
    };
    let error = "The address of the account belongs to a user who signs in another way";
    let payload: Value = json!({ "email": address, "loginProvider": login });
    Err(ApiError::unprocessable(code, error).with_payload(payload))
}

fn redeem(
    context: &mut Context<'_>,
    provider: ProviderName,
    body: &Answer,
    user_id: Option<Uuid>,
) -> Result<ProviderAccount, ApiError> {
    let presented = Redemption {
        provider,
        state: &body.state,
        code: body.code.as_deref().unwrap_or_default(),
        code_verifier: body.code_verifier.as_deref(),
        user_id,
    };
    let now = context.now;
    match context.state.authorizations.redeem(&presented, now) {
        Ok(account) => {
            context.call.trace.passed("oauth_code", "");
            Ok(account)
        }
        Err(error) => Err(refusal(context.call, &error.to_string())),
    }
}

/// The provider, if users can sign in with it here. SSO has providers of its own, and none is here.
fn available(context: &Context<'_>, name: &str, sso: Option<&str>) -> Result<ProviderName, ApiError> {
    let enabled = ProviderName::parse(name)
        .filter(|_| sso.is_none_or(str::is_empty))
        .and_then(|name| OAuthProvider::enabled(&context.policy, &context.call.backend.url, name));
    let off = || ApiError::unprocessable("provider_not_available", "This provider is not available");
    enabled.map(|provider| provider.name).ok_or_else(off)
}

/// Where the app waits: told, or appended to the state, else the app's own origin.
fn redirect(context: &Context<'_>, body: &Begin) -> Result<Url, ApiError> {
    let appended = body.state.split_once(STATE_REDIRECT).map(|(_, redirect)| redirect);
    let wanted = body.redirect_url.as_deref().or(appended);
    let url = Url::parse(wanted.unwrap_or(&context.call.backend.app_url)).ok();
    let allowed = |url: &Url| wanted.is_none() || is_redirect_allowed(&context.policy, url);
    url.filter(allowed).ok_or_else(|| {
        context.call.trace.failed("redirect_url", "not allowed");
        let error = "The redirect URL is not on the list of allowed ones";
        ApiError::unprocessable("unauthorized_mobile_deeplink_url", error)
    })
}

fn taken() -> ApiError {
    ApiError::unprocessable("social_account_already_exists", "The account belongs to another user")
}

fn refusal(call: &Call, reason: &str) -> ApiError {
    call.trace.failed("oauth_code", reason);
    ApiError::unprocessable("invalid_verification", &format!("The authorization was refused: {reason}"))
}
