//! Signing in and out, and the session in between.

mod link_contact;
mod link_outcome;
mod link_wallet;
mod merge;
mod observation;
mod pending_otp;
mod profile;
mod session;
mod sign_in;
mod sign_in_external_jwt;
mod sign_in_otp;
mod sign_in_passkey;
mod sign_in_wallet;
mod social;
mod user;

use std::sync::Arc;

pub use link_outcome::{
    LinkOutcome, MergeChoice, MergeConflict, MergeConflicts, MergeResolution, UpdateOutcome,
};
pub use profile::UserUpdate;
pub use session::{OnboardingDuty, Session, SessionToken, SessionTokenKind};
pub(crate) use session::{is_device_registration_pending, is_mfa_pending};
pub use sign_in::{SignInOptions, SignInOutcome};
pub(crate) use user::is_embedded_wallet;
pub use user::{CredentialFormat, User, VerifiedCredential};

use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    identifier::{MfaFactorId, VerificationId},
    otp::{Destination, OtpVerification, PhoneNumber, Purpose},
    state::SessionChange,
};

/// Signing in and out. From [`StepUpClient::auth`](crate::StepUpClient::auth).
#[derive(uniffi::Object)]
pub struct AuthClient {
    pub(super) context: Arc<Context>,
}

impl AuthClient {
    pub(crate) fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context })
    }
}

