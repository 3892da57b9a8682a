//! What all ways to verify have in common: a proof goes out, a session and perhaps a token come back.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    api::{Operation, Request},
    context::{Context, Reissued},
    error::StepUpError,
    scope::TokenScope,
    state::SessionChange,
    token::Elevation,
};

impl Context {
    /// Sends a proof, with the scopes that are asked for; none when a sign-in is completed.
    pub(crate) async fn prove(
        self: &Arc<Self>,
        operation: &'static Operation,
        mut proof: Value,
        scopes: &[TokenScope],
    ) -> Result<Reissued, StepUpError> {
        if !scopes.is_empty() {
            proof["requestedScopes"] = json!(scopes);
        }
        self.reissue(Request::new(operation).body(proof), SessionChange::Reissue).await
    }
}

/// Success is a stored token that has every scope, and nothing else.
pub(crate) fn elevation(reissued: Reissued, requested: Vec<TokenScope>) -> Result<Elevation, StepUpError> {
    granted(reissued.elevation, requested)
}

/// The same for a token that came without a session.
pub(super) fn granted(
    elevation: Option<Elevation>,
    requested: Vec<TokenScope>,
) -> Result<Elevation, StepUpError> {
    let granted = elevation.as_ref().map(|elevation| elevation.scopes.clone()).unwrap_or_default();
    let missing: Vec<TokenScope> = requested.into_iter().filter(|scope| !granted.contains(scope)).collect();
    match elevation {
        Some(elevation) if missing.is_empty() => Ok(elevation),
        _ => Err(StepUpError::NotElevated { granted, missing }),
    }
}
