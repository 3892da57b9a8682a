//! The app's own backend, played by the sandbox, which knows the user only by the tokens in a request.

use serde_json::json;
use stepup_core::{HttpHeader, TokenScope};

use crate::told::{NotAsTold, Told};

/// Calls the backend as an app would, with the headers that the core hands out.
pub(crate) struct Backend {
    http: reqwest::Client,
    url: String,
}

impl Backend {
    pub(crate) fn new(sandbox_url: &str) -> Result<Self, reqwest::Error> {
        // reqwest does not start without a named TLS provider, although nothing here speaks TLS. A second
        // installation fails and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { http, url: format!("{sandbox_url}/sandbox/protected") })
    }

    /// The status of a call that needs `scope`.
    pub(crate) async fn call(&self, scope: &TokenScope, headers: &[HttpHeader]) -> Told<u16> {
        let body = json!({ "scope": scope.as_str() }).to_string();
        let mut request = self.http.post(&self.url).header("content-type", "application/json").body(body);
        for header in headers {
            request = request.header(&header.name, &header.value);
        }
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| NotAsTold::new("the backend answers", error.without_url().to_string()))?;
        Ok(answer.status().as_u16())
    }
}
