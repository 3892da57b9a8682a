//! `stepUp/check`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::policy::Policy;
use crate::scopes;
use crate::state::{Session, User};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/stepUp/check", post(check))
}

#[derive(Debug, Deserialize)]
struct CheckBody {
    scope: String,
}

/// Whether the scope needs a step-up, and what the user can prove themselves with. A token that is already
/// held does not matter here: the answer is by policy.
async fn check(call: Call) -> ApiResult {
    let body: CheckBody = call.json()?;
    let mut context = call.open();
    let session = context.session()?;
    let scope = scopes::parse(&body.scope)?;
    let policy = context.policy.clone();
    if !scopes::is_required(&policy, scope) {
        return reply(json!({ "isRequired": false, "credentials": [] }));
    }
    let user = context.user(session.user_id)?;
    let (credentials, default) = match user.has_factor(&policy) {
        true => (factors(user, &policy), user.default_factor(&policy)),
        false => (reauthentication(user), default_credential(user, &session)),
    };
    let mut answer = json!({ "isRequired": true, "credentials": credentials });
    if let (Some(id), Some(fields)) = (default, answer.as_object_mut()) {
        fields.insert("defaultCredentialId".into(), json!(id));
    }
    reply(answer)
}

fn factors(user: &User, policy: &Policy) -> Vec<Value> {
    let totp =
        user.offered_totp(policy).map(|totp| json!({ "id": totp.id, "format": "totp", "type": "totp" }));
    let passkeys = user.offered_passkeys(policy).iter().map(|passkey| {
        let mut item = json!({ "id": passkey.id, "format": "passkey", "type": "passkey" });
        if let (Some(alias), Some(fields)) = (&passkey.alias, item.as_object_mut()) {
            fields.insert("alias".into(), alias.clone().into());
        }
        item
    });
    let email = user.offered_email(policy).map(|email| {
        let alias = email.contact.address();
        json!({ "id": user.email_factor, "format": "email", "type": "email", "alias": alias })
    });
    totp.into_iter().chain(email).chain(passkeys).collect()
}

fn reauthentication(user: &User) -> Vec<Value> {
    let contacts = user.credentials.iter();
    let contacts =
        contacts.map(|one| json!({ "id": one.id, "format": one.format(), "alias": one.contact.address() }));
    let external = user.external.iter();
    let external =
        external.map(|one| json!({ "id": one.id, "format": "externalUser", "alias": one.subject.clone() }));
    let wallets = user.wallets.iter();
    let wallets =
        wallets.map(|one| json!({ "id": one.id, "format": "blockchain", "alias": one.address.clone() }));
    let social = user.social.iter();
    let social = social.map(|one| json!({ "id": one.id, "format": "oauth", "alias": one.account.provider }));
    contacts.chain(external).chain(social).chain(wallets).collect()
}

/// The credential of the sign-in, else the first that proves anything.
fn default_credential(user: &User, session: &Session) -> Option<Uuid> {
    let contacts = user.credentials.iter().map(|credential| credential.id);
    let external = user.external.iter().map(|external| external.id);
    let wallets = user.wallets.iter().filter(|wallet| !wallet.is_embedded()).map(|wallet| wallet.id);
    let social = user.social.iter().map(|social| social.id);
    let ids: Vec<_> = contacts.chain(external).chain(social).chain(wallets).collect();
    ids.iter().find(|id| **id == session.signin_credential).or_else(|| ids.first()).copied()
}
