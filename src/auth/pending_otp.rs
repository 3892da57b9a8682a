//! The code to ask the user for when the app comes back.

use std::sync::Arc;

use super::AuthClient;
use crate::{
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    otp::{OtpVerification, Purpose},
};

#[uniffi::export]
impl AuthClient {
    /// The sign-in code to ask for when the app comes back: the latest that `send_email_otp`,
    /// `send_sms_otp` or `resend_otp` had sent, also in an earlier process, and that can still be used;
    /// none ten minutes later, or after a sign-in or logout. `sign_in_with_otp` and `resend_otp` take it as
    /// if nothing had happened in between. Asks nobody over the network.
    ///
    /// # Errors
    /// `StorageFailed` if the storage could not be read; `Cancelled`; `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn pending_otp(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Option<OtpVerification>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.pending_otp(Purpose::SignIn).await }).await
    }

    /// The same for the code that `link_email`, `link_phone` or `resend_link_otp` had sent in this session,
    /// which `confirm_link` takes. None if nobody is signed in.
    ///
    /// # Errors
    /// `StorageFailed` if the storage could not be read; `Cancelled`; `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn pending_link_otp(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Option<OtpVerification>, StepUpError> {
        let context = Arc::clone(&self.context);
        let find = async move {
            let Some(current) = context.signed_in_if_any().await? else { return Ok(None) };
            context.pending_otp(Purpose::Link { epoch: current.epoch }).await
        };
        self.context.run(cancel, find).await
    }
}

impl Context {
    async fn pending_otp(self: &Arc<Self>, purpose: Purpose) -> Result<Option<OtpVerification>, StepUpError> {
        self.load_pending().await?;
        let awaited = self.state.awaited_otp(purpose);
        if awaited.is_none() {
            // One that has run out is not kept.
            self.persist_pending_in_background();
        }
        Ok(awaited)
    }
}
