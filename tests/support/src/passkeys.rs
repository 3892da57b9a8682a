//! A passkey sheet whose user decides at once: the sandbox's virtual authenticator, or a refusal.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use stepup_core::{PasskeyProvider, PlatformError};

use crate::host_panics::host_panics;

/// What the sheet does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyMode {
    Works,
    Cancelled,
    Hangs,
    Panics,
    /// The ceremony is done for another origin.
    WrongOrigin,
    /// Answers with this text.
    Answers(String),
}

#[derive(Clone)]
pub struct TestPasskeys(Arc<Inner>);

struct Inner {
    sandbox_url: String,
    /// Name of the virtual authenticator: another name is another phone.
    device: String,
    mode: Mutex<PasskeyMode>,
    ceremonies: Mutex<usize>,
    http: reqwest::Client,
}

impl TestPasskeys {
    pub fn new(sandbox_url: &str, device: &str) -> Self {
        let http = super::world::http();
        let (sandbox_url, device) = (sandbox_url.into(), device.into());
        let (mode, ceremonies) = (Mutex::new(PasskeyMode::Works), Mutex::new(0));
        Self(Arc::new(Inner { sandbox_url, device, mode, ceremonies, http }))
    }

    pub fn set(&self, mode: PasskeyMode) {
        *self.0.mode.lock().unwrap() = mode;
    }

    pub fn ceremonies(&self) -> usize {
        *self.0.ceremonies.lock().unwrap()
    }

    async fn perform(&self, ceremony: &str, options_json: String) -> Result<String, PlatformError> {
        *self.0.ceremonies.lock().unwrap() += 1;
        let mode = self.0.mode.lock().unwrap().clone();
        let origin = match mode {
            PasskeyMode::Works => "http://localhost",
            PasskeyMode::WrongOrigin => "http://localhost.evil.example",
            PasskeyMode::Cancelled => return Err(PlatformError::Cancelled),
            PasskeyMode::Hangs => return std::future::pending().await,
            PasskeyMode::Panics => host_panics(),
            PasskeyMode::Answers(text) => return Ok(text),
        };
        let options: Value = serde_json::from_str(&options_json).unwrap();
        let Inner { sandbox_url, device, http, .. } = &*self.0;
        let url = format!("{sandbox_url}/sandbox/authenticators/{device}/{ceremony}");
        let body = json!({ "origin": "http://localhost", "options": options }).to_string();
        let answer =
            http.post(url).header("content-type", "application/json").body(body).send().await.unwrap();
        let is_success = answer.status().is_success();
        let mut credential: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        if !is_success {
            return Err(match credential["code"].as_str() {
                Some("no_credential") => PlatformError::NotFound,
                Some("credential_excluded") => PlatformError::AlreadyExists,
                _ => PlatformError::Internal { reason: credential.to_string() },
            });
        }
        if origin != "http://localhost" {
            replace_origin(&mut credential, origin);
        }
        Ok(credential.to_string())
    }
}

/// What a phishing page would get: the same ceremony with its own origin in the signed client data.
fn replace_origin(credential: &mut Value, origin: &str) {
    use data_encoding::BASE64URL_NOPAD as BASE64;
    let encoded = credential["response"]["clientDataJSON"].as_str().unwrap();
    let mut data: Value = serde_json::from_slice(&BASE64.decode(encoded.as_bytes()).unwrap()).unwrap();
    data["origin"] = origin.into();
    credential["response"]["clientDataJSON"] = BASE64.encode(data.to_string().as_bytes()).into();
}

#[async_trait::async_trait]
impl PasskeyProvider for TestPasskeys {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        self.perform("create", options_json).await
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        self.perform("get", options_json).await
    }
}
