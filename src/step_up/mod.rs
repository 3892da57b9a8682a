//! Step-up: is it needed, prove who you are, use the permission.

mod activity;
mod check;
mod credentials;
mod flow;
mod headers;
mod observation;
mod option;
mod origin;
mod running_checks;
mod transition;
mod verify;
mod verify_external_jwt;
mod verify_mfa_email;
mod verify_otp;
mod verify_passkey;
mod verify_recovery_code;
mod verify_social;
mod verify_totp;
mod verify_wallet;
mod with_step_up;

use std::sync::Arc;

pub(crate) use activity::Activity;
pub use check::{CheckReason, StepUpCheck};
pub use credentials::StepUpCredential;
pub use flow::{CodePrompt, StepUpFlow, StepUpFlowEnd, StepUpFlowListener, StepUpFlowState};
pub(crate) use flow::{Flows, PendingCodeFlow};
pub use headers::HttpHeader;
pub use observation::StepUpState;
pub use option::{StepUpFilter, StepUpMethod, StepUpOption};
pub(crate) use origin::FlowOrigin;
pub(crate) use running_checks::RunningChecks;
pub(crate) use verify::elevation;
pub use verify_passkey::PreparedPasskey;
pub(crate) use verify_recovery_code::recovery_code_proof;
pub(crate) use verify_totp::totp_proof;

use crate::{
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    identifier::{CredentialId, MfaFactorId, VerificationId},
    otp::OtpVerification,
    scope::{self, TokenScope},
    token::{ElevatedAccessToken, Elevation},
};

/// Step-up authentication. From [`StepUpClient::step_up`](crate::StepUpClient::step_up).
#[derive(uniffi::Object)]
pub struct StepUpAuthClient {
    pub(super) context: Arc<Context>,
    flows: Flows,
}

impl StepUpAuthClient {
    pub(crate) fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context, flows: Flows::default() })
    }
}

#[uniffi::export]
impl StepUpAuthClient {
    /// Whether a valid elevated token with this scope is held. Answers at once, from memory; before the
    /// storage was read (`StepUpClient::restore`) the answer is false.
    #[must_use]
    pub fn has_elevated_access_token(&self, scope: TokenScope) -> bool {
        self.context.state.has_token(&scope)
    }

    /// What is held for this scope. Answers at once, from memory; before the storage was read there is none.
    #[must_use]
    pub fn elevation(&self, scope: TokenScope) -> Option<Elevation> {
        self.context.state.elevation(&scope)
    }

    /// Whether a step-up is needed for this scope, and with what it can be done (`POST stepUp/check`). A
    /// held token is an answer without a request. Whatever goes wrong, the answer is "required", with the
    /// reason (I1).
    ///
    /// # Errors
    /// Only `InvalidArgument` for what cannot be a scope, `Cancelled`, and `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn check(
        &self,
        scope: TokenScope,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<StepUpCheck, StepUpError> {
        let scope = scope.validated()?;
        self.context.ensure_open()?;
        if self.context.state.has_token(&scope) {
            return Ok(StepUpCheck::by_held_token(scope));
        }
        let context = Arc::clone(&self.context);
        let checked = scope.clone();
        let answer = self.run(cancel, async move { Ok(context.check(checked).await) }).await;
        match answer {
            Err(error @ (StepUpError::Cancelled | StepUpError::ClientClosed)) => Err(error),
            Err(error) => Ok(StepUpCheck::could_not_ask(scope, &error)),
            Ok(check) => Ok(check),
        }
    }

    /// Whether a step-up is needed for this scope: [`StepUpAuthClient::check`] without the particulars.
    ///
    /// # Errors
    /// As `check`.
    #[uniffi::method(default(cancel = None))]
    pub async fn is_required(
        &self,
        scope: TokenScope,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<bool, StepUpError> {
        Ok(self.check(scope, cancel).await?.is_required)
    }

    /// Sends a code for a step-up to a credential of the user (`POST …Verifications/create`): to the one
    /// named, else to the default one if it can receive codes, else to the first e-mail address, else to
    /// the first phone that may be used. For e-mail as a second factor, as `check` and `MfaClient::methods`
    /// list it, the code goes to the user's e-mail credential, and `verify_mfa_email` takes it.
    ///
    /// # Errors
    /// `MethodUnavailable` if there is none; `RateLimited` after too many codes.
    #[uniffi::method(default(credential_id = None, cancel = None))]
    pub async fn send_otp(
        &self,
        credential_id: Option<CredentialId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        self.run(cancel, async move { context.send_step_up_otp(credential_id.as_ref(), None).await }).await
    }

    /// Sends a code again (`POST …Verifications/retry`): of the verification named, else of the latest.
    ///
    /// # Errors
    /// `InvalidArgument` if there is none in this session; `RateLimited` after too many codes.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn resend_otp(
        &self,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        let resend = async move { context.resend_step_up_otp(verification_id.as_ref(), None).await };
        self.run(cancel, resend).await
    }

