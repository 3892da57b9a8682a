//! Verifying with a code of the authenticator app (RFC 6238).

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    api::operations,
    context::{Context, Reissued},
    error::StepUpError,
    identifier::MfaFactorId,
    otp,
    scope::TokenScope,
};

impl Context {
    pub(crate) async fn prove_totp(
        self: &Arc<Self>,
        typed: &str,
        scopes: &[TokenScope],
        device_id: Option<MfaFactorId>,
    ) -> Result<Reissued, StepUpError> {
        self.prove(&operations::VERIFY_TOTP, totp_proof(typed, device_id)?, scopes).await
    }
}

pub(crate) fn totp_proof(typed: &str, device_id: Option<MfaFactorId>) -> Result<Value, StepUpError> {
    let mut proof = json!({ "code": otp::otp(typed)? });
    if let Some(id) = device_id {
        proof["id"] = id.as_str().into();
    }
    Ok(proof)
}
