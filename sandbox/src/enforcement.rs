//! Which operation needs an elevated token, and whether the presented one serves.

use axum::http::HeaderMap;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::api::Context;
use crate::errors::ApiError;
use crate::log::Trace;
use crate::mfa_tokens;
use crate::policy::Policy;
use crate::state::{Session, State, User};
use crate::tokens::{ElevatedClaims, Signer};

const HEADER: &str = "x-dyn-elevated-access-token";

/// Operations that an elevated token guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    StartTotp,
    RegisterPasskey,
    LinkContact,
    LinkSocial,
    LinkWallet,
    UpdateProfile,
    Unlink,
    DeleteFactor,
    DeletePasskey,
    DeleteUser,
}

/// Operation and the scopes of which one must be granted.
const GATES: &[(Operation, &[&str])] = &[
    (Operation::StartTotp, &["credential:link"]),
    (Operation::RegisterPasskey, &["credential:link"]),
    (Operation::LinkContact, &["credential:link", "credential:update", "user:update"]),
    (Operation::LinkWallet, &["credential:link"]),
    (Operation::LinkSocial, &["credential:link"]),
    (Operation::Unlink, &["credential:unlink"]),
    (Operation::DeleteFactor, &["credential:unlink"]),
    (Operation::DeletePasskey, &["credential:unlink"]),
    (Operation::DeleteUser, &["user:delete"]),
    // Only where the environment protects the action `user.update`.
    (Operation::UpdateProfile, &["user:update"]),
];

impl Operation {
    fn scopes(self) -> &'static [&'static str] {
        GATES.iter().find(|(operation, _)| *operation == self).map_or(&[], |(_, scopes)| scopes)
    }

    /// Enrolling the first factor, which is a duty of the sign-in where enrolment is forced.
    fn enrols(self) -> bool {
        matches!(self, Self::StartTotp | Self::RegisterPasskey)
    }

    fn is_guarded(self, policy: &Policy) -> bool {
        let protected = || policy.action_for("user:update").is_some_and(|action| action.required);
        policy.enforces_step_up() && (self != Self::UpdateProfile || protected())
    }
}

/// Whether some operation is guarded by this scope whatever the policy says.
pub(crate) fn is_gated(scope: &str) -> bool {
    scope != "user:update" && GATES.iter().any(|(_, scopes)| scopes.contains(&scope))
}

/// Admits an operation, or refuses it; an accepted single-use token is spent.
///
/// # Errors
/// 403 "Insufficient scope permissions" while a duty of the session is open, 403 "Elevated access token
/// required" without a token that serves; before step-up 403 "MFA token required".
pub(crate) fn guard(
    context: &mut Context<'_>,
    session: &Session,
    operation: Operation,
) -> Result<(), ApiError> {
    let user = context.user(session.user_id)?.clone();
    if refuses_pending(context, session, &user, operation) {
        context.call.trace.failed("duties", session.scope(&user, &context.policy));
        return Err(ApiError::insufficient_scope());
    }
    let forced_enrolment = operation.enrols() && session.needs_factor(&user, &context.policy);
    if !context.policy.enforces_step_up() && mfa_tokens::is_demanded(&context.policy, &user, operation) {
        return mfa_tokens::spend(context, session);
    }
    if forced_enrolment || !operation.is_guarded(&context.policy) {
        context.call.trace.passed("elevated_token", format!("not demanded for {operation:?}"));
        return Ok(());
    }
    let presented = Presented { headers: &context.call.headers, user_id: user.id, now: context.now };
    let signer = &context.call.backend.sessions;
    let accepted = presented.spend(signer, &mut context.state, operation.scopes(), &context.call.trace);
    accepted.or_else(|refusal| match mfa_tokens::is_taken(operation) {
        true => mfa_tokens::spend(context, session).map_err(|_| refusal),
        false => Err(refusal),
    })
}

/// An elevated token in the headers of a request by this user.
pub(crate) struct Presented<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) user_id: Uuid,
    pub(crate) now: OffsetDateTime,
}

impl Presented<'_> {
    /// Accepts a token that grants one of the scopes; a single-use one is spent by that, whatever follows.
    pub(crate) fn spend(
        &self,
        signer: &Signer,
        state: &mut State,
        any_of: &[&str],
        trace: &Trace,
    ) -> Result<(), ApiError> {
        match self.accept(signer, state, any_of) {
            Ok(claims) => {
                trace.passed("elevated_token", format!("{} {}", claims.scope, claims.jti));
                Ok(())
            }
            Err(reason) => {
                trace.failed("elevated_token", reason);
                Err(ApiError::elevation_required())
            }
        }
    }

    fn accept(&self, signer: &Signer, state: &mut State, any_of: &[&str]) -> Result<ElevatedClaims, String> {
        let token = self.headers.get(HEADER).and_then(|value| value.to_str().ok());
        let token = token.filter(|token| !token.is_empty()).ok_or("missing")?;
        let claims: ElevatedClaims = signer.verify(token).map_err(|error| error.to_string())?;
        if claims.sub != self.user_id {
            return Err("granted to another user".into());
        }
        if claims.exp <= self.now.unix_timestamp() {
            return Err("expired".into());
        }
        if !any_of.iter().any(|scope| claims.grants(scope)) {
            return Err(format!("grants `{}`, needed is one of {any_of:?}", claims.scope));
        }
        if claims.single_use && !state.spent_tokens.insert(claims.jti.clone()) {
            return Err("single-use token was used before".into());
        }
        Ok(claims)
    }
}

/// With an open duty nothing guarded is done, except that a missing factor may be enrolled.
fn refuses_pending(context: &Context<'_>, session: &Session, user: &User, operation: Operation) -> bool {
    let policy = &context.policy;
    let enrolling = operation.enrols() && !user.has_factor(policy);
    session.needs_device(policy) || (session.needs_factor(user, policy) && !enrolling)
}
