//! Factors: authenticator app, passkeys, recovery codes; and action-based MFA, which step-up has replaced.

mod action;
pub(crate) mod ceremony;
mod factors;
mod first_code;
mod legacy_token;
mod methods;
mod passkey;
mod passkeys;
mod qr_code;
mod recovery_codes;
mod totp;

use std::sync::Arc;

pub use action::{MfaAction, MfaActionCheck, MfaActionReason, mfa_action_scope};
pub use factors::{MfaFactor, MfaFactorKind};
pub use legacy_token::{LegacyMfaFactor, LegacyMfaToken, LegacyTokenKind};
pub use methods::MfaMethod;
pub use passkey::Passkey;
pub use passkeys::PasskeysClient;
pub use qr_code::QrCode;
pub use recovery_codes::RecoveryCode;
pub use totp::{OtpauthUri, TotpEnrollment, TotpSecret};

use crate::{
    auth::Session, cancel::CancelToken, context::Context, error::StepUpError, identifier::MfaFactorId,
};

/// The user's factors. From [`StepUpClient::mfa`](crate::StepUpClient::mfa).
#[derive(uniffi::Object)]
pub struct MfaClient {
    pub(super) context: Arc<Context>,
}

impl MfaClient {
    pub(crate) fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context })
    }
}

#[uniffi::export]
impl MfaClient {
    /// What the environment offers as a second factor and what the user has, passkeys among them: one entry
    /// per kind (`GET users/mfa/methods`, and `GET settings`, which is kept for five minutes).
    ///
    /// # Errors
    /// `NotSignedIn`, and those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn methods(&self, cancel: Option<Arc<CancelToken>>) -> Result<Vec<MfaMethod>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.mfa_methods().await }).await
    }

    /// Begins to add an authenticator app (`GET users/mfa/register/totp`). Show the QR code or the secret,
    /// then `confirm_totp`. Takes the elevated token for `credential:link`.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; `MethodUnavailable` if the user has one: delete it first.
    #[uniffi::method(default(cancel = None))]
    pub async fn enroll_totp(&self, cancel: Option<Arc<CancelToken>>) -> Result<TotpEnrollment, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.enroll_totp().await }).await
    }

    /// Ends the adding of an authenticator app with its first code (`POST users/mfa/auth/totp`).
    ///
    /// A code for what `enroll_totp` began in this session is looked at first, by the server's time: one
    /// that cannot be right is not sent and costs no attempt. After a restart of the app every code is sent.
    ///
    /// # Errors
    /// `AuthenticatorClockWrong` for a code of another moment within ten minutes; `InvalidCode`, without a
    /// server's answer if it was found out here; `RateLimited` after too many wrong codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn confirm_totp(
        &self,
        code: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let confirm = async move {
            context.confirm_totp(&code).await?;
            context.session().await
        };
        self.context.run(cancel, confirm).await
    }

    /// Makes a factor the one that is offered first (`PUT users/mfa/{id}`).
    ///
    /// # Errors
    /// `MethodUnavailable` if there is no such factor; `InvalidArgument` for what is no id.
    #[uniffi::method(default(cancel = None))]
    pub async fn set_default(
        &self,
        id: MfaFactorId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.set_default_factor(&id).await }).await
    }

    /// Removes an authenticator app (`DELETE users/mfa/{id}`). Takes the elevated token for
    /// `credential:unlink`. Passkeys are removed by [`PasskeysClient::delete`].
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such factor.
    #[uniffi::method(default(cancel = None))]
    pub async fn delete(&self, id: MfaFactorId, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.delete_totp(&id).await }).await
    }

    /// The recovery codes (`GET users/mfa/recovery`); the first call makes ten. Readable until they are
    /// acknowledged.
    ///
    /// # Errors
    /// `MethodUnavailable` with `AlreadyAcknowledged` once they were acknowledged: make new ones.
    #[uniffi::method(default(cancel = None))]
    pub async fn recovery_codes(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<RecoveryCode>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.recovery_codes().await }).await
    }

    /// Makes ten new recovery codes (`POST users/mfa/recovery`). The old ones are worthless from then on,
    /// and the new ones must be acknowledged.
    ///
    /// # Errors
    /// `NotSignedIn`, and those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn regenerate_recovery_codes(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<RecoveryCode>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.regenerate_recovery_codes().await }).await
    }

    /// Tells the server that the user has the recovery codes (`PUT users`). Call it when the user has said
    /// so, not before: afterwards they cannot be read again.
    ///
    /// # Errors
    /// `NotSignedIn`, and those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn acknowledge_recovery_codes(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let acknowledge = async move {
            context.acknowledge_recovery_codes().await?;
            context.session().await
        };
        self.context.run(cancel, acknowledge).await
    }
}
