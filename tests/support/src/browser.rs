//! A browser whose user decides at once, on the sandbox's consent page.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use stepup_core::{BrowserRequest, OAuthBrowser, PlatformError};
use tokio::sync::Notify;

use super::eventually;

use crate::host_panics::host_panics;

/// An account with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialAccount {
    pub id: String,
    pub email: Option<String>,
    pub name: Option<String>,
}

impl SocialAccount {
    /// One that tells nothing but its id.
    pub fn new(id: &str) -> Self {
        Self { id: id.into(), email: None, name: None }
    }

    pub fn with_email(id: &str, email: &str) -> Self {
        Self { email: Some(email.into()), ..Self::new(id) }
    }
}

/// What the user does in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserMode {
    Approves(SocialAccount),
    /// Approves, but the redirect reaches the app another way; the browser answers with it when released.
    ApprovesAndHangs(SocialAccount),
    /// Ends with this error of the provider.
    Denies(String),
    Closes,
    Hangs,
    Panics,
    /// Answers with this URL.
    Answers(String),
}

#[derive(Clone)]
pub struct TestBrowser(Arc<Inner>);

struct Inner {
    sandbox_url: String,
    mode: Mutex<BrowserMode>,
    opened: Mutex<Vec<BrowserRequest>>,
    /// What the consent page sent the browser to.
    redirects: Mutex<Vec<String>>,
    released: Notify,
    http: reqwest::Client,
}

impl TestBrowser {
    pub fn new(sandbox_url: &str) -> Self {
        Self(Arc::new(Inner {
            sandbox_url: sandbox_url.into(),
            mode: Mutex::new(BrowserMode::Approves(SocialAccount::new("an account"))),
            opened: Mutex::default(),
            redirects: Mutex::default(),
            released: Notify::new(),
            http: super::world::http(),
        }))
    }

    pub fn set(&self, mode: BrowserMode) {
        *self.0.mode.lock().unwrap() = mode;
    }

    /// The pages that were opened.
    pub fn opened(&self) -> Vec<BrowserRequest> {
        self.0.opened.lock().unwrap().clone()
    }

    /// Waits until so many pages have been opened, and answers with the address of the last one.
    pub async fn page(&self, count: usize) -> String {
        eventually("the browser is opened", || self.opened().len() >= count).await;
        self.opened().pop().unwrap().url
    }

    /// How often the user has decided.
    pub fn decided(&self) -> usize {
        self.0.redirects.lock().unwrap().len()
    }

    /// Waits until the user has decided so many times, and answers with the latest redirect.
    pub async fn redirect(&self, count: usize) -> String {
        let decided = || self.0.redirects.lock().unwrap().clone();
        eventually("the user decides", || decided().len() >= count).await;
        decided().pop().unwrap()
    }

    /// A browser that holds its redirect back answers with it.
    pub fn release(&self) {
        self.0.released.notify_one();
    }

    async fn decide(&self, decision: &str, body: Value) -> Result<String, PlatformError> {
        let Inner { sandbox_url, http, .. } = &*self.0;
        let request = http.post(format!("{sandbox_url}/sandbox/oauth/{decision}"));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer: Value =
            serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        let Some(redirect) = answer["redirectUrl"].as_str() else {
            return Err(PlatformError::Internal { reason: format!("the consent page refuses: {answer}") });
        };
        self.0.redirects.lock().unwrap().push(redirect.to_owned());
        Ok(redirect.to_owned())
    }

    async fn approve(&self, page: &str, account: &SocialAccount) -> Result<String, PlatformError> {
        let SocialAccount { id, email, name } = account;
        let account = json!({ "id": id, "email": email, "name": name });
        self.decide("approve", json!({ "authorizationUrl": page, "account": account })).await
    }
}

#[async_trait::async_trait]
impl OAuthBrowser for TestBrowser {
    async fn open(&self, request: BrowserRequest) -> Result<String, PlatformError> {
        let (mode, page) = (self.0.mode.lock().unwrap().clone(), request.url.clone());
        self.0.opened.lock().unwrap().push(request);
        match mode {
            BrowserMode::Approves(account) => self.approve(&page, &account).await,
            BrowserMode::ApprovesAndHangs(account) => {
                let redirect = self.approve(&page, &account).await;
                self.0.released.notified().await;
                redirect
            }
            BrowserMode::Denies(error) => {
                self.decide("deny", json!({ "authorizationUrl": page, "error": error })).await
            }
            BrowserMode::Closes => Err(PlatformError::Cancelled),
            BrowserMode::Hangs => std::future::pending().await,
            BrowserMode::Panics => host_panics(),
            BrowserMode::Answers(url) => Ok(url),
        }
    }
}
