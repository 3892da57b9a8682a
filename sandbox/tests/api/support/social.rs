//! Trips to an OAuth provider, as the vendor's client makes them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Answer, App, Login};

pub(crate) const REDIRECT: &str = "https://app.example/back";

/// An authorization that was announced, and the address of the consent page.
#[derive(Debug, Clone)]
pub(crate) struct Trip {
    pub(crate) state: String,
    pub(crate) verifier: Option<String>,
    pub(crate) url: Url,
}

impl App {
    pub(crate) async fn with_providers(providers: &[&str]) -> Self {
        let listed: Vec<_> = providers.iter().map(|name| json!({ "provider": name })).collect();
        Self::with_policy(json!({ "providers": listed })).await
    }

    /// Announces a state and builds the address; with a session it belongs to its user.
    pub(crate) async fn begin_social(&self, provider: &str, login: Option<&Login>) -> Trip {
        let trip = self.trip(provider).await;
        let body = json!({ "state": trip.state, "redirectUrl": REDIRECT });
        let call = self.post(&format!("providers/{provider}/initAuth"), body);
        let call = match login {
            Some(login) => call.bearer(&login.token),
            None => call,
        };
        call.send().await.ok();
        trip
    }

    /// The address of the consent page by the settings, for a state that was not announced yet.
    pub(crate) async fn trip(&self, provider: &str) -> Trip {
        let settings = self.get("settings").send().await.ok();
        let listed = settings["providers"].as_array().unwrap().iter();
        let listed = listed.clone().find(|one| one["provider"] == provider).unwrap().clone();
        let text = |name: &str| listed[name].as_str().unwrap_or_else(|| panic!("{name}: {listed}"));
        let base = match provider {
            "shopify" => text("baseAuthUrl").replace("{{shopifyStore}}", text("shopifyStore")),
            _ => text("baseAuthUrl").to_owned(),
        };
        let mut url = Url::parse(&base).unwrap();
        let state = random(16);
        let client = if provider == "tiktok" { "client_key" } else { "client_id" };
        url.query_pairs_mut()
            .append_pair(client, text("clientId"))
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", text("redirectUrl"))
            .append_pair("scope", text("scopes"))
            .append_pair("state", &state);
        let extra = match provider {
            "google" => Some(("access_type", "offline")),
            "apple" => Some(("response_mode", "form_post")),
            _ => None,
        };
        url.query_pairs_mut().extend_pairs(extra);
        let verifier = matches!(provider, "github" | "twitter").then(|| random(32));
        if let Some(verifier) = &verifier {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            url.query_pairs_mut()
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
        }
        Trip { state, verifier, url }
    }

    /// The user consents.
    pub(crate) async fn try_approve(&self, url: &Url, account: Value) -> Answer {
        let body = json!({ "authorizationUrl": url, "account": account });
        self.control(Method::POST, "oauth/approve").json(body).send().await
    }

    /// Consents and answers the body of `signIn` and `verify`.
    pub(crate) async fn approved(&self, trip: &Trip, account: Value, extra: Value) -> Value {
        let approved = self.try_approve(&trip.url, account).await.ok();
        assert_eq!(approved["state"], trip.state);
        let mut body = json!({ "state": trip.state, "code": approved["code"] });
        if let Some(verifier) = &trip.verifier {
            body["codeVerifier"] = verifier.clone().into();
        }
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    }

    pub(crate) async fn social_signin(&self, provider: &str, body: Value) -> Answer {
        self.post(&format!("providers/{provider}/signIn"), body).signed().await.send().await
    }

    /// The whole sign-in.
    pub(crate) async fn sign_in_by(&self, provider: &str, account: Value) -> Login {
        let trip = self.begin_social(provider, None).await;
        let body = self.approved(&trip, account, json!({})).await;
        Login::from_answer(self.social_signin(provider, body).await.ok())
    }

    /// The whole trip of a signed-in user.
    pub(crate) async fn verify_social(
        &self,
        login: &Login,
        provider: &str,
        account: Value,
        scopes: &[&str],
        elevated: Option<&str>,
    ) -> Answer {
        let trip = self.begin_social(provider, Some(login)).await;
        let extra = if scopes.is_empty() { json!({}) } else { json!({ "requestedScopes": scopes }) };
        let body = self.approved(&trip, account, extra).await;
        let call = self.post(&format!("providers/{provider}/verify"), body).bearer(&login.token);
        match elevated {
            Some(token) => call.elevated(token).send().await,
            None => call.send().await,
        }
    }
}

/// The `oauth` credentials of an answer's user.
pub(crate) fn social_credentials(answer: &Value) -> Vec<Value> {
    let all = answer["user"]["verifiedCredentials"].as_array().unwrap();
    all.iter().filter(|credential| credential["format"] == "oauth").cloned().collect()
}

fn random(bytes: usize) -> String {
    URL_SAFE_NO_PAD.encode((0..bytes).map(|_| rand::random()).collect::<Vec<u8>>())
}
