//! `settings`: the policy as clients read it.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};

use super::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::clock::iso;
use crate::oauth::OAuthProvider;
use crate::policy::{
    Captcha, Enrollment, MfaMethod, Policy, ProfileField, Provider, ProviderName, TokenBehavior,
};
use crate::scopes;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/settings", get(settings))
}

async fn settings(call: Call) -> ApiResult {
    let policy = call.backend.policy.get();
    reply(json!({
        "environmentName": "sandbox",
        "general": { "displayName": "Stepup Sandbox", "supportEmail": "support@sandbox.example" },
        "chains": [],
        "kyc": fields(&policy, "standard"),
        "customFields": fields(&policy, "custom"),
        "providers": providers(&policy, &call.backend.url, &iso(call.backend.clock.now_utc())),
        "sdk": sdk(&policy),
        "security": security(&policy),
        "design": {},
    }))
}

fn fields(policy: &Policy, kind: &str) -> Vec<Value> {
    policy.profile_fields.iter().filter(|field| field.kind() == kind).map(ProfileField::to_json).collect()
}

fn sdk(policy: &Policy) -> Value {
    let social: Vec<_> = policy
        .providers
        .iter()
        .filter(|provider| provider.enabled && is_social(provider))
        .map(|provider| json!({ "provider": provider.provider, "enabled": true }))
        .collect();
    let email =
        if policy.offers(ProviderName::Email) { json!({ "signInProvider": "dynamic" }) } else { json!({}) };
    json!({
        "minApiVersion": policy.api_version,
        "emailSignIn": email,
        "socialSignIn": { "providers": social },
        "mobile": { "deeplinkUrlsEnabled": !policy.redirect_urls.is_empty() },
    })
}

fn security(policy: &Policy) -> Value {
    json!({
        "environmentLocked": false,
        "deviceRegistrationRequired": policy.device_registration,
        "jwtDuration": { "amount": policy.jwt_life_seconds.div_ceil(60), "unit": "minutes" },
        "auth": { "storage": ["localstorage"], "allowMultipleCredentialsForSignIn": true },
        "mfa": mfa(policy),
        "captcha": match &policy.captcha {
            Some(Captcha { provider, site_key }) => {
                json!({ "enabled": true, "provider": provider, "siteKey": site_key })
            }
            None => json!({ "enabled": false }),
        },
        "externalAuth": match &policy.external_issuer {
            Some(issuer) => {
                json!({ "enabled": true, "iss": issuer.iss, "aud": issuer.aud, "jwksUrl": issuer.jwks_url })
            }
            None => json!({ "enabled": true }),
        },
    })
}

fn mfa(policy: &Policy) -> Value {
    // Codes by e-mail are not documented as a factor: they are listed only where they are on.
    let email = policy.mfa.methods.contains(&MfaMethod::Email).then_some(MfaMethod::Email);
    let catalogue: Vec<_> = [MfaMethod::Totp, MfaMethod::Passkey].into_iter().chain(email).collect();
    let methods: Vec<_> = catalogue
        .iter()
        .map(|method| {
            let enabled = policy.mfa.methods.contains(method);
            json!({ "type": method, "enabled": enabled, "allowBackupCodes": true })
        })
        .collect();
    json!({
        "enabled": policy.mfa.session,
        "required": policy.mfa.enrollment != Enrollment::None,
        "enrollment": policy.mfa.enrollment,
        "methods": methods,
        "availableMethods": catalogue,
        "actions": actions(policy),
    })
}

fn actions(policy: &Policy) -> Vec<Value> {
    let each = policy.actions.iter();
    each.map(|action| {
        let terms = scopes::terms(policy, &[action.action.scope().into()]);
        let behavior = if terms.single_use { TokenBehavior::SingleUse } else { TokenBehavior::TimeBound };
        json!({
            "action": action.action,
            "required": action.required,
            "tokenBehavior": behavior,
            "tokenExpirySeconds": terms.life.whole_seconds(),
        })
    })
    .collect()
}

/// E-mail is called `dynamic` on the wire: the vendor sends it itself.
fn providers(policy: &Policy, url: &str, enabled_at: &str) -> Vec<Value> {
    let contacts =
        [(ProviderName::Email, "dynamic"), (ProviderName::Sms, "sms"), (ProviderName::Passkey, "passkey")];
    let on = contacts.into_iter().filter(|(provider, _)| policy.offers(*provider)).map(|(provider, name)| {
        let listed = policy.providers.iter().find(|listed| listed.provider == provider);
        let mut entry = listed.map_or_else(|| json!({}), |listed| json!(listed));
        entry["provider"] = name.into();
        entry
    });
    let social = policy.providers.iter().filter(|provider| provider.enabled && is_social(provider));
    on.chain(social.map(|provider| social_entry(policy, url, provider)))
        .map(|mut entry| {
            entry["enabledAt"] = enabled_at.into();
            entry
        })
        .collect()
}

/// What the policy leaves open is filled in with the sandbox's own consent page.
fn social_entry(policy: &Policy, url: &str, provider: &Provider) -> Value {
    let mut entry = json!(provider);
    if let Some(oauth) = OAuthProvider::enabled(policy, url, provider.provider) {
        entry["clientId"] = oauth.client_id.into();
        entry["baseAuthUrl"] = oauth.base_auth_url.into();
        entry["redirectUrl"] = oauth.redirect_url.into();
        entry["scopes"] = oauth.scopes.into();
        if let Some(store) = oauth.shopify_store {
            entry["shopifyStore"] = store.into();
        }
    }
    entry
}

fn is_social(provider: &Provider) -> bool {
    !matches!(provider.provider, ProviderName::Email | ProviderName::Sms | ProviderName::Passkey)
}
