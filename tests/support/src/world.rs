//! The world of one test.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, Deadlines, Elevation, Limits, MfaFactor, MfaFactorId, Platform, Session, SignInOptions,
    SignInOutcome, StepUpClient, StepUpError, TokenScope,
};
use stepup_sandbox::{Sandbox, SandboxConfig, policy::Policy};

use super::{TestBrowser, TestClock, TestKeys, TestPasskeys, TestStorage, TestWallet, eventually};

pub const EMAIL: &str = "ada@example.com";
/// Where OAuth providers send the user back to.
pub const REDIRECT: &str = "https://app.example/oauth";

/// A sandbox, a client on it, and the client's callbacks.
pub struct World {
    pub sandbox: Sandbox,
    pub storage: TestStorage,
    pub keys: TestKeys,
    pub passkeys: TestPasskeys,
    pub browser: TestBrowser,
    pub wallet: TestWallet,
    pub clock: TestClock,
    pub client: Arc<StepUpClient>,
    http: reqwest::Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with_policy(json!({})).await
    }

    /// A sandbox whose default policy is changed by `patch`.
    pub async fn with_policy(patch: Value) -> Self {
        let policy = Policy::default().merged(&patch).unwrap();
        let sandbox = Sandbox::start(SandboxConfig { policy, ..SandboxConfig::default() }).await.unwrap();
        let (storage, keys, clock) = (TestStorage::default(), TestKeys::default(), TestClock::default());
        let passkeys = TestPasskeys::new(sandbox.url(), "phone");
        let browser = TestBrowser::new(sandbox.url());
        let wallet = TestWallet::new(sandbox.wallets());
        let platform = platform(&storage, &keys, &passkeys, &browser, &wallet);
        let client = StepUpClient::with_clock(config(&sandbox), platform, clock.shared()).unwrap();
        Self { sandbox, storage, keys, passkeys, browser, wallet, clock, client, http: http() }
    }

    /// Short limits: with real sockets time cannot be paused.
    pub fn config(&self) -> ClientConfig {
        config(&self.sandbox)
    }

    pub fn platform(&self) -> Platform {
        platform(&self.storage, &self.keys, &self.passkeys, &self.browser, &self.wallet)
    }

    /// The app is started again: another process on the same storage and keys.
    pub fn restart(&mut self) {
        self.restart_with(self.config());
    }

    /// The app is started again with another configuration.
    pub fn restart_with(&mut self, config: ClientConfig) {
        self.restart_on(config, self.platform());
    }

    /// The app is started again with other callbacks.
    pub fn restart_on(&mut self, config: ClientConfig, platform: Platform) {
        self.client.shutdown();
        self.client = StepUpClient::with_clock(config, platform, self.clock.shared()).unwrap();
    }

    pub fn open(&self) -> Result<Arc<StepUpClient>, StepUpError> {
        StepUpClient::with_clock(self.config(), self.platform(), self.clock.shared())
    }

    /// Sends a code to an address and signs in with it.
    pub async fn sign_in_as(&self, email: &str) -> Session {
        self.sign_in_with(email, SignInOptions::default()).await
    }

    pub async fn sign_in_with(&self, email: &str, options: SignInOptions) -> Session {
        self.client.auth().send_email_otp(email.into(), None).await.unwrap();
        let code = self.code(email);
        let signed_in = self.client.auth().sign_in_with_otp(code, Some(options), None).await;
        let SignInOutcome::Done { session, .. } = signed_in.unwrap();
        session
    }

    pub async fn sign_in(&self) -> Session {
        self.sign_in_as(EMAIL).await
    }

    /// The latest code that was sent to an address or number.
    pub fn code(&self, to: &str) -> String {
        self.sandbox.outbox().latest_code(to).expect("a code was sent")
    }

    /// Verifies by e-mail code.
    pub async fn verify_by_email(&self, scopes: &[TokenScope]) -> Result<Elevation, StepUpError> {
        self.client.step_up().send_otp(None, None).await?;
        self.client.step_up().verify_otp(self.code(EMAIL), scopes.to_vec(), None, None).await
    }

    /// Signs in, and adds an authenticator app.
    pub async fn sign_in_and_enroll_totp(&self) -> Totp {
        let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
        self.sign_in_with(EMAIL, options).await;
        let enrollment = self.client.mfa().enroll_totp(None).await.unwrap();
        let totp = Totp { secret: enrollment.secret.expose().to_owned(), device_id: enrollment.device_id };
        self.client.mfa().confirm_totp(self.totp_code(&totp), None).await.unwrap();
        totp
    }

    /// The user's factors of all kinds.
    pub async fn factors(&self) -> Result<Vec<MfaFactor>, StepUpError> {
        let methods = self.client.mfa().methods(None).await?;
        Ok(methods.into_iter().flat_map(|method| method.factors).collect())
    }

    /// The code that the authenticator app shows. A code is good once, so the clock moves on to the next one.
    pub fn totp_code(&self, totp: &Totp) -> String {
        self.sandbox.clock().advance(30);
        totp.code(self.sandbox.clock().now())
    }

    /// Time passes for server and device alike.
    pub fn advance(&self, seconds: u32) {
        self.sandbox.clock().advance(seconds.into());
        self.clock.advance(seconds.into());
    }

    /// Requests that arrived at an endpoint, in the order of their arrival, oldest first.
    pub fn requests(&self, path: &str) -> Vec<Value> {
        let all = self.sandbox.log().exchanges().into_iter();
        all.filter(|exchange| exchange.path.ends_with(path)).map(|exchange| json!(exchange)).collect()
    }

    pub fn count(&self, path: &str) -> usize {
        self.requests(path).len()
    }

    /// Waits until so many requests have arrived at an endpoint.
    pub async fn arrived(&self, path: &str, count: usize) {
        eventually(path, || self.count(path) >= count).await;
    }

    /// Injects a fault, as `POST /sandbox/faults` does.
    pub fn fault(&self, rule: Value) {
        self.sandbox.faults().add(serde_json::from_value(rule).unwrap());
    }

    /// Ends a session on the server only.
    pub async fn revoke(&self, session_token: &str) {
        let url = format!("{}/sdk/{}/revoke", self.sandbox.base_url(), self.sandbox.environment_id());
        let answer = self.http.post(url).bearer_auth(session_token).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Calls the control API.
    pub async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        self.control_with(path, body, &[]).await
    }

    pub async fn control_with(&self, path: &str, body: Value, headers: &[(String, String)]) -> (u16, Value) {
        let mut request = self.http.post(format!("{}/sandbox/{path}", self.sandbox.url()));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer =
            request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    /// Plays the app's own backend with what `authorization_headers` answered: the status.
    pub async fn protected(&self, scope: TokenScope) -> Result<u16, StepUpError> {
        let headers = self.client.step_up().authorization_headers(scope.clone(), None).await?;
        let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
        Ok(self.control_with("protected", json!({ "scope": scope.as_str() }), &headers).await.0)
    }
}

