//! The steps that many tests begin with.

use base64::Engine;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{Answer, App, Call, ORIGIN};

/// A signed-in user.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) token: String,
    pub(crate) answer: Value,
}

impl Login {
    #[track_caller]
    pub(crate) fn from_answer(answer: Value) -> Self {
        let token = answer["minifiedJwt"].as_str().unwrap().to_owned();
        Self { token, answer }
    }

    pub(crate) fn user_id(&self) -> &str {
        self.answer["user"]["id"].as_str().unwrap()
    }

    /// The elevated token of the last answer.
    #[track_caller]
    pub(crate) fn elevated(&self) -> String {
        self.answer["elevatedAccessToken"].as_str().unwrap_or_else(|| panic!("{}", self.answer)).to_owned()
    }
}

impl App {
    /// Sends a code and answers its verification id.
    pub(crate) async fn send_email(&self, email: &str) -> String {
        let sent = self.post("emailVerifications/create", json!({ "email": email })).send().await.ok();
        sent["verificationUUID"].as_str().unwrap().to_owned()
    }

    /// The body with the right code for an address.
    pub(crate) fn code_body(&self, id: &str, to: &str, extra: Value) -> Value {
        let mut body = json!({ "verificationUUID": id, "verificationToken": self.code(to) });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Login {
        self.sign_in_with(email, json!({})).await
    }

    /// Signs in by e-mail with more in the body.
    pub(crate) async fn sign_in_with(&self, email: &str, extra: Value) -> Login {
        let id = self.send_email(email).await;
        let body = self.code_body(&id, email, extra);
        Login::from_answer(self.post("emailVerifications/signin", body).signed().await.send().await.ok())
    }

    /// Steps up by e-mail: the session of the answer replaces the old one.
    pub(crate) async fn verify_email(&self, login: &Login, email: &str, scopes: &[&str]) -> Login {
        let id = self.send_email(email).await;
        let body = self.code_body(&id, email, json!({ "requestedScopes": scopes }));
        let call = self.post("emailVerifications/verify", body).bearer(&login.token);
        Login::from_answer(call.signed().await.send().await.ok())
    }

    /// Enrols TOTP by way of an e-mail step-up; answers the new session and the secret.
    pub(crate) async fn enroll_totp(&self, login: &Login, email: &str) -> (Login, String) {
        let login = self.verify_email(login, email, &["credential:link"]).await;
        let call = self.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
        let secret = call.send().await.ok()["secret"].as_str().unwrap().to_owned();
        let login = self.verify_totp(&login, &secret, &[]).await;
        self.next_totp_step();
        (login, secret)
    }

    pub(crate) async fn verify_totp(&self, login: &Login, secret: &str, scopes: &[&str]) -> Login {
        Login::from_answer(self.try_totp(login, &self.totp(secret), scopes).await.ok())
    }

    pub(crate) async fn try_totp(&self, login: &Login, code: &str, scopes: &[&str]) -> Answer {
        let mut body = json!({ "code": code });
        if !scopes.is_empty() {
            body["requestedScopes"] = json!(scopes);
        }
        self.post("users/mfa/auth/totp", body).bearer(&login.token).send().await
    }

    /// The code of now, by the sandbox's clock.
    pub(crate) fn totp(&self, secret: &str) -> String {
        let now = self.sandbox.clock().now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let secret = Secret::try_from_base32(secret).unwrap();
        let totp = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
        totp.generate(now.as_secs()).to_string()
    }

    /// Codes are one-time: the next one belongs to a later time step.
    pub(crate) fn next_totp_step(&self) {
        self.sandbox.clock().advance(30);
    }

    /// Registers a passkey of a virtual authenticator; answers the new session and the passkey.
    pub(crate) async fn register_passkey(&self, login: &Login, authenticator: &str) -> (Login, Value) {
        let options = self.get("users/passkeys/register").bearer(&login.token).send().await.ok();
        let mut created = self.authenticator(authenticator, "create", ORIGIN, &options).await.ok();
        // This endpoint has a spelling of its own.
        let client_data = created["response"]["clientDataJSON"].take();
        created["response"].as_object_mut().unwrap().remove("clientDataJSON");
        created["response"]["clientDataJson"] = client_data;
        let call = self.post("users/passkeys/register", created).bearer(&login.token);
        let login = Login::from_answer(call.elevated(&login.elevated()).send().await.ok());
        let listed = self.get("users/passkeys").bearer(&login.token).send().await.ok();
        (login, listed["passkeys"].as_array().unwrap().last().unwrap().clone())
    }

    pub(crate) async fn authenticator(
        &self,
        name: &str,
        ceremony: &str,
        origin: &str,
        options: &Value,
    ) -> Answer {
        let call = self.control(reqwest::Method::POST, &format!("authenticators/{name}/{ceremony}"));
        call.json(json!({ "origin": origin, "options": options })).send().await
    }

    pub(crate) async fn protected(&self, login: &Login, elevated: Option<&str>, scope: &str) -> Answer {
        let call = self.control(reqwest::Method::POST, "protected").bearer(&login.token);
        let call = match elevated {
            Some(token) => call.elevated(token),
            None => call,
        };
        call.json(json!({ "scope": scope })).send().await
    }

    pub(crate) async fn check(&self, login: &Login, scope: &str) -> Value {
        self.post("stepUp/check", json!({ "scope": scope })).bearer(&login.token).send().await.ok()
    }

    pub(crate) fn delete<'a>(&'a self, path: &str, login: &Login) -> Call<'a> {
        self.api(reqwest::Method::DELETE, path).bearer(&login.token)
    }
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
