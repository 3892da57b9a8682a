//! Recovery codes: what is left when every factor is lost.

use std::sync::Arc;

use serde_json::json;

use crate::{
    api::{Operation, Request, models::RecoveryCodesAnswer, operations},
    context::Context,
    error::StepUpError,
    secret::public_secret,
    state::SessionChange,
};

public_secret! {
    /// A recovery code, to be shown to the user once.
    RecoveryCode
}

impl Context {
    pub(super) async fn recovery_codes(self: &Arc<Self>) -> Result<Vec<RecoveryCode>, StepUpError> {
        self.read_recovery_codes(&operations::RECOVERY_CODES).await
    }

    pub(super) async fn regenerate_recovery_codes(
        self: &Arc<Self>,
    ) -> Result<Vec<RecoveryCode>, StepUpError> {
        self.read_recovery_codes(&operations::REGENERATE_RECOVERY_CODES).await
    }

    async fn read_recovery_codes(
        self: &Arc<Self>,
        operation: &'static Operation,
    ) -> Result<Vec<RecoveryCode>, StepUpError> {
        let answer: RecoveryCodesAnswer = self.call(Request::new(operation)).await?.read()?;
        Ok(answer.recovery_codes.iter().map(|code| RecoveryCode::from(code.expose().to_owned())).collect())
    }

    pub(super) async fn acknowledge_recovery_codes(self: &Arc<Self>) -> Result<(), StepUpError> {
        let body = json!({ "mfaBackupCodeAcknowledgement": "complete" });
        let request = Request::new(&operations::ACKNOWLEDGE_RECOVERY_CODES).body(body);
        self.reissue(request, SessionChange::Reissue).await.map(drop)
    }
}
