//! The address of a provider's page (RFC 6749 §4.1.1, with each provider's particulars).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::Url;

use super::PendingBrowser;
use crate::{
    api::models::{ProviderSettings, Settings},
    config::is_loopback,
    error::{StepUpError, UnavailableReason},
};

/// What stands in Shopify's address for the shop.
const SHOPIFY_STORE: &str = "{{shopifyStore}}";

/// The page to open for a visit.
pub(super) fn url(
    settings: &Settings,
    pending: &PendingBrowser,
    allow_insecure_loopback: bool,
) -> Result<Url, StepUpError> {
    let provider = settings.providers.iter().find(|offered| offered.provider == pending.provider);
    let provider = provider.ok_or_else(|| {
        let reason = UnavailableReason::Unsupported;
        StepUpError::MethodUnavailable { reason, answer: None }
    })?;
    let mut url = page(provider, allow_insecure_loopback)?;
    let client_id = required(provider, "clientId", provider.client_id.as_deref())?;
    let redirect_uri = required(provider, "redirectUrl", provider.redirect_url.as_deref())?;
    let mut query = url.query_pairs_mut();
    query.append_pair(if provider.provider == "tiktok" { "client_key" } else { "client_id" }, client_id);
    query.append_pair("response_type", "code").append_pair("redirect_uri", redirect_uri);
    match provider.provider.as_str() {
        "google" => drop(query.append_pair("access_type", "offline")),
        "apple" => drop(query.append_pair("response_mode", "form_post")),
        _ => {}
    }
    if let Some(scopes) = provider.scopes.as_deref().filter(|scopes| !scopes.is_empty()) {
        query.append_pair("scope", scopes);
    }
    query.append_pair("state", pending.state.expose());
    if let Some(verifier) = &pending.code_verifier {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
    }
    drop(query);
    Ok(url)
}

fn page(provider: &ProviderSettings, allow_insecure_loopback: bool) -> Result<Url, StepUpError> {
    let mut text = required(provider, "baseAuthUrl", provider.base_auth_url.as_deref())?.to_owned();
    if text.contains(SHOPIFY_STORE) {
        let store = required(provider, "shopifyStore", provider.shopify_store.as_deref())?;
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        if !store.bytes().all(is_host) {
            return Err(wrong(provider, "shopifyStore"));
        }
        text = text.replace(SHOPIFY_STORE, store);
    }
    let url = Url::parse(&text).map_err(|_| wrong(provider, "baseAuthUrl"))?;
    let is_safe =
        url.scheme() == "https" || (url.scheme() == "http" && allow_insecure_loopback && is_loopback(&url));
    if is_safe && url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        Err(wrong(provider, "baseAuthUrl"))
    }
}

fn required<'a>(
    provider: &ProviderSettings,
    field: &str,
    value: Option<&'a str>,
) -> Result<&'a str, StepUpError> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| wrong(provider, field))
}

fn wrong(provider: &ProviderSettings, field: &str) -> StepUpError {
    StepUpError::InvalidConfiguration {
        field: format!("settings.providers[{}].{field}", provider.provider),
        reason: "is missing or cannot be used".into(),
    }
}
