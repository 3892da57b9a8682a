//! Signing in with a one-time password.

use std::sync::Arc;

use super::{SignInOptions, SignInOutcome, sign_in::with_scopes};
use crate::{
    api::{Request, operations},
    context::Context,
    error::StepUpError,
    otp::{self, OtpChannel, Purpose},
    state::SessionChange,
};

impl Context {
    pub(super) async fn sign_in_with_otp(
        self: &Arc<Self>,
        typed: &str,
        options: SignInOptions,
    ) -> Result<SignInOutcome, StepUpError> {
        let code = otp::otp(typed)?;
        let pending = self.pending_code(Purpose::SignIn, options.verification_id.as_ref()).await?;
        let mut body = pending.proof(&code);
        if options.allow_new_mfa_linking {
            body["allowNewMFALinking"] = true.into();
        }
        let body = with_scopes(body, &options.scopes()?);
        self.begin_sign_in().await?;
        let operation = match pending.destination.channel() {
            OtpChannel::Email => &operations::SIGN_IN_WITH_EMAIL_OTP,
            OtpChannel::Sms => &operations::SIGN_IN_WITH_SMS_OTP,
        };
        let (request, note) = (Request::new(operation).body(body), self.note_use(pending));
        let reissued = self.reissue_and_note(request, SessionChange::SignIn, note).await?;
        self.signed_in_outcome(reissued).await
    }
}

/// Trimmed, and with what every address has. Whether it exists only the server can tell.
pub(super) fn email_address(typed: &str) -> Result<String, StepUpError> {
    let address = typed.trim();
    let is_address = address.len() <= 320
        && address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !address.chars().any(|symbol| symbol.is_whitespace() || symbol.is_control());
    if is_address {
        return Ok(address.to_owned());
    }
    Err(StepUpError::InvalidArgument { argument: "email".into(), reason: "is not an e-mail address".into() })
}