    /// Verifies with a code that `send_otp` had sent (`POST …Verifications/verify`).
    ///
    /// # Errors
    /// `InvalidCode` for a wrong, expired or malformed code; `NotElevated` if the code was right but the
    /// server granted less than asked for, as it does for a user who has an MFA method.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn verify_otp(
        &self,
        code: String,
        scopes: Vec<TokenScope>,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let reissued = context.prove_otp(&code, &scopes, verification_id.as_ref()).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }

    /// Verifies with a code of the authenticator app (`POST users/mfa/auth/totp`), of the device named or
    /// of any.
    ///
    /// # Errors
    /// `InvalidCode`; `MethodUnavailable` if there is no such device; `RateLimited` after too many wrong
    /// codes; `NotElevated`.
    #[uniffi::method(default(device_id = None, cancel = None))]
    pub async fn verify_totp(
        &self,
        code: String,
        scopes: Vec<TokenScope>,
        device_id: Option<MfaFactorId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let reissued = context.prove_totp(&code, &scopes, device_id).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }

    /// Verifies with a passkey (`GET users/passkeys/authenticate`, the system's sheet, `POST
    /// users/mfa/auth/passkey`).
    ///
    /// # Errors
    /// `Cancelled` if the user declined; `MethodUnavailable` if there is no passkey, or none on this
    /// device; `TimedOut`; `NotElevated`.
    #[uniffi::method(default(cancel = None))]
    pub async fn verify_passkey(
        &self,
        scopes: Vec<TokenScope>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let prepared = context.prepare_passkey().await?;
            let reissued = context.prove_passkey(prepared, &scopes).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }

    /// The first half of `verify_passkey`: what needs the network. Done before the user taps, so that the
    /// system's sheet follows the tap at once; some systems show it only then.
    ///
    /// # Errors
    /// `MethodUnavailable` if the user has no passkey or the app no `PasskeyProvider`.
    #[uniffi::method(default(cancel = None))]
    pub async fn prepare_passkey(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<PreparedPasskey, StepUpError> {
        let context = Arc::clone(&self.context);
        self.run(cancel, async move { context.prepare_passkey().await }).await
    }

    /// The second half of `verify_passkey`: the system's sheet, then the server. A preparation that has run
    /// out is made anew first.
    ///
    /// # Errors
    /// As `verify_passkey`.
    #[uniffi::method(default(cancel = None))]
    pub async fn perform_passkey(
        &self,
        prepared: PreparedPasskey,
        scopes: Vec<TokenScope>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let reissued = context.prove_passkey(prepared, &scopes).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }

    /// Verifies with a recovery code, which is used up by it (`POST users/mfa/auth/recovery`).
    ///
    /// # Errors
    /// `InvalidCode` for a wrong, used or malformed code; `NotElevated`.
    #[uniffi::method(default(cancel = None))]
    pub async fn verify_recovery_code(
        &self,
        code: String,
        scopes: Vec<TokenScope>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Elevation, StepUpError> {
        let context = Arc::clone(&self.context);
        let verify = async move {
            let scopes = scope::validated_set(scopes)?;
            let reissued = context.prove_recovery_code(&code, &scopes).await?;
            verify::elevation(reissued, scopes)
        };
        self.run(cancel, verify).await
    }

    /// Hands out the elevated token for this scope, for a call that the app makes itself; none if none is
    /// held. A single-use token is spent by this for good; a reusable one stays.
    ///
    /// # Errors
    /// `NotSignedIn`; `DeviceRegistrationRequired`; `StorageFailed` if the storage could not be read.
    #[uniffi::method(default(cancel = None))]
    pub async fn take_elevated_access_token(
        &self,
        scope: TokenScope,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Option<ElevatedAccessToken>, StepUpError> {
        let context = Arc::clone(&self.context);
        let take = async move {
            context.signed_in_on_registered_device().await?;
            let taken = context.state.take_token(&scope);
            Ok(taken.map(|(token, _)| ElevatedAccessToken::from(token.token.expose().to_owned())))
        };
        self.run(cancel, take).await
    }

    /// The headers for a call that the app makes itself to a backend that asks for this scope: the
    /// session's bearer and the elevated token. A single-use token is spent by this for good. Without a
    /// token the server is asked: if it says that none is required, the bearer alone.
    ///
    /// # Errors
    /// `StepUpRequired` if a token is needed and none is held, or if that could not be found out;
    /// `NotSignedIn`; `DeviceRegistrationRequired`.
    #[uniffi::method(default(cancel = None))]
    pub async fn authorization_headers(
        &self,
        scope: TokenScope,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<HttpHeader>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.run(cancel, async move { context.authorization_headers(scope.validated()?).await }).await
    }

    /// Tells what the app's own backend has answered to a request with `authorization_headers`. To be called
    /// before the answer is used, in the operation of `with_step_up`: a refusal then leads to a step-up. A
    /// token that was refused is dropped, so that no later request is sent with it; a newer one stays.
    ///
    /// Only a 403 asks for a step-up, and only one with JSON that says so: `elevated_access_token` or
    /// `elevated access token` in `code`, `error`, `error.code`, `error.message` or `message`.
    ///
    /// `headers` are those that were sent, `status` and `body` those of the answer; only the body of a 403
    /// is looked at.
    ///
    /// # Errors
    /// `StepUpRequired` for this scope if that is what the answer asks for; `Cancelled`; `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn ensure_not_refused(
        &self,
        scope: TokenScope,
        headers: Vec<HttpHeader>,
        status: i32,
        body: Vec<u8>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        let judge = async move { context.ensure_not_refused(scope, headers, status, body).await };
        self.run(cancel, judge).await
    }
}
