//! Headers for calls that the app makes itself.

use std::{fmt, sync::Arc};

use super::CheckReason;
use crate::{
    api, context::Context, error::StepUpError, scope::TokenScope, secret::SecretString, token::StoredToken,
};

/// The operation in an error about a request of the app's own.
const REFUSED: &str = "http_request";

/// A header of a request. Printing one shows its name only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HttpHeader {
    /// Name.
    pub name: String,
    /// Value: a secret.
    pub value: String,
    /// Whether the server takes this value once only: it is not sent again, with a redirect or otherwise.
    pub single_use: bool,
}

impl HttpHeader {
    pub(crate) fn bearer(token: &SecretString) -> Self {
        let value = format!("Bearer {}", token.expose());
        Self { name: "Authorization".into(), value, single_use: false }
    }

    fn elevated(token: &StoredToken) -> Self {
        let name = api::ELEVATED_ACCESS_TOKEN.as_str().to_owned();
        Self { name, value: token.token.expose().to_owned(), single_use: token.single_use }
    }

    fn is_elevated(&self) -> bool {
        self.name.eq_ignore_ascii_case(api::ELEVATED_ACCESS_TOKEN.as_str())
    }
}

impl Context {
    pub(super) async fn authorization_headers(
        self: &Arc<Self>,
        scope: TokenScope,
    ) -> Result<Vec<HttpHeader>, StepUpError> {
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        if let Some((token, session)) = self.state.take_token(&scope) {
            return Ok(vec![HttpHeader::bearer(&session.token), HttpHeader::elevated(&token)]);
        }
        let check = self.check(scope).await;
        if check.reason != CheckReason::NotRequiredByServer {
            return Err(check.refusal("authorization_headers"));
        }
        let current = self.signed_in().await?;
        if current.epoch != epoch {
            // What was found out was about somebody else.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(vec![HttpHeader::bearer(&current.session.token)])
    }

    /// Nothing for an answer that does not ask for a step-up, else `StepUpRequired`, and the token that was
    /// refused is gone.
    pub(super) async fn ensure_not_refused(
        self: &Arc<Self>,
        scope: TokenScope,
        headers: Vec<HttpHeader>,
        status: i32,
        body: Vec<u8>,
    ) -> Result<(), StepUpError> {
        if !api::wants_elevation(status, &body) {
            return Ok(());
        }
        let refused = headers.into_iter().find(HttpHeader::is_elevated);
        let token_was_attached = refused.is_some();
        if refused.is_some_and(|header| self.state.remove_refused(&SecretString::new(header.value))) {
            // It must not come back with the next start.
            let _ = self.persist().await;
        }
        Err(StepUpError::StepUpRequired { operation: REFUSED.into(), scope, token_was_attached })
    }
}

impl fmt::Display for HttpHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HttpHeader {{ name: {}, value: [redacted] }}", self.name)
    }
}

impl fmt::Debug for HttpHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
