//! Signing in with a passkey (WebAuthn Level 3 §7.2).

use std::sync::Arc;

use serde_json::Value;

use super::{AuthClient, SignInOptions, SignInOutcome, sign_in::with_scopes};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::{PlatformCallback, StepUpError},
    mfa::ceremony,
    platform::call_out,
    state::SessionChange,
};

#[uniffi::export]
impl AuthClient {
    /// Signs in with a passkey that the user chooses (`GET` and `POST users/passkeys/signin`, the system's
    /// sheet between them). `related_origin_rp_id` asks for the passkeys of another relying party, which
    /// allows this app's origin (WebAuthn Level 3 §5.11). Whoever was signed in before is not any more.
    ///
    /// Of the options only `requested_scopes` counts.
    ///
    /// # Errors
    /// `Cancelled` if the user declined; `TimedOut`; `MethodUnavailable` if the app has no
    /// `PasskeyProvider`, this device no passkey, or the server does not know it; `NotSignedIn` after a
    /// logout while the sheet was open.
    #[uniffi::method(default(related_origin_rp_id = None, options = None, cancel = None))]
    pub async fn sign_in_with_passkey(
        &self,
        related_origin_rp_id: Option<String>,
        options: Option<SignInOptions>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignInOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let sign_in = async move {
            context.sign_in_with_passkey(related_origin_rp_id, options.unwrap_or_default()).await
        };
        self.context.run(cancel, sign_in).await
    }
}

impl Context {
    async fn sign_in_with_passkey(
        self: &Arc<Self>,
        related_origin_rp_id: Option<String>,
        options: SignInOptions,
    ) -> Result<SignInOutcome, StepUpError> {
        let provider = self.platform.passkeys()?;
        let scopes = options.scopes()?;
        let begun = self.begin_sign_in().await?;
        let mut prepare = Request::new(&operations::PREPARE_PASSKEY_SIGN_IN);
        if let Some(id) = related_origin_rp_id {
            prepare = prepare.query("relatedOriginRpId", id);
        }
        let answer = self.call(prepare).await?;
        // No list of allowed passkeys: the system offers those that name their user.
        let options = ceremony::request_options(answer.read::<Value>()?)
            .ok_or_else(|| answer.malformed("the options have no challenge"))?;
        let ceremony = async move { provider.get(options.to_string()).await };
        let credential = call_out(PlatformCallback::Passkey, self.config.passkey_deadline, ceremony).await?;
        let proof = ceremony::assertion_body(&credential)?;
        self.ensure_wanted(begun)?;
        let request = Request::new(&operations::SIGN_IN_WITH_PASSKEY).body(with_scopes(proof, &scopes));
        let reissued = self.reissue(request, SessionChange::SignIn).await?;
        self.signed_in_outcome(reissued).await
    }
}
