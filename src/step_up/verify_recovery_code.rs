//! Verifying with a recovery code.

use std::sync::Arc;

use serde_json::json;

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
        let proof = json!({ "code": otp::recovery_code(typed)? });
        self.prove(&operations::VERIFY_RECOVERY_CODE, proof, scopes).await
    }
}