/// Limits that are short to wait for, and long enough for a busy machine.
fn config(sandbox: &Sandbox) -> ClientConfig {
    ClientConfig {
        base_url: Some(sandbox.base_url()),
        allow_insecure_loopback: true,
        limits: Some(Limits { request_timeout: Some(Duration::from_secs(2)), ..Limits::default() }),
        deadlines: Some(Deadlines {
            storage: Some(Duration::from_millis(500)),
            keys: Some(Duration::from_secs(1)),
            passkey: Some(Duration::from_secs(1)),
            browser: Some(Duration::from_secs(1)),
            wallet: Some(Duration::from_secs(2)),
            captcha: Some(Duration::from_secs(1)),
        }),
        oauth_redirect_url: Some(REDIRECT.into()),
        app_links: vec!["https://app.example/device".into()],
        ..ClientConfig::new(sandbox.environment_id().to_string())
    }
}

fn platform(
    storage: &TestStorage,
    keys: &TestKeys,
    passkeys: &TestPasskeys,
    browser: &TestBrowser,
    wallet: &TestWallet,
) -> Platform {
    Platform::new(Arc::new(storage.clone()), Arc::new(keys.clone()))
        .with_passkeys(Arc::new(passkeys.clone()))
        .with_oauth_browser(Arc::new(browser.clone()))
        .with_wallet_signer(Arc::new(wallet.clone()))
}

pub(crate) fn http() -> reqwest::Client {
    // The TLS provider is named, although nothing here speaks TLS: the client does not start without one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// An authenticator app.
pub struct Totp {
    pub secret: String,
    pub device_id: MfaFactorId,
}

impl Totp {
    pub fn code(&self, at: SystemTime) -> String {
        let seconds = at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let secret = totp_rs::Secret::try_from_base32(&self.secret).unwrap();
        totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(seconds).to_string()
    }
}

/// An elevated token with these claims; its signature is never looked at by the core.
pub fn elevated_token(claims: &Value) -> String {
    let encode = |part: &str| data_encoding::BASE64URL_NOPAD.encode(part.as_bytes());
    format!(
        "{}.{}.{}",
        encode(r#"{"alg":"RS256","typ":"JWT"}"#),
        encode(&claims.to_string()),
        encode("signature")
    )
}
