//! Verifying with an assertion of the app's own backend.

use std::sync::Arc;

use serde_json::json;

use super::{StepUpAuthClient, verify};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    secret::SecretString,
    token::{Assertion, Elevation},
};

#[uniffi::export]
impl StepUpAuthClient {
    /// Verifies with a JWT of the app's own backend, which says that it has made sure of the user (`POST
    /// externalAuth/verify`). The scopes are those of its claim `scope`; `sub`, `jti` and `exp` must be
    /// there as well. The session stays as it is.
    ///
    /// # Errors
    /// `InvalidArgument` with the reason for an assertion that cannot be accepted: it is not sent.
    /// `MethodUnavailable` if the server refuses it, for example because it was used before; `NotElevated`.
    #[uniffi::method(default(cancel = None))]
    pub async fn verify_external_jwt(
        &self,
        jwt: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let (context, jwt) = (Arc::clone(&self.context), SecretString::new(jwt));
        self.run(cancel, async move { context.verify_external_jwt(jwt).await }).await
    }
}

impl Context {
    pub(super) async fn verify_external_jwt(
        self: &Arc<Self>,
        jwt: SecretString,
    ) -> Result<Elevation, StepUpError> {
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        let assertion = Assertion::read(jwt, self.state.clock.now())?;
        let scopes = assertion.scopes()?;
        let body = json!({ "jwt": assertion.jwt() });
        let request = Request::new(&operations::VERIFY_EXTERNAL_JWT).body(body);
        verify::granted(self.elevate(request, epoch).await?, scopes)
    }
}
