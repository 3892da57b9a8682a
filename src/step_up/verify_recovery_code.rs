//! Verifying with a recovery code.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    api::operations,
    context::{Context, Reissued},
    error::StepUpError,
    otp,
    scope::TokenScope,
};

impl Context {
    pub(crate) async fn prove_recovery_code(
        self: &Arc<Self>,
        typed: &str,
        scopes: &[TokenScope],
    ) -> Result<Reissued, StepUpError> {
        self.prove(&operations::VERIFY_RECOVERY_CODE, recovery_code_proof(typed)?, scopes).await
    }
}

pub(crate) fn recovery_code_proof(typed: &str) -> Result<Value, StepUpError> {
    Ok(json!({ "code": otp::recovery_code(typed)? }))
}
