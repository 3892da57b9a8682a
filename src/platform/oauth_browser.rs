//! The system's browser, for OAuth.

use std::fmt;

use super::PlatformError;

/// Opens the provider's page and brings back the redirect: `ASWebAuthenticationSession`, Custom Tabs. Never
/// an embedded web view.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait OAuthBrowser: Send + Sync {
    /// Opens the page and answers with the whole URL of the redirect. A user who closes the browser is
    /// `Cancelled`.
    ///
    /// Where the redirect reaches the app another way, as an Android intent does, the app gives it to
    /// `AuthClient::handle_redirect`, and this call is dropped. That works also after the process has died.
    async fn open(&self, request: BrowserRequest) -> Result<String, PlatformError>;
}

/// A page to open. Printing one shows neither address.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct BrowserRequest {
    /// The page: `https`, or `http` to a loopback address in development.
    pub url: String,
    /// What the redirect begins with: the configured `oauth_redirect_url`.
    pub redirect_url: String,
}

impl fmt::Display for BrowserRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BrowserRequest([redacted])")
    }
}

impl fmt::Debug for BrowserRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
