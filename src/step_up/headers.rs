//! Headers for calls that the app makes itself.

use std::{fmt, sync::Arc};

use super::CheckReason;
use crate::{context::Context, error::StepUpError, scope::TokenScope, secret::SecretString};

/// A header of a request. Printing one shows its name only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HttpHeader {
    /// Name.
    pub name: String,
    /// Value: a secret.
    pub value: String,
}

impl HttpHeader {
    pub(crate) fn bearer(token: &SecretString) -> Self {
        Self { name: "Authorization".into(), value: format!("Bearer {}", token.expose()) }
    }

    fn elevated(token: &SecretString) -> Self {
        let name = crate::api::ELEVATED_ACCESS_TOKEN.as_str().to_owned();
        Self { name, value: token.expose().to_owned() }
    }
}

impl Context {
    pub(super) async fn authorization_headers(
        self: &Arc<Self>,
        scope: TokenScope,
    ) -> Result<Vec<HttpHeader>, StepUpError> {
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        if let Some((token, session)) = self.state.take_token(&scope) {
            return Ok(vec![HttpHeader::bearer(&session.token), HttpHeader::elevated(&token.token)]);
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
