//! The token of action-based MFA: no scope, no time limit, in memory only, gone with the session.

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

use super::MfaClient;
use crate::{
    api::{self, Operation, operations},
    auth::{Session, is_device_registration_pending},
    cancel::CancelToken,
    context::Context,
    error::{StepUpError, UnavailableReason},
    identifier::{MfaFactorId, VerificationId},
    secret::public_secret,
    state::{Current, EpochData, LegacyToken},
    step_up::{HttpHeader, recovery_code_proof, totp_proof},
};

public_secret! {
    /// A token of action-based MFA as it is sent in `x-mfa-auth-token`.
    LegacyMfaToken
}

/// What a legacy MFA token is created with. Printing one shows its kind only.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Debug, Display)]
pub enum LegacyMfaFactor {
    /// A code of the authenticator app (`POST users/mfa/auth/totp`).
    Totp {
        /// Six digits, as the user typed them.
        code: String,
        /// The device; by default any.
        device_id: Option<MfaFactorId>,
    },
    /// A passkey (`GET users/passkeys/authenticate`, the system's sheet, `POST users/mfa/auth/passkey`).
    Passkey,
    /// A recovery code, which is used up by it (`POST users/mfa/auth/recovery`).
    RecoveryCode {
        /// As the user typed it.
        code: String,
    },
    /// A code by e-mail that `StepUpAuthClient::send_otp` had sent (`POST users/mfa/auth/email`).
    Email {
        /// Six digits, as the user typed them.
        code: String,
        /// The verification that the code is for; by default the latest.
        verification_id: Option<VerificationId>,
    },
}

/// How often a legacy MFA token serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum LegacyTokenKind {
    /// Once.
    SingleUse,
    /// Until the session ends.
    Reusable,
}

#[uniffi::export]
impl MfaClient {
    /// Proves a second factor and keeps the token of action-based MFA that comes of it
    /// (`createMfaToken`), in memory only, in place of an earlier one. It has no time limit and ends with
    /// the session. Where no elevated token is held, it goes by itself with the calls that take it:
    /// removing factors, changing the profile, linking e-mail and phone, deleting the account.
    ///
    /// Deprecated: use the `verify_…` of [`StepUpAuthClient`](crate::StepUpAuthClient) with the scope of the
    /// operation.
    ///
    /// # Errors
    /// Those of the corresponding `verify_…`. `NotElevated` without scopes if the proof was right and the
    /// server gave no token, as one does that knows step-up only.
    #[uniffi::method(default(cancel = None))]
    pub async fn create_legacy_token(
        &self,
        factor: LegacyMfaFactor,
        kind: LegacyTokenKind,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.create_legacy_token(factor, kind).await }).await
    }

    /// Whether a legacy MFA token is held. Answers at once, from memory.
    ///
    /// Deprecated: use
    /// [`StepUpAuthClient::has_elevated_access_token`](crate::StepUpAuthClient::has_elevated_access_token).
    #[must_use]
    pub fn has_legacy_token(&self) -> bool {
        let Some(current) = self.context.holder_of_legacy_token() else { return false };
        self.context.state.in_epoch(current.epoch, |data| data.legacy_token.is_some()).unwrap_or(false)
    }

    /// Hands out the legacy MFA token, for a call that the app makes itself; none if none is held. A
    /// single-use token is spent by this for good, whatever the number of threads; a reusable one stays.
    /// Answers at once, from memory.
    ///
    /// Deprecated: to use a token, use `StepUpAuthClient::take_elevated_access_token`; to see whether there
    /// is one, `StepUpAuthClient::elevation`.
    #[must_use]
    pub fn consume_legacy_token(&self) -> Option<LegacyMfaToken> {
        self.context.ensure_open().ok()?;
        let current = self.context.holder_of_legacy_token()?;
        let token = self.context.state.in_epoch(current.epoch, EpochData::take_legacy_token)??;
        Some(token.token.expose().to_owned().into())
    }

    /// The headers for a call that the app makes itself to a backend that asks for a legacy MFA token: the
    /// session's bearer and `x-mfa-auth-token`. A single-use token is spent by this for good.
    ///
    /// Deprecated: use `StepUpAuthClient::authorization_headers`.
    ///
    /// # Errors
    /// `MethodUnavailable` with `NotEnrolled` if no legacy token is held: create one first. `NotSignedIn`;
    /// `DeviceRegistrationRequired`.
    #[uniffi::method(default(cancel = None))]
    pub async fn legacy_headers(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<HttpHeader>, StepUpError> {
        let context = Arc::clone(&self.context);
        let headers = async move {
            let current = context.signed_in_on_registered_device().await?;
            let token = context.state.in_epoch(current.epoch, EpochData::take_legacy_token).flatten();
            let reason = UnavailableReason::NotEnrolled;
            let token = token.ok_or(StepUpError::MethodUnavailable { reason, answer: None })?;
            Ok(vec![HttpHeader::bearer(&current.session.token), header(&token)])
        };
        self.context.run(cancel, headers).await
    }
}

