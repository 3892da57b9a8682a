//! Action-based MFA: what an environment demanded before step-up, and still takes in a few places.

use crate::api::Context;
use crate::enforcement::Operation;
use crate::errors::ApiError;
use crate::policy::{ActionName, Enrollment, Policy};
use crate::state::{Session, User};

const HEADER: &str = "x-mfa-auth-token";

/// Whether an operation needs a token where step-up is not enforced yet.
pub(crate) fn is_demanded(policy: &Policy, user: &User, operation: Operation) -> bool {
    match operation {
        Operation::UpdateProfile => is_protected(policy, user, ActionName::UserUpdate),
        Operation::DeleteFactor | Operation::DeletePasskey | Operation::DeleteUser => user.has_factor(policy),
        _ => false,
    }
}

/// Whether a token serves in place of an elevated one.
pub(crate) fn is_taken(operation: Operation) -> bool {
    matches!(operation, Operation::DeleteFactor | Operation::DeletePasskey)
}

/// Whether the policy protects an action of this user. One without a factor is let through, unless
/// enrolment is forced.
pub(crate) fn is_protected(policy: &Policy, user: &User, action: ActionName) -> bool {
    let required = policy.actions.iter().any(|listed| listed.action == action && listed.required);
    required && (user.has_factor(policy) || policy.mfa.enrollment != Enrollment::None)
}

/// Accepts the token of the request; a single-use one is spent by that, whatever follows.
///
/// # Errors
/// 403 `mfa_token_required`.
pub(crate) fn spend(context: &mut Context<'_>, session: &Session) -> Result<(), ApiError> {
    let token = context.call.header(HEADER).filter(|token| !token.is_empty());
    let accepted = match token {
        Some(token) => context.state.mfa_tokens.spend(token, session),
        None => Err("missing"),
    };
    match accepted {
        Ok(()) => {
            context.call.trace.passed("mfa_token", "");
            Ok(())
        }
        Err(reason) => {
            context.call.trace.failed("mfa_token", reason);
            Err(ApiError::mfa_token_required())
        }
    }
}
