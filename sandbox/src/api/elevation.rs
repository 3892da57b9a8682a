//! What follows a proof: the session re-issued and, where the proof suffices, an elevated token.

use serde_json::Value;
use uuid::Uuid;

use super::Context;
use crate::errors::ApiError;
use crate::scopes::{self, TokenTerms};
use crate::state::Session;
use crate::tokens::ElevatedClaims;

/// What the user proved in a running session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Control of a sign-in credential: a re-authentication.
    Credential(Uuid),
    /// A second factor.
    Factor(Uuid),
    /// A recovery code, in place of a second factor.
    RecoveryCode,
}

/// Re-issues the session and grants the requested scopes as one token.
///
/// MFA comes before re-authentication: a user with a factor gets no token for a credential proof.
pub(crate) fn finish_verification(
    context: &mut Context<'_>,
    session: &Session,
    proof: Proof,
    requested: &[String],
) -> Result<Value, ApiError> {
    let policy = context.policy.clone();
    let now = context.now;
    let user = context.user(session.user_id)?;
    let suffices = matches!(proof, Proof::Factor(_) | Proof::RecoveryCode) || !user.has_factor(&policy);
    if let Proof::Credential(id) | Proof::Factor(id) = proof {
        user.last_verified_credential = Some(id);
    }
    user.last_visit = now;
    let passed = Session {
        mfa_passed: session.mfa_passed || !matches!(proof, Proof::Credential(_)),
        ..session.clone()
    };
    let session = context.reissue(&passed);
    let token = match suffices {
        true => elevated_token(context, &session, requested)?,
        false => None,
    };
    trace_grant(context, requested, token.is_some());
    context.verify_response(&session, token)
}

/// One token for all the scopes; none for no scope, or while the device is not registered.
pub(crate) fn elevated_token(
    context: &Context<'_>,
    session: &Session,
    requested: &[String],
) -> Result<Option<String>, ApiError> {
    if requested.is_empty() || session.needs_device(&context.policy) {
        return Ok(None);
    }
    grant(context, session, requested, scopes::terms(&context.policy, requested)).map(Some)
}

/// A token for these scopes on these terms.
pub(super) fn grant(
    context: &Context<'_>,
    session: &Session,
    scopes: &[String],
    terms: TokenTerms,
) -> Result<String, ApiError> {
    let backend = &context.call.backend;
    let claims = ElevatedClaims {
        iss: backend.sessions.issuer().into(),
        aud: session.audience.clone(),
        sub: session.user_id,
        sid: Some(session.id),
        environment_id: backend.environment_id.to_string(),
        jti: Uuid::new_v4().to_string(),
        iat: context.now.unix_timestamp(),
        exp: (context.now + terms.life).unix_timestamp(),
        scope: scopes.join(" "),
        single_use: terms.single_use,
    };
    backend.sessions.sign(&claims).map_err(|error| ApiError::internal(&error))
}

fn trace_grant(context: &Context<'_>, requested: &[String], granted: bool) {
    let trace = &context.call.trace;
    match (requested.is_empty(), granted) {
        (true, _) => {}
        (false, true) => trace.passed("elevation", requested.join(" ")),
        (false, false) => {
            trace.failed("elevation", "the user has a second factor, or the device is not registered")
        }
    }
}