#[uniffi::export]
impl AuthClient {
    /// Sends a sign-in code to an e-mail address (`POST emailVerifications/create`).
    ///
    /// # Errors
    /// `InvalidArgument` for what is no address; `RateLimited` after too many codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn send_email_otp(
        &self,
        email: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        let send = async move {
            let destination = Destination::Email(sign_in_otp::email_address(&email)?);
            context.send_code(Purpose::SignIn, destination, None).await
        };
        self.context.run(cancel, send).await
    }

    /// Sends a sign-in code to a phone (`POST smsVerifications/create`).
    ///
    /// # Errors
    /// `InvalidArgument` for what is no phone number; `RateLimited` after too many codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn send_sms_otp(
        &self,
        phone: PhoneNumber,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        let send = async move {
            let destination = Destination::Phone(phone.normalized()?);
            context.send_code(Purpose::SignIn, destination, None).await
        };
        self.context.run(cancel, send).await
    }

    /// Sends a sign-in code again (`POST …Verifications/retry`): of the verification named, else of the
    /// latest.
    ///
    /// # Errors
    /// `InvalidArgument` if there is none; `RateLimited` after too many codes.
    #[uniffi::method(default(verification_id = None, cancel = None))]
    pub async fn resend_otp(
        &self,
        verification_id: Option<VerificationId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<OtpVerification, StepUpError> {
        let context = Arc::clone(&self.context);
        let resend =
            async move { context.resend_code(Purpose::SignIn, verification_id.as_ref(), None).await };
        self.context.run(cancel, resend).await
    }

    /// Signs in with a code that `send_email_otp` or `send_sms_otp` had sent (`POST
    /// …Verifications/signin`). Whoever was signed in before is not any more, and their elevated tokens are
    /// gone.
    ///
    /// # Errors
    /// `InvalidCode` for a wrong, expired or malformed code. `StorageFailed` or `TimedOut` if the session
    /// could not be written down: it holds in memory, and the next change writes it again.
    #[uniffi::method(default(options = None, cancel = None))]
    pub async fn sign_in_with_otp(
        &self,
        code: String,
        options: Option<SignInOptions>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignInOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        let sign_in = async move { context.sign_in_with_otp(&code, options.unwrap_or_default()).await };
        self.context.run(cancel, sign_in).await
    }

    /// Completes a sign-in that waits for a second factor with a code of the authenticator app
    /// (`POST users/mfa/auth/totp` without scopes).
    ///
    /// # Errors
    /// As `verify_totp` of the step-up, but for the scopes.
    #[uniffi::method(default(device_id = None, cancel = None))]
    pub async fn complete_mfa_totp(
        &self,
        code: String,
        device_id: Option<MfaFactorId>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let complete = async move {
            context.prove_totp(&code, &[], device_id).await?;
            context.session().await
        };
        self.context.run(cancel, complete).await
    }

    /// Completes a sign-in that waits for a second factor with a passkey (`POST users/mfa/auth/passkey`
    /// without scopes).
    ///
    /// # Errors
    /// As `verify_passkey` of the step-up, but for the scopes.
    #[uniffi::method(default(cancel = None))]
    pub async fn complete_mfa_passkey(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let complete = async move {
            let prepared = context.prepare_passkey().await?;
            context.prove_passkey(prepared, &[]).await?;
            context.session().await
        };
        self.context.run(cancel, complete).await
    }

    /// Completes a sign-in that waits for a second factor with a recovery code (`POST
    /// users/mfa/auth/recovery` without scopes).
    ///
    /// # Errors
    /// As `verify_recovery_code` of the step-up, but for the scopes.
    #[uniffi::method(default(cancel = None))]
    pub async fn complete_mfa_recovery(
        &self,
        code: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let complete = async move {
            context.prove_recovery_code(&code, &[]).await?;
            context.session().await
        };
        self.context.run(cancel, complete).await
    }

    /// Who is signed in, until when, and what is still to be done; none if nobody is. Asks the storage only.
    ///
    /// # Errors
    /// `StorageFailed` if it could not be read.
    #[uniffi::method(default(cancel = None))]
    pub async fn session(&self, cancel: Option<Arc<CancelToken>>) -> Result<Option<Session>, StepUpError> {
        let context = Arc::clone(&self.context);
        let read = async move {
            let current = context.signed_in_if_any().await?;
            Ok(current.map(|current| Session::of(&current.session, &context.state.clock)))
        };
        self.context.run(cancel, read).await
    }

    /// A token of the session, for calls to the app's own backend; none if the server gave none of that kind.
    ///
    /// # Errors
    /// `NotSignedIn`; `StorageFailed` if the storage could not be read.
    #[uniffi::method(default(cancel = None))]
    pub async fn session_token(
        &self,
        kind: SessionTokenKind,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Option<SessionToken>, StepUpError> {
        let context = Arc::clone(&self.context);
        let read = async move {
            let session = context.signed_in().await?.session;
            let token = match kind {
                SessionTokenKind::Minified => Some(session.token),
                SessionTokenKind::Full => session.full_jwt,
            };
            Ok(token.map(|token| SessionToken::from(token.expose().to_owned())))
        };
        self.context.run(cancel, read).await
    }

    /// Has the session renewed (`POST refresh`). Elevated tokens stay. Concurrent calls make one request.
    ///
    /// # Errors
    /// `NotSignedIn` if it has ended: there is no refresh token, so a session that has run out cannot be
    /// renewed.
    #[uniffi::method(default(cancel = None))]
    pub async fn refresh(&self, cancel: Option<Arc<CancelToken>>) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let refresh = async move {
            context.refresh().await?;
            context.session().await
        };
        self.context.run(cancel, refresh).await
    }

    /// Signs out on this device at once and tells the server (`POST revoke`), if it can be reached. Takes
    /// at most three seconds. Afterwards nothing of the session is in memory or storage; the device key
    /// stays.
    ///
    /// # Errors
    /// `StorageFailed` if the stored session could not be deleted. The user is signed out all the same, and
    /// the deletion is repeated before anything is read again.
    #[uniffi::method(default(cancel = None))]
    pub async fn logout(&self, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.logout().await }).await
    }
}

impl Context {
    pub(crate) async fn session(&self) -> Result<Session, StepUpError> {
        let current = self.signed_in().await?;
        Ok(Session::of(&current.session, &self.state.clock))
    }

    /// Renews the session unless somebody else has since this call began.
    pub(crate) async fn refresh(self: &Arc<Self>) -> Result<(), StepUpError> {
        let begun_with = self.signed_in().await?.version;
        let request = Request::new(&operations::REFRESH);
        let is_done = |version| version != begun_with;
        self.reissue_unless(request, SessionChange::Reissue, &is_done).await.map(drop)
    }
}
