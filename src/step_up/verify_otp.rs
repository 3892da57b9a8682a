//! Verifying with a code by e-mail or SMS.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    api::operations,
    auth::{CredentialFormat, VerifiedCredential},
    context::{Context, Reissued},
    error::{StepUpError, UnavailableReason},
    identifier::{CredentialId, VerificationId},
    otp::{self, Destination, OtpChannel, OtpVerification, Purpose},
    scope::TokenScope,
    secret::SecretString,
    state::HeldSession,
};

impl Context {
    pub(super) async fn send_step_up_otp(
        self: &Arc<Self>,
        credential_id: Option<&CredentialId>,
        captcha: Option<SecretString>,
    ) -> Result<OtpVerification, StepUpError> {
        let current = self.signed_in().await?;
        let named = self.state.in_epoch(current.epoch, |data| Named {
            default_id: data.default_credential_id.clone(),
            email_factor_ids: data.email_factor_ids.clone(),
        });
        let destination = target(&current.session, credential_id, &named.unwrap_or_default())?;
        self.send_code(Purpose::StepUp { epoch: current.epoch }, destination, captcha).await
    }

    pub(super) async fn resend_step_up_otp(
        self: &Arc<Self>,
        verification_id: Option<&VerificationId>,
        captcha: Option<SecretString>,
    ) -> Result<OtpVerification, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        self.resend_code(Purpose::StepUp { epoch }, verification_id, captcha).await
    }

    pub(super) async fn prove_otp(
        self: &Arc<Self>,
        typed: &str,
        scopes: &[TokenScope],
        verification_id: Option<&VerificationId>,
    ) -> Result<Reissued, StepUpError> {
        let code = otp::otp(typed)?;
        let epoch = self.signed_in().await?.epoch;
        let pending = self.pending_code(Purpose::StepUp { epoch }, verification_id).await?;
        let operation = match pending.destination.channel() {
            OtpChannel::Email => &operations::VERIFY_EMAIL_OTP,
            OtpChannel::Sms => &operations::VERIFY_SMS_OTP,
        };
        let proof = pending.proof(&code);
        let reissued = self.prove(operation, proof, scopes).await?;
        self.state.pending_codes(|codes| codes.remove(&pending.id));
        Ok(reissued)
    }
}

/// Credentials as the server has named them in this epoch.
#[derive(Default)]
struct Named {
    default_id: Option<CredentialId>,
    email_factor_ids: BTreeSet<CredentialId>,
}

/// Where a code goes: to the credential named; else to the default one if it can receive codes, else to the
/// first e-mail address, else to the first phone, of those that may be used to sign in.
fn target(
    session: &HeldSession,
    credential_id: Option<&CredentialId>,
    named: &Named,
) -> Result<Destination, StepUpError> {
    let all = &session.user.verified_credentials;
    let with_id = |id: &CredentialId| match all.iter().find(|credential| credential.id == *id) {
        Some(credential) => Destination::of(credential),
        None => named.email_factor_ids.contains(id).then(|| address_of_factor(all)).flatten(),
    };
    let enabled = |format: CredentialFormat| {
        let serving =
            all.iter().filter(move |credential| credential.sign_in_enabled && credential.format == format);
        serving.filter_map(Destination::of).next()
    };
    let default_id = named.default_id.as_ref().or(session.signin_credential_id.as_ref());
    let destination = match credential_id {
        Some(id) => with_id(id),
        None => default_id
            .and_then(with_id)
            .or_else(|| enabled(CredentialFormat::Email))
            .or_else(|| enabled(CredentialFormat::PhoneNumber)),
    };
    let reason = UnavailableReason::NotEnrolled;
    destination.ok_or(StepUpError::MethodUnavailable { reason, answer: None })
}

/// Where the code went that was sent to this credential; none if the user does not have it any more.
pub(super) fn destination(
    session: &HeldSession,
    credential_id: &CredentialId,
    is_email_factor: bool,
) -> Option<Destination> {
    let email_factor_ids = is_email_factor.then(|| credential_id.clone()).into_iter().collect();
    target(session, Some(credential_id), &Named { default_id: None, email_factor_ids }).ok()
}

/// E-mail as a second factor has no address of its own: its codes go to the user's e-mail credential.
fn address_of_factor(all: &[VerifiedCredential]) -> Option<Destination> {
    let emails = all.iter().filter(|credential| credential.format == CredentialFormat::Email);
    Destination::of(emails.min_by_key(|credential| !credential.sign_in_enabled)?)
}
