//! Verifying with a social account.

use std::sync::Arc;

use super::StepUpAuthClient;
use crate::{
    cancel::CancelToken,
    error::StepUpError,
    oauth::SocialProvider,
    scope::{self, TokenScope},
    token::Elevation,
};

#[uniffi::export]
impl StepUpAuthClient {
    /// Verifies with a linked social account (`POST providers/{p}/initAuth`, the browser, `POST
    /// providers/{p}/verify`). Links nothing. If the system ends the app while the browser is in front,
    /// `handle_redirect` ends the step-up in the next process.
    ///
    /// The provider of a credential that `check` lists is the `oauth_provider` of the user's credential with
    /// the same id; `SocialProvider::Other` takes it as it is.
    ///
    /// # Errors
    /// `MethodUnavailable`: `NotEnrolled` if no account of this provider is linked, before a browser opens;
    /// `DifferentAccount` if the user chose another one there; `Unsupported`. `Cancelled` if the user closed
    /// the browser; `ProviderRefused` with the provider's error; `RedirectRefused`; `NotElevated`.
    #[uniffi::method(default(cancel = None))]
    pub async fn verify_social(
        &self,
        provider: SocialProvider,
        scopes: Vec<TokenScope>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            context.visit_to_verify(&provider, scopes, None, Box::new(|| {})).await
        };
        self.run(cancel, verify).await
    }
}
