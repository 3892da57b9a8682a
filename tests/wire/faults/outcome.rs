//! What comes of a fault, operation by operation.

use std::time::Duration;

use stepup_core::{CheckReason, ErrorKind, NetworkFailure, PlatformCallback, StepUpError};

use crate::operations::{Row, Trouble};

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Network(NetworkFailure),
    Refusal(u16),
    /// With so many seconds to wait.
    RateLimit(Option<u64>),
    /// Success with a body that is no JSON object.
    Misunderstood,
    /// Success with an object in which nothing is said.
    Empty,
    /// Success with an object whose fields are of other types.
    Senseless,
}

/// Operations whose answer has no body that matters.
const WITHOUT_ANSWER: [&str; 4] = ["delete_totp", "delete_passkey", "set_default_factor", "delete_user"];
/// What a provider's page then knows nothing of, and refuses.
const ANNOUNCEMENTS: [&str; 3] = ["begin_social_sign_in", "begin_social_link", "begin_social_verify"];
/// Operations whose answer may say anything, or nothing, as long as it is an object.
const ANY_OBJECT: [&str; 1] = ["revoke_all_devices"];

pub(super) fn fits(row: Row, outcome: &Result<(), Trouble>, expected: Expected) -> bool {
    match row.name {
        "session" => return fits_doubt(outcome, expected),
        "verify_external_jwt" if expected == Expected::Empty => {
            return matches!(outcome, Err(Trouble::Error(StepUpError::NotElevated { .. })));
        }
        _ => {}
    }
    match expected {
        Expected::Misunderstood | Expected::Empty | Expected::Senseless if row.is(&WITHOUT_ANSWER) => {
            outcome.is_ok()
        }
        Expected::Misunderstood | Expected::Empty | Expected::Senseless if row.is(&ANNOUNCEMENTS) => {
            let what = PlatformCallback::Browser;
            *outcome == Err(Trouble::Error(StepUpError::CallbackFailed { what }))
        }
        Expected::Empty | Expected::Senseless if row.is(&ANY_OBJECT) => outcome.is_ok(),
        expected => match outcome {
            Ok(()) => false,
            Err(Trouble::Check(reason)) => *reason == reason_for(expected),
            Err(Trouble::Error(error)) => is_error(row, error, expected),
        },
    }
}

fn is_error(row: Row, error: &StepUpError, expected: Expected) -> bool {
    match (expected, error) {
        (Expected::Network(expected), StepUpError::Network { failure, .. }) => *failure == expected,
        (Expected::Refusal(status), StepUpError::Server { answer, operation, .. }) => {
            answer.status == status && operation == row.name
        }
        (Expected::RateLimit(seconds), StepUpError::RateLimited { retry_after, answer: Some(answer) }) => {
            answer.status == 429 && *retry_after == seconds.map(Duration::from_secs)
        }
        (
            Expected::Misunderstood | Expected::Empty | Expected::Senseless,
            StepUpError::UnexpectedAnswer { operation, .. },
        ) => operation == row.name,
        _ => false,
    }
}

/// Whether the session is over was not confirmed, so the first answer counts (I7), or where nothing could be
/// sent, that.
fn fits_doubt(outcome: &Result<(), Trouble>, expected: Expected) -> bool {
    match outcome {
        Err(Trouble::Error(StepUpError::Server { answer, .. })) => answer.status == 401,
        Err(Trouble::Error(StepUpError::Network { failure, .. })) => {
            *failure == NetworkFailure::ConnectFailed && expected == Expected::Network(*failure)
        }
        _ => false,
    }
}

fn reason_for(expected: Expected) -> CheckReason {
    match expected {
        Expected::Misunderstood | Expected::Empty | Expected::Senseless => CheckReason::MalformedAnswer,
        Expected::Refusal(300..=399) => CheckReason::CouldNotAsk { kind: ErrorKind::FixConfiguration },
        Expected::Network(_) | Expected::Refusal(_) | Expected::RateLimit(_) => {
            CheckReason::CouldNotAsk { kind: ErrorKind::RetryLater }
        }
    }
}
