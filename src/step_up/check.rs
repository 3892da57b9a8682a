//! Is a step-up needed? Fails closed (I1), and N callers make one request (I8).

use std::sync::Arc;

use serde_json::json;

use super::{
    credentials::{self, StepUpCredential},
    running_checks::Asked,
};
use crate::{
    api::{Request, models::CheckAnswer, operations},
    auth::{CredentialFormat, is_device_registration_pending},
    context::Context,
    error::{ErrorKind, StepUpError},
    identifier::CredentialId,
    scope::TokenScope,
    state::HeldSession,
};

/// The answer to "is a step-up needed?".
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StepUpCheck {
    /// The scope that was asked about.
    pub scope: TokenScope,
    /// Whether the user must verify before the operation.
    pub is_required: bool,
    /// Why.
    pub reason: CheckReason,
    /// What the user can verify with. Empty if nothing is required.
    pub credentials: Vec<StepUpCredential>,
    /// The credential to offer first.
    pub default_credential_id: Option<CredentialId>,
    /// Whether the server named the credentials. If not, they are derived from the signed-in user, and the
    /// server may not accept each of them.
    pub is_confirmed: bool,
}

/// Why a check answered as it did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CheckReason {
    /// Not required: a valid token is held.
    TokenHeld,
    /// Not required: the server says so.
    NotRequiredByServer,
    /// Required: the server says so.
    RequiredByServer,
    /// Required, because nobody is signed in, or the session ended meanwhile.
    NotSignedIn,
    /// Required, because this device must be registered first.
    DeviceRegistrationPending,
    /// Required, because the server's answer could not be understood.
    MalformedAnswer,
    /// Required, because the server could not be asked.
    CouldNotAsk {
        /// What to do about that.
        kind: ErrorKind,
    },
}

impl StepUpCheck {
    pub(super) fn by_held_token(scope: TokenScope) -> Self {
        Self::not_required(scope, CheckReason::TokenHeld)
    }

    fn not_required(scope: TokenScope, reason: CheckReason) -> Self {
        let credentials = Vec::new();
        Self {
            scope,
            is_required: false,
            reason,
            credentials,
            default_credential_id: None,
            is_confirmed: true,
        }
    }

    fn required(scope: TokenScope, reason: CheckReason) -> Self {
        Self { is_required: true, is_confirmed: false, ..Self::not_required(scope, reason) }
    }

    pub(super) fn could_not_ask(scope: TokenScope, error: &StepUpError) -> Self {
        let reason = match error {
            StepUpError::NotSignedIn { .. } | StepUpError::KeyLost => CheckReason::NotSignedIn,
            StepUpError::UnexpectedAnswer { .. } => CheckReason::MalformedAnswer,
            error => CheckReason::CouldNotAsk { kind: error.kind() },
        };
        Self::required(scope, reason)
    }

    /// The error of an operation that this check speaks against.
    pub(crate) fn refusal(self, operation: &str) -> StepUpError {
        match self.reason {
            CheckReason::NotSignedIn => StepUpError::NotSignedIn { answer: None },
            CheckReason::DeviceRegistrationPending => StepUpError::DeviceRegistrationRequired,
            _ => StepUpError::StepUpRequired {
                operation: operation.into(),
                scope: self.scope,
                token_was_attached: false,
            },
        }
    }

    fn with_derived_credentials(mut self, session: &HeldSession) -> Self {
        if self.reason != CheckReason::NotSignedIn {
            (self.credentials, self.default_credential_id) = credentials::derived(session);
        }
        self
    }

    fn answered(scope: TokenScope, answer: &CheckAnswer, session: &HeldSession) -> Self {
        if !answer.is_required {
            return Self::not_required(scope, CheckReason::NotRequiredByServer);
        }
        let (credentials, default_credential_id) = credentials::answered(answer, session);
        Self {
            credentials,
            default_credential_id,
            is_confirmed: true,
            ..Self::required(scope, CheckReason::RequiredByServer)
        }
    }
}

impl Context {
    pub(crate) async fn check(self: &Arc<Self>, scope: TokenScope) -> StepUpCheck {
        self.check_with_cause(scope).await.0
    }

    /// The same with what kept the server from being asked.
    pub(super) async fn check_with_cause(
        self: &Arc<Self>,
        scope: TokenScope,
    ) -> (StepUpCheck, Option<StepUpError>) {
        let current = match self.signed_in().await {
            Ok(current) => current,
            Err(error) => return (StepUpCheck::could_not_ask(scope, &error), Some(error)),
        };
        if self.state.has_token(&scope) {
            return (StepUpCheck::by_held_token(scope), None);
        }
        if is_device_registration_pending(&current.session.user) {
            return (StepUpCheck::required(scope, CheckReason::DeviceRegistrationPending), None);
        }
        let asked = self.ask_together(current.epoch, &scope).await;
        if self.state.epoch() != current.epoch {
            return (StepUpCheck::required(scope, CheckReason::NotSignedIn), None);
        }
        match asked {
            Ok(answer) => {
                let check = StepUpCheck::answered(scope, &answer, &current.session);
                let emails = check
                    .credentials
                    .iter()
                    .filter(|credential| credential.format == CredentialFormat::Email);
                self.state.in_epoch(current.epoch, |data| {
                    data.default_credential_id = answer.default_credential_id.clone();
                    data.email_factor_ids.extend(emails.map(|credential| credential.id.clone()));
                });
                (check, None)
            }
            Err(error) => {
                let check = StepUpCheck::could_not_ask(scope, &error);
                (check.with_derived_credentials(&current.session), Some(error))
            }
        }
    }

    /// Asks the server, together with everybody who asks the same.
    async fn ask_together(self: &Arc<Self>, epoch: u64, scope: &TokenScope) -> Asked {
        let (context, asked_for) = (Arc::clone(self), scope.clone());
        let ask = async move {
            let request = Request::new(&operations::CHECK).body(json!({ "scope": asked_for }));
            let answer = context.call(request).await?;
            Ok(Arc::new(answer.read::<CheckAnswer>()?))
        };
        self.checks.join((epoch, scope.clone()), ask).await
    }
}
