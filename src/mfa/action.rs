//! Action-based MFA: does an action need a second factor? The scheme of environments before step-up.

use std::sync::Arc;

use super::{MfaClient, MfaFactor};
use crate::{
    api::operations,
    cancel::CancelToken,
    context::Context,
    error::{ErrorKind, StepUpError},
    scope::TokenScope,
};

/// An action that an environment may protect by action-based MFA. An open set: `Other` holds what this
/// version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MfaAction {
    /// Export of an embedded wallet's key: `wallet.waas.export`.
    WalletExport,
    /// Signature of an embedded wallet: `wallet.waas.sign`.
    WalletSign,
    /// Refresh of an embedded wallet's key shares: `wallet.waas.refresh`.
    WalletRefresh,
    /// A new distribution of an embedded wallet's key shares: `wallet.waas.reshare`.
    WalletReshare,
    /// Changing the user's profile: `user.update`.
    UserUpdate,
    /// Something else, as the server calls it.
    Other(String),
}

impl MfaAction {
    /// The action as the settings call it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::WalletExport => "wallet.waas.export",
            Self::WalletSign => "wallet.waas.sign",
            Self::WalletRefresh => "wallet.waas.refresh",
            Self::WalletReshare => "wallet.waas.reshare",
            Self::UserUpdate => "user.update",
            Self::Other(name) => name,
        }
    }

    /// The scope that takes this action's place in step-up; none for an action that this version does not
    /// know.
    #[must_use]
    pub fn scope(&self) -> Option<TokenScope> {
        match self {
            Self::WalletExport => Some(TokenScope::WALLET_EXPORT),
            Self::WalletSign => Some(TokenScope::WALLET_SIGN),
            Self::WalletRefresh => Some(TokenScope::WALLET_REFRESH),
            Self::WalletReshare => Some(TokenScope::WALLET_RESHARE),
            Self::UserUpdate => Some(TokenScope::USER_UPDATE),
            Self::Other(_) => None,
        }
    }
}

/// [`MfaAction::scope`] for languages in which the action has no methods.
#[uniffi::export]
#[must_use]
pub fn mfa_action_scope(action: MfaAction) -> Option<TokenScope> {
    action.scope()
}

/// The answer to "does this action need a second factor?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct MfaActionCheck {
    /// Whether the user must prove a second factor before the action.
    pub is_required: bool,
    /// Why.
    pub reason: MfaActionReason,
}

/// Why an action needs a second factor, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MfaActionReason {
    /// Not required: the environment does not protect this action.
    NotProtected,
    /// Not required: the action is protected, but the user has no verified factor and need not have one.
    NoMethod,
    /// Required: the action is protected, and the user must add a factor first.
    EnrollmentForced,
    /// Required: the action is protected, and the user has a factor.
    Required,
    /// Required, because nobody is signed in, or the session ended meanwhile.
    NotSignedIn,
    /// Required, because the server could not be asked, or its answer not be understood.
    CouldNotAsk {
        /// What to do about that.
        kind: ErrorKind,
    },
}

impl From<MfaActionReason> for MfaActionCheck {
    fn from(reason: MfaActionReason) -> Self {
        let is_required = !matches!(reason, MfaActionReason::NotProtected | MfaActionReason::NoMethod);
        Self { is_required, reason }
    }
}

#[uniffi::export]
impl MfaClient {
    /// Whether an action needs a second factor in an environment with action-based MFA (`GET settings`,
    /// which is kept for five minutes, and for a protected action `GET users/mfa/methods`). Whatever goes
    /// wrong, the answer is "required", with the reason.
    ///
    /// Deprecated: use [`StepUpAuthClient::check`](crate::StepUpAuthClient::check) with the action's
    /// [`scope`](MfaAction::scope), which asks the server itself.
    ///
    /// # Errors
    /// Only `Cancelled` and `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn is_required_for_action(
        &self,
        action: MfaAction,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<MfaActionCheck, StepUpError> {
        let context = Arc::clone(&self.context);
        let check = async move { context.action_reason(&action).await };
        let reason = match self.context.run(cancel, check).await {
            Ok(reason) => reason,
            Err(error @ (StepUpError::Cancelled | StepUpError::ClientClosed)) => return Err(error),
            Err(StepUpError::NotSignedIn { .. } | StepUpError::KeyLost) => MfaActionReason::NotSignedIn,
            Err(error) => MfaActionReason::CouldNotAsk { kind: error.kind() },
        };
        Ok(reason.into())
    }
}

impl Context {
    async fn action_reason(self: &Arc<Self>, action: &MfaAction) -> Result<MfaActionReason, StepUpError> {
        self.signed_in().await?;
        let settings = self.fresh_settings().await?;
        let mfa = &settings.security.mfa;
        let is_protected = mfa.protects(action.as_str()).ok_or_else(|| StepUpError::UnexpectedAnswer {
            operation: operations::SETTINGS.name.into(),
            reason: "the protected actions cannot be read".into(),
            request_id: String::new(),
        })?;
        if !is_protected {
            return Ok(MfaActionReason::NotProtected);
        }
        let answer = self.mfa_factors().await?;
        let has_method = answer.user_has_verified_mfa_methods
            || Vec::<MfaFactor>::from(answer).iter().any(|factor| factor.is_verified);
        Ok(match (has_method, mfa.forces_enrollment()) {
            (true, _) => MfaActionReason::Required,
            (false, true) => MfaActionReason::EnrollmentForced,
            (false, false) => MfaActionReason::NoMethod,
        })
    }
}
