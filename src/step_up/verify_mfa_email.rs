//! Verifying with a code by e-mail where e-mail is a second factor.

use std::sync::Arc;

use serde_json::Value;

use super::{StepUpAuthClient, verify};
use crate::{
    api::operations,
    auth::{AuthClient, Session},
    cancel::CancelToken,
    context::{Context, Reissued},
    error::StepUpError,
    identifier::VerificationId,
    otp::{self, OtpChannel, Purpose},
    scope::{self, TokenScope},
    token::Elevation,
};

#[uniffi::export]
impl StepUpAuthClient {
    /// Verifies with a code by e-mail where e-mail is the user's second factor (`POST users/mfa/auth/email`).
    /// `send_otp` has it sent.
    ///
    /// - `code`: six digits, as the user typed them.
    /// - `scopes`: what is asked for, at least one.
    /// - `verification_id`: the verification that the code is for; by default the latest.
    ///
    /// # Errors
    /// `InvalidCode` for a wrong, expired or malformed code; `InvalidArgument` if no code was sent by e-mail
    /// in this session; `MethodUnavailable` if e-mail is no second factor of this user; `NotElevated`.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn verify_mfa_email(
        &self,
        code: String,
        scopes: Vec<TokenScope>,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let reissued = context.prove_mfa_email(&code, &scopes, verification_id.as_ref()).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }
}

#[uniffi::export]
impl AuthClient {
    /// Completes a sign-in that waits for a second factor with a code by e-mail (`POST users/mfa/auth/email`
    /// without scopes). `StepUpAuthClient::send_otp` has it sent.
    ///
    /// # Errors
    /// As `verify_mfa_email` of the step-up, but for the scopes.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn complete_mfa_email(
        &self,
        code: String,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let complete = async move {
            context.prove_mfa_email(&code, &[], verification_id.as_ref()).await?;
            context.session().await
        };
        self.context.run(cancel, complete).await
    }
}

/// A code by e-mail as the proof of a second factor.
pub(crate) struct EmailProof {
    pub(crate) verification_id: VerificationId,
    pub(crate) body: Value,
}

impl Context {
    pub(super) async fn prove_mfa_email(
        self: &Arc<Self>,
        typed: &str,
        scopes: &[TokenScope],
        verification_id: Option<&VerificationId>,
    ) -> Result<Reissued, StepUpError> {
        let proof = self.email_proof(typed, verification_id).await?;
        let reissued = self.prove(&operations::VERIFY_MFA_EMAIL, proof.body, scopes).await?;
        self.state.pending_codes(|codes| codes.remove(&proof.verification_id));
        Ok(reissued)
    }

    pub(crate) async fn email_proof(
        &self,
        typed: &str,
        verification_id: Option<&VerificationId>,
    ) -> Result<EmailProof, StepUpError> {
        let code = otp::otp(typed)?;
        let epoch = self.signed_in().await?.epoch;
        let pending = self.pending_code(Purpose::StepUp { epoch }, verification_id).await?;
        if pending.destination.channel() != OtpChannel::Email {
            let (argument, reason) = ("verification_id".into(), "names no code by e-mail".into());
            return Err(StepUpError::InvalidArgument { argument, reason });
        }
        let body = pending.proof(&code);
        Ok(EmailProof { verification_id: pending.id, body })
    }
}