fn header(token: &LegacyToken) -> HttpHeader {
    let (name, value) = (api::MFA_AUTH_TOKEN.as_str().to_owned(), token.token.expose().to_owned());
    HttpHeader { name, value, single_use: token.single_use }
}

/// What goes to the server, and the code by e-mail that is used up by it.
struct LegacyProof {
    operation: &'static Operation,
    body: Value,
    verification_id: Option<VerificationId>,
}

impl Context {
    async fn create_legacy_token(
        self: &Arc<Self>,
        factor: LegacyMfaFactor,
        kind: LegacyTokenKind,
    ) -> Result<Session, StepUpError> {
        let epoch = self.signed_in_on_registered_device().await?.epoch;
        let LegacyProof { operation, mut body, verification_id } = self.legacy_proof(factor).await?;
        let single_use = kind == LegacyTokenKind::SingleUse;
        body["createMfaToken"] = json!({ "singleUse": single_use });
        let reissued = self.prove(operation, body, &[]).await?;
        if let Some(id) = verification_id {
            self.state.pending_codes(|codes| codes.remove(&id));
        }
        let (granted, missing) = (Vec::new(), Vec::new());
        let token = reissued.mfa_token.ok_or(StepUpError::NotElevated { granted, missing })?;
        let session = self.session().await?;
        // Last, and with nothing to wait for afterwards: a caller who is gone leaves no token.
        let kept = LegacyToken { token, single_use };
        let is_kept = self.state.in_epoch(epoch, |data| data.legacy_token = Some(kept)).is_some();
        if is_kept { Ok(session) } else { Err(StepUpError::NotSignedIn { answer: None }) }
    }

    async fn legacy_proof(self: &Arc<Self>, factor: LegacyMfaFactor) -> Result<LegacyProof, StepUpError> {
        let (operation, body, verification_id) = match factor {
            LegacyMfaFactor::Totp { code, device_id } => {
                (&operations::VERIFY_TOTP, totp_proof(&code, device_id)?, None)
            }
            LegacyMfaFactor::Passkey => {
                let prepared = self.prepare_passkey().await?;
                (&operations::VERIFY_PASSKEY, self.passkey_proof(prepared).await?, None)
            }
            LegacyMfaFactor::RecoveryCode { code } => {
                (&operations::VERIFY_RECOVERY_CODE, recovery_code_proof(&code)?, None)
            }
            LegacyMfaFactor::Email { code, verification_id } => {
                let proof = self.email_proof(&code, verification_id.as_ref()).await?;
                (&operations::VERIFY_MFA_EMAIL, proof.body, Some(proof.verification_id))
            }
        };
        Ok(LegacyProof { operation, body, verification_id })
    }

    /// The session, if it has not run out, with which its legacy token ends, and this device is registered.
    fn holder_of_legacy_token(&self) -> Option<Current> {
        self.state.current().filter(|current| {
            let session = &current.session;
            !self.state.is_expired(session) && !is_device_registration_pending(&session.user)
        })
    }
}

impl fmt::Display for LegacyMfaFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Totp { .. } => "Totp([redacted])",
            Self::Passkey => "Passkey",
            Self::RecoveryCode { .. } => "RecoveryCode([redacted])",
            Self::Email { .. } => "Email([redacted])",
        })
    }
}

impl fmt::Debug for LegacyMfaFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
