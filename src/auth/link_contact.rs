//! Linking and changing an e-mail address or phone number.

use std::sync::Arc;

use serde_json::json;

use super::{AuthClient, LinkOutcome, UpdateOutcome, sign_in_otp::email_address};
use crate::{
    api::{Operation, Request, models::NextStep, operations},
    cancel::CancelToken,
    context::{Context, Reissued},
    error::StepUpError,
    identifier::VerificationId,
    otp::{self, Destination, OtpChannel, OtpVerification, PhoneNumber, Purpose},
    state::SessionChange,
};

#[uniffi::export]
impl AuthClient {
    /// Links an e-mail address to the signed-in user, or changes it (`PUT users`). A code is sent there;
    /// `confirm_link` ends it. Takes the elevated token for `credential:link`.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; `InvalidArgument` for what is no address; `RateLimited` after
    /// too many codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn link_email(
        &self,
        email: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<UpdateOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let link = async move {
            let destination = Destination::Email(email_address(&email)?);
            context.link_contact(&operations::LINK_EMAIL, destination).await
        };
        self.context.run(cancel, link).await
    }

    /// Links a phone number to the signed-in user, or changes it (`PUT users`). A code is sent there;
    /// `confirm_link` ends it. Takes the elevated token for `credential:link`.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; `InvalidArgument` for what is no phone number; `RateLimited`
    /// after too many codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn link_phone(
        &self,
        phone: PhoneNumber,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<UpdateOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let link = async move {
            let destination = Destination::Phone(phone.normalized()?);
            context.link_contact(&operations::LINK_PHONE, destination).await
        };
        self.context.run(cancel, link).await
    }

    /// Sends the code of `link_email` or `link_phone` again (`POST …Verifications/retry`): of the
    /// verification named, else of the latest.
    ///
    /// # Errors
    /// `InvalidArgument` if there is none in this session; `RateLimited` after too many codes.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn resend_link_otp(
        &self,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        let resend = async move {
            let epoch = context.signed_in().await?.epoch;
            context.resend_code(Purpose::Link { epoch }, verification_id.as_ref(), None).await
        };
        self.context.run(cancel, resend).await
    }

    /// Ends the linking of an e-mail address or phone number with the code that was sent there (`POST
    /// …Verifications/verify`). Takes the elevated token for `credential:link`, if one is still held.
    ///
    /// # Errors
    /// `InvalidCode`; `StepUpRequired` for `credential:link` if the token was a single-use one.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn confirm_link(
        &self,
        code: String,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<LinkOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let confirm = async move { context.confirm_link(&code, verification_id.as_ref()).await };
        self.context.run(cancel, confirm).await
    }
}

impl Context {
    async fn link_contact(
        self: &Arc<Self>,
        operation: &'static Operation,
        destination: Destination,
    ) -> Result<UpdateOutcome, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        let mut body = match &destination {
            Destination::Email(address) => json!({ "email": address }),
            Destination::Phone(phone) => {
                json!({ "phoneNumber": format!("+{}{}", phone.country_code, phone.number) })
            }
        };
        if let Some(token) = self.captcha_token(None).await? {
            body["captchaToken"] = token.expose().into();
        }
        if self.state.epoch() != epoch {
            // A captcha takes its time: what one user asked for must not be sent for another.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let reissued = self.reissue(Request::new(operation).body(body), SessionChange::Reissue).await?;
        self.updated(epoch, reissued, Some(destination)).await
    }

    /// What has to follow an update, if anything has.
    pub(super) async fn updated(
        self: &Arc<Self>,
        epoch: u64,
        reissued: Reissued,
        destination: Option<Destination>,
    ) -> Result<UpdateOutcome, StepUpError> {
        let (Some(next), Some(destination)) = (reissued.next?, destination) else {
            return Ok(UpdateOutcome::Done { session: self.session().await? });
        };
        let (NextStep::ConfirmEmail { verification_id } | NextStep::ConfirmPhone { verification_id }) = next;
        let verification =
            self.await_code(epoch, verification_id, Purpose::Link { epoch }, destination).await;
        Ok(UpdateOutcome::CodeSent { verification })
    }

    async fn confirm_link(
        self: &Arc<Self>,
        typed: &str,
        id: Option<&VerificationId>,
    ) -> Result<LinkOutcome, StepUpError> {
        let code = otp::otp(typed)?;
        let epoch = self.signed_in().await?.epoch;
        let pending = self.pending_code(Purpose::Link { epoch }, id).await?;
        let operation = match pending.destination.channel() {
            OtpChannel::Email => &operations::CONFIRM_EMAIL,
            OtpChannel::Sms => &operations::CONFIRM_PHONE,
        };
        let body = pending.proof(&code);
        let (request, note) = (Request::new(operation).body(body), self.note_use(pending.clone()));
        let confirmed = self.reissue_and_note(request, SessionChange::Reissue, note).await;
        let outcome = self.linked(epoch, confirmed).await?;
        self.forget_code(&pending).await;
        Ok(outcome)
    }
}
