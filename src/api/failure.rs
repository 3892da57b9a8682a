//! A call that did not succeed, with all that is known of it, and the one place where it becomes a public
//! error.

use std::time::Duration;

use crate::{
    api::Operation,
    auth::MergeConflicts,
    error::{CodeRefusal, LinkRefusal, NetworkFailure, ServerAnswer, StepUpError, UnavailableReason},
};

/// A failed call. Never leaves the crate; raw bodies never leave `api`.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) operation: &'static Operation,
    pub(crate) request_id: String,
    pub(crate) token_was_attached: bool,
    pub(crate) cause: FailureCause,
}

/// Why a call failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FailureCause {
    /// The network, or a limit.
    Network(NetworkFailure),
    /// The server's refusal.
    Refused {
        status: u16,
        code: Option<String>,
        /// The answer says that an elevated access token is needed.
        wants_elevation: bool,
        retry_after: Option<Duration>,
        /// The account that the server offers to merge with this one.
        merge: Option<Box<MergeConflicts>>,
    },
    /// Success with a body that is not what the API promises.
    Malformed(&'static str),
}

impl Failure {
    /// Whether the request provably never reached the server.
    pub(crate) fn never_left(&self) -> bool {
        self.cause == FailureCause::Network(NetworkFailure::ConnectFailed)
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self.cause, FailureCause::Refused { status: 401, .. })
    }

    pub(crate) fn wants_elevation(&self) -> bool {
        matches!(self.cause, FailureCause::Refused { wants_elevation: true, .. })
    }

    /// Whether the server offers to merge two accounts.
    pub(crate) fn merge_offer(&self) -> Option<&MergeConflicts> {
        let FailureCause::Refused { merge, .. } = &self.cause else { return None };
        merge.as_deref()
    }

    /// Whether the same request may succeed a moment later, and what the server said about when.
    pub(crate) fn passes(&self) -> Option<Option<Duration>> {
        match &self.cause {
            FailureCause::Network(NetworkFailure::ConnectFailed | NetworkFailure::Interrupted) => Some(None),
            FailureCause::Refused { status: 502..=504, retry_after, .. } => Some(*retry_after),
            FailureCause::Refused { status: 429, retry_after: Some(wait), .. } => Some(Some(*wait)),
            _ => None,
        }
    }

    /// What the server answered, if it did.
    pub(crate) fn answer(&self) -> Option<ServerAnswer> {
        let FailureCause::Refused { status, code, .. } = &self.cause else { return None };
        Some(ServerAnswer { status: *status, code: code.clone(), request_id: self.request_id.clone() })
    }
}

impl From<Failure> for StepUpError {
    fn from(failure: Failure) -> Self {
        let answer = failure.answer();
        let Failure { operation, request_id, token_was_attached, cause } = failure;
        match cause {
            FailureCause::Network(failure) => Self::Network { failure, request_id },
            FailureCause::Malformed(reason) => {
                Self::UnexpectedAnswer { operation: operation.name.into(), reason: reason.into(), request_id }
            }
            FailureCause::Refused { status, code, wants_elevation, retry_after, .. } => {
                if let (true, Some(scope)) = (wants_elevation, operation.scope) {
                    let (operation, scope) = (operation.name.into(), scope.clone());
                    return Self::StepUpRequired { operation, scope, token_was_attached };
                }
                let answer = answer.unwrap_or(ServerAnswer { status, code, request_id });
                refusal(operation.name, answer, wants_elevation, retry_after)
            }
        }
    }
}

/// Server code → public error. The set of codes is open: what is not here is `Server`.
fn refusal(
    operation: &str,
    answer: ServerAnswer,
    wants_elevation: bool,
    retry_after: Option<Duration>,
) -> StepUpError {
    let code = |reason| StepUpError::InvalidCode { reason, answer: Some(answer.clone()) };
    let method = |reason| StepUpError::MethodUnavailable { reason, answer: Some(answer.clone()) };
    // A 403 or 408 may be a proxy's and say nothing of the link.
    let is_about_the_link = matches!(answer.status, 400 | 404 | 409 | 410 | 422);
    match (operation, answer.code.as_deref().unwrap_or_default()) {
        (_, "mfa_rate_limited" | "too_many_requests") => {
            StepUpError::RateLimited { retry_after, answer: Some(answer) }
        }
        _ if answer.status == 429 => StepUpError::RateLimited { retry_after, answer: Some(answer) },
        ("complete_device_registration", text) if is_about_the_link => {
            let reason = link_refusal(text);
            StepUpError::InvalidRegistrationLink { reason, answer: Some(answer) }
        }
        // The only reason for which the codes cannot be read.
        ("recovery_codes", "mfa_invalid_request") => method(UnavailableReason::AlreadyAcknowledged),
        (_, "mfa_invalid_code" | "wrong_email_verification_token" | "wrong_sms_verification_token") => {
            code(CodeRefusal::Wrong)
        }
        // No code was typed there.
        (name, "invalid_verification") if name.ends_with("_social") || name.ends_with("_wallet") => {
            method(UnavailableReason::ProofRefused)
        }
        (_, "invalid_email_verification" | "invalid_sms_verification" | "invalid_verification") => {
            code(CodeRefusal::Expired)
        }
        (
            _,
            "too_many_email_verification_attempts"
            | "too_many_sms_verification_attempts"
            | "too_many_verification_attempts",
        ) => code(CodeRefusal::TooManyAttempts),
        (_, "mfa_device_not_found") => method(UnavailableReason::NotEnrolled),
        ("verify_passkey" | "sign_in_with_passkey", "passkey_not_found") => {
            method(UnavailableReason::ProofRefused)
        }
        (_, "passkey_not_found") => method(UnavailableReason::NotEnrolled),
        (_, "credential_not_enabled_for_sign_in") => method(UnavailableReason::NotEnabledForSignIn),
        ("verify_passkey" | "register_passkey" | "sign_in_with_passkey", "mfa_invalid_request")
        | ("verify_external_jwt" | "sign_in_with_external_jwt", "invalid_external_auth")
        | (_, "other_verify_failure" | "invalid_wallet_address" | "invalid_chain_address_match") => {
            method(UnavailableReason::ProofRefused)
        }
        // A proof carries no token for linking, so an account that is not linked is refused so.
        ("verify_social", _) if wants_elevation => method(UnavailableReason::DifferentAccount),
        ("verify_social", "social_account_already_exists") => method(UnavailableReason::DifferentAccount),
        (_, "social_account_already_exists" | "reassign_wallet_error") => {
            method(UnavailableReason::BelongsToAnotherUser)
        }
        (_, text) if text.contains("captcha") => method(UnavailableReason::CaptchaRequired),
        (_, "invalid_scopes") => StepUpError::InvalidArgument {
            argument: "scopes".into(),
            reason: "are not accepted by the server".into(),
        },
        _ => StepUpError::Server { operation: operation.into(), answer, retry_after },
    }
}

/// Which codes a server has for these is not documented, so the words in them are looked at: whole ones, as
/// "refused" is not "used".
fn link_refusal(code: &str) -> LinkRefusal {
    let says = |word: &str| code.split(['_', '-']).any(|part| part.eq_ignore_ascii_case(word));
    if says("used") {
        LinkRefusal::Used
    } else if says("expired") {
        LinkRefusal::Expired
    } else {
        LinkRefusal::Refused
    }
}
