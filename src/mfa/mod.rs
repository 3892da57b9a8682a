//! Factors: authenticator app, passkeys, recovery codes.

pub(crate) mod ceremony;
mod factors;
mod passkeys;
mod qr_code;
mod recovery_codes;
mod totp;

use std::sync::Arc;

pub use factors::{MfaFactor, MfaFactorKind};
pub use passkeys::PasskeysClient;
pub use qr_code::QrCode;
pub use recovery_codes::RecoveryCode;
pub use totp::{OtpauthUri, TotpEnrollment, TotpSecret};

use crate::{auth::Session, cancel::CancelToken, context::Context, error::StepUpError};

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
    /// The user's factors, passkeys among them (`GET users/mfa/methods`).
    ///
    /// # Errors
    /// `NotSignedIn`, and those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn methods(&self, cancel: Option<Arc<CancelToken>>) -> Result<Vec<MfaFactor>, StepUpError> {
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
    /// # Errors
    /// `InvalidCode`; `RateLimited` after too many wrong codes.
    #[uniffi::method(default(cancel = None))]
    pub async fn confirm_totp(
        &self,
        code: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let confirm = async move {
            context.prove_totp(&code, &[], None).await?;
            context.session().await
        };
        self.context.run(cancel, confirm).await
    }

    /// Removes an authenticator app (`DELETE users/mfa/{id}`). Takes the elevated token for
    /// `credential:unlink`. Passkeys are removed by [`PasskeysClient::delete`].
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such factor.
    #[uniffi::method(default(cancel = None))]
    pub async fn delete(&self, id: String, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.delete_totp(&id).await }).await
    }

    /// The recovery codes (`GET users/mfa/recovery`); the first call makes ten. Readable until they are
    /// acknowledged.
    ///
    /// # Errors
    /// `Server` once they were acknowledged: make new ones.
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
