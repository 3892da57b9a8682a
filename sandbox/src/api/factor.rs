//! What a second factor is shown for.

use serde::Deserialize;
use serde_json::Value;

use super::Context;
use super::elevation::{Proof, finish_verification};
use crate::errors::ApiError;
use crate::scopes;
use crate::state::Session;

/// What the bodies of `users/mfa/auth/*` have in common.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FactorOptions {
    requested_scopes: Option<Vec<String>>,
    create_mfa_token: Option<CreateMfaToken>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateMfaToken {
    single_use: bool,
}

/// Options that were looked at before a code was used up.
pub(super) struct FactorRequest {
    scopes: Vec<String>,
    mfa_token: Option<CreateMfaToken>,
}

impl FactorOptions {
    /// # Errors
    /// 422 `invalid_scopes`.
    pub(super) fn check(&self) -> Result<FactorRequest, ApiError> {
        let scopes = scopes::parse_requested(self.requested_scopes.as_deref())?;
        Ok(FactorRequest { scopes, mfa_token: self.create_mfa_token })
    }
}

/// As after any verify, and a token of action-based MFA if one is wanted and a factor was shown.
pub(super) fn finish_factor(
    context: &mut Context<'_>,
    session: &Session,
    proof: Proof,
    request: &FactorRequest,
) -> Result<Value, ApiError> {
    let mut answer = finish_verification(context, session, proof, &request.scopes)?;
    let wanted = request.mfa_token.filter(|_| !matches!(proof, Proof::Credential(_)));
    if let (Some(wanted), Some(fields)) = (wanted, answer.as_object_mut()) {
        let token = context.state.mfa_tokens.issue(session, wanted.single_use);
        fields.insert("mfaToken".into(), token.into());
    }
    Ok(answer)
}
