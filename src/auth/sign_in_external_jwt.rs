//! Signing in with an assertion of the app's own backend.

use std::sync::Arc;

use serde_json::json;

use super::{AuthClient, SignInOutcome};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    secret::SecretString,
    state::SessionChange,
    token::Assertion,
};

#[uniffi::export]
impl AuthClient {
    /// Signs in the user whom a JWT of the app's own backend names (`POST externalAuth/signin`). The
    /// environment must know the backend's keys. Whoever was signed in before is not any more.
    ///
    /// # Errors
    /// `InvalidArgument` for what is no JWT, names nobody (`sub`) or has expired: it is not sent.
    /// `MethodUnavailable` if the server refuses it.
    #[uniffi::method(default(cancel = None))]
    pub async fn sign_in_with_external_jwt(
        &self,
        jwt: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignInOutcome, StepUpError> {
        let (context, jwt) = (Arc::clone(&self.context), SecretString::new(jwt));
        self.context.run(cancel, async move { context.sign_in_with_external_jwt(jwt).await }).await
    }
}

impl Context {
    async fn sign_in_with_external_jwt(
        self: &Arc<Self>,
        jwt: SecretString,
    ) -> Result<SignInOutcome, StepUpError> {
        // First, because it reads from the storage what the server's time is.
        self.begin_sign_in().await?;
        let assertion = Assertion::read(jwt, self.state.clock.now())?;
        let body = json!({ "jwt": assertion.jwt() });
        let request = Request::new(&operations::SIGN_IN_WITH_EXTERNAL_JWT).body(body);
        let reissued = self.reissue(request, SessionChange::SignIn).await?;
        self.signed_in_outcome(reissued).await
    }
}
