//! Having a code sent: for a sign-in, a step-up, or a new address or number.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Destination, OtpChannel, OtpVerification, PendingCode, Purpose};
use crate::{
    api::{Operation, Request, models::OtpAnswer, operations},
    context::Context,
    error::StepUpError,
    identifier::VerificationId,
    secret::SecretString,
};

impl Context {
    /// Sends a new code, with a captcha that was solved already if there is one.
    pub(crate) async fn send_code(
        self: &Arc<Self>,
        purpose: Purpose,
        destination: Destination,
        captcha: Option<SecretString>,
    ) -> Result<OtpVerification, StepUpError> {
        let body = self.body(&destination, captcha).await?;
        let request = Request::new(operation(purpose, &destination, false)).body(body);
        self.send_and_await(request, purpose, destination).await
    }

    /// Sends the code of a verification again: of the one named, else of the latest.
    pub(crate) async fn resend_code(
        self: &Arc<Self>,
        purpose: Purpose,
        id: Option<&VerificationId>,
        captcha: Option<SecretString>,
    ) -> Result<OtpVerification, StepUpError> {
        let PendingCode { id, destination, .. } = self.pending_code(purpose, id).await?;
        let mut body = self.body(&destination, captcha).await?;
        body["verificationUUID"] = id.as_str().into();
        let request = Request::new(operation(purpose, &destination, true)).body(body);
        let verification = self.send_and_await(request, purpose, destination).await?;
        if verification.id != id {
            self.state.pending_codes(|codes| codes.remove(&id));
        }
        Ok(verification)
    }

    /// The code that a typed one is for.
    pub(crate) async fn pending_code(
        &self,
        purpose: Purpose,
        id: Option<&VerificationId>,
    ) -> Result<PendingCode, StepUpError> {
        let find = || self.state.pending_codes(|codes| codes.find(purpose, id));
        if let Some(code) = find() {
            return Ok(code);
        }
        if purpose.outlives_process() {
            self.load_pending().await?;
        }
        find().ok_or_else(|| StepUpError::InvalidArgument {
            argument: "verification_id".into(),
            reason: "names no code that was sent for this purpose in this session".into(),
        })
    }

    async fn send_and_await(
        self: &Arc<Self>,
        request: Request,
        purpose: Purpose,
        destination: Destination,
    ) -> Result<OtpVerification, StepUpError> {
        // A captcha takes its time: what one user asked for must not be sent for another.
        if let Purpose::StepUp { epoch } | Purpose::Link { epoch } = purpose
            && epoch != self.state.epoch()
        {
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let asked_in = self.state.epoch();
        let answer: OtpAnswer = self.call(request).await?.read()?;
        Ok(self.await_code(asked_in, answer.verification_id, purpose, destination).await)
    }

    /// Remembers a code that was sent, also for the next process.
    pub(crate) async fn await_code(
        self: &Arc<Self>,
        asked_in: u64,
        id: VerificationId,
        purpose: Purpose,
        destination: Destination,
    ) -> OtpVerification {
        let pending = PendingCode { id, purpose, destination, sent_at: self.state.clock.now() };
        let verification = pending.verification(&self.state.clock);
        self.state.await_code(asked_in, pending);
        if purpose.outlives_process() {
            self.keep_code().await;
        }
        verification
    }

    async fn body(
        self: &Arc<Self>,
        destination: &Destination,
        captcha: Option<SecretString>,
    ) -> Result<Value, StepUpError> {
        let mut body = match destination {
            Destination::Email(address) => json!({ "email": address }),
            Destination::Phone(phone) => json!({
                "phoneCountryCode": phone.country_code,
                "phoneNumber": phone.number,
                "isoCountryCode": phone.iso_country_code,
            }),
        };
        if let Some(token) = self.captcha_token(captcha).await? {
            body["captchaToken"] = token.expose().into();
        }
        Ok(body)
    }
}

fn operation(purpose: Purpose, destination: &Destination, again: bool) -> &'static Operation {
    use operations as table;
    match (purpose, destination.channel(), again) {
        (Purpose::SignIn, OtpChannel::Email, false) => &table::SEND_EMAIL_OTP,
        (Purpose::SignIn, OtpChannel::Email, true) => &table::RESEND_EMAIL_OTP,
        (Purpose::SignIn, OtpChannel::Sms, false) => &table::SEND_SMS_OTP,
        (Purpose::SignIn, OtpChannel::Sms, true) => &table::RESEND_SMS_OTP,
        (Purpose::StepUp { .. }, OtpChannel::Email, false) => &table::SEND_STEP_UP_EMAIL_OTP,
        (Purpose::StepUp { .. }, OtpChannel::Email, true) => &table::RESEND_STEP_UP_EMAIL_OTP,
        (Purpose::StepUp { .. }, OtpChannel::Sms, false) => &table::SEND_STEP_UP_SMS_OTP,
        (Purpose::StepUp { .. }, OtpChannel::Sms, true) => &table::RESEND_STEP_UP_SMS_OTP,
        // The first one is sent by the update of the user.
        (Purpose::Link { .. }, OtpChannel::Email, _) => &table::RESEND_LINK_EMAIL_OTP,
        (Purpose::Link { .. }, OtpChannel::Sms, _) => &table::RESEND_LINK_SMS_OTP,
    }
}
