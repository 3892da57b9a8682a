//! Verifying with a code by e-mail or SMS.

use std::sync::Arc;

use serde_json::json;

use super::verify;
use crate::{
    api::operations,
    auth::{CredentialFormat, VerifiedCredential},
    context::Context,
    error::{StepUpError, UnavailableReason},
    otp::{self, Destination, OtpChannel, OtpVerification, PhoneNumber, Purpose},
    scope::{self, TokenScope},
    state::HeldSession,
    token::Elevation,
};

impl Context {
    pub(super) async fn send_step_up_otp(
        self: &Arc<Self>,
        credential_id: Option<&str>,
    ) -> Result<OtpVerification, StepUpError> {
        let current = self.signed_in().await?;
        let default_id =
            self.state.in_epoch(current.epoch, |data| data.default_credential_id.clone()).flatten();
        let destination = target(&current.session, credential_id, default_id.as_deref())?;
        self.send_code(Purpose::StepUp { epoch: current.epoch }, destination).await
    }

    pub(super) async fn resend_step_up_otp(
        self: &Arc<Self>,
        verification_id: Option<&str>,
    ) -> Result<OtpVerification, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        self.resend_code(Purpose::StepUp { epoch }, verification_id).await
    }

    pub(super) async fn verify_otp(
        self: &Arc<Self>,
        typed: &str,
        scopes: Vec<TokenScope>,
        verification_id: Option<&str>,
    ) -> Result<Elevation, StepUpError> {
        let (scopes, code) = (scope::validated_set(scopes)?, otp::otp(typed)?);
        let epoch = self.signed_in().await?.epoch;
        let pending = self.pending_code(Purpose::StepUp { epoch }, verification_id)?;
        let operation = match pending.destination.channel() {
            OtpChannel::Email => &operations::VERIFY_EMAIL_OTP,
            OtpChannel::Sms => &operations::VERIFY_SMS_OTP,
        };
        let proof = json!({ "verificationUUID": pending.id, "verificationToken": code });
        let reissued = self.prove(operation, proof, &scopes).await?;
        self.state.pending_codes(|codes| codes.remove(&pending.id));
        verify::elevation(reissued, scopes)
    }
}

/// Where a code goes: to the credential named; else to the default one if it can receive codes, else to the
/// first e-mail address, else to the first phone, of those that may be used to sign in.
fn target(
    session: &HeldSession,
    credential_id: Option<&str>,
    default_id: Option<&str>,
) -> Result<Destination, StepUpError> {
    let all = &session.user.verified_credentials;
    let unavailable = || {
        let reason = UnavailableReason::NotEnrolled;
        StepUpError::MethodUnavailable { reason, answer: None }
    };
    if let Some(id) = credential_id {
        let named = all.iter().find(|credential| credential.id == id);
        return named.and_then(destination).ok_or_else(unavailable);
    }
    let default_id = default_id.or(session.signin_credential_id.as_deref());
    let by_default = all.iter().filter(|credential| Some(credential.id.as_str()) == default_id);
    let enabled = |format: CredentialFormat| {
        all.iter().filter(move |credential| credential.sign_in_enabled && credential.format == format)
    };
    by_default
        .chain(enabled(CredentialFormat::Email))
        .chain(enabled(CredentialFormat::PhoneNumber))
        .find_map(destination)
        .ok_or_else(unavailable)
}

fn destination(credential: &VerifiedCredential) -> Option<Destination> {
    match credential.format {
        CredentialFormat::Email => credential.email.clone().map(Destination::Email),
        CredentialFormat::PhoneNumber => {
            let phone = PhoneNumber {
                country_code: credential.phone_country_code.clone()?,
                number: credential.phone_number.clone()?,
                iso_country_code: credential.iso_country_code.clone(),
            };
            phone.normalized().ok().map(Destination::Phone)
        }
        _ => None,
    }
}
