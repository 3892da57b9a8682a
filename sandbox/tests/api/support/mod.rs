//! A client that speaks the wire itself: what the tests say is what is sent.

mod device;
mod journey;
mod social;
mod wallet;

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use stepup_sandbox::{Policy, Sandbox, SandboxConfig};

pub(crate) use device::Device;
pub(crate) use journey::{Login, claims};
pub(crate) use social::{REDIRECT, Trip, social_credentials};
pub(crate) use wallet::Wallet;

pub(crate) const ORIGIN: &str = "https://app.example";

/// A sandbox and a way to talk to it.
pub(crate) struct App {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    pub(crate) device: Device,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Value,
}

/// A request in the making.
pub(crate) struct Call<'a> {
    app: &'a App,
    builder: RequestBuilder,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::with_policy(json!({})).await
    }

    pub(crate) async fn with_policy(policy: Value) -> Self {
        let config = SandboxConfig {
            origins: vec![ORIGIN.into()],
            rp_id: "app.example".into(),
            policy: Policy::from_json(&policy).unwrap(),
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        Self { sandbox, http: http(), device: Device::new() }
    }

    /// A request to the API.
    pub(crate) fn api(&self, method: Method, path: &str) -> Call<'_> {
        let url = format!("{}/sdk/{}/{path}", self.sandbox.base_url(), self.sandbox.environment_id());
        Call { app: self, builder: self.http.request(method, url) }
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.api(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Call<'_> {
        self.api(Method::POST, path).json(body)
    }

    /// A request to the control API.
    pub(crate) fn control(&self, method: Method, path: &str) -> Call<'_> {
        let url = format!("{}/sandbox/{path}", self.sandbox.url());
        Call { app: self, builder: self.http.request(method, url) }
    }

    pub(crate) async fn nonce(&self) -> String {
        let answer = self.get("nonces?count=1").send().await;
        answer.body["nonces"][0].as_str().unwrap().to_owned()
    }

    /// The newest code sent to this address or number.
    pub(crate) fn code(&self, to: &str) -> String {
        self.sandbox.outbox().latest_code(to).unwrap()
    }
}

impl Call<'_> {
    pub(crate) fn json(mut self, body: Value) -> Self {
        self.builder = self.builder.json(&body);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn elevated(self, token: &str) -> Self {
        self.header("x-dyn-elevated-access-token", token)
    }

    /// With the signature of the app's own device over a fresh nonce.
    pub(crate) async fn signed(self) -> Self {
        let app = self.app;
        let nonce = app.nonce().await;
        self.signed_by(&app.device, &nonce)
    }

    pub(crate) fn signed_by(self, device: &Device, nonce: &str) -> Self {
        self.header("x-dynamic-device-nonce", nonce)
            .header("x-dynamic-device-publickey", &device.public_key())
            .header("x-dynamic-device-signed-nonce", &device.sign(nonce))
    }

    pub(crate) async fn send(self) -> Answer {
        let response = self.builder.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        Answer { status, headers, body }
    }
}

impl Answer {
    /// The body of an answer that must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert!(self.body["error"].is_string(), "{}", self.body);
    }

    #[track_caller]
    pub(crate) fn unauthorized(&self) {
        assert_eq!(self.status, StatusCode::UNAUTHORIZED, "{}", self.body);
    }
}

/// A client that speaks plain HTTP. It does not start without a TLS provider all the same.
pub(crate) fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
