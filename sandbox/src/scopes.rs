//! Scopes: their form, what they need, and what the token that grants them is like.

use time::Duration;

use crate::enforcement;
use crate::errors::ApiError;
use crate::policy::{Policy, TokenBehavior};

const MAX_LENGTH: usize = 100;
const SINGLE_USE_SECONDS: u32 = 300;
const TIME_BOUND_SECONDS: u32 = 600;

/// Scopes that need a step-up whatever the policy says, where step-up is enforced.
const ALWAYS_REQUIRED: &[&str] = &["credential:link", "credential:unlink", "wallet:export"];

/// How often and how long a token serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenTerms {
    pub(crate) single_use: bool,
    pub(crate) life: Duration,
}

/// One scope: `family:action` in lower case.
pub(crate) fn parse(scope: &str) -> Result<&str, ApiError> {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match scope.split_once(':') {
        Some((family, action)) if scope.len() <= MAX_LENGTH && word(family) && word(action) => Ok(scope),
        _ => Err(ApiError::unprocessable("invalid_scopes", "A scope is `family:action`")),
    }
}

/// The `requestedScopes` of a body: absent is none, an empty list is refused. Deduplicated and sorted.
pub(crate) fn parse_requested(requested: Option<&[String]>) -> Result<Vec<String>, ApiError> {
    let Some(requested) = requested else { return Ok(Vec::new()) };
    if requested.is_empty() {
        return Err(ApiError::unprocessable("invalid_scopes", "requestedScopes must not be empty"));
    }
    let mut scopes =
        requested.iter().map(|scope| parse(scope).map(Into::into)).collect::<Result<Vec<_>, _>>()?;
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

/// Whether a step-up is needed for a scope.
pub(crate) fn is_required(policy: &Policy, scope: &str) -> bool {
    if !policy.enforces_step_up() {
        return false;
    }
    let by_action = policy.action_for(scope).is_some_and(|action| action.required);
    by_action || ALWAYS_REQUIRED.contains(&scope) || enforcement::is_gated(scope)
}

/// What a token for these scopes is like: single use if one of them is, and as short as the shortest.
pub(crate) fn terms(policy: &Policy, scopes: &[String]) -> TokenTerms {
    let each = scopes.iter().map(|scope| terms_of(policy, scope));
    each.reduce(|all, one| TokenTerms {
        single_use: all.single_use || one.single_use,
        life: all.life.min(one.life),
    })
    .unwrap_or_else(|| terms_of(policy, ""))
}

fn terms_of(policy: &Policy, scope: &str) -> TokenTerms {
    let action = policy.action_for(scope);
    let single_use = match action.and_then(|action| action.token_behavior) {
        Some(behavior) => behavior == TokenBehavior::SingleUse,
        None => scope.starts_with("wallet:"),
    };
    let default = if single_use { SINGLE_USE_SECONDS } else { TIME_BOUND_SECONDS };
    let seconds = action.and_then(|action| action.token_expiry_seconds).unwrap_or(default);
    TokenTerms { single_use, life: Duration::seconds(seconds.into()) }
}
