//! Calling out to the host, so that whatever the host does ends in an answer.

use std::{future::Future, time::Duration};

use tokio::{task::JoinHandle, time::timeout};

use super::PlatformError;
use crate::{
    error::{Callback, StepUpError, StorageFailure, UnavailableReason},
    runtime::{AbortOnDrop, spawn_detached},
};

/// Runs a callback in a task of its own with a deadline. Dropping the call, or the deadline, drops the
/// callback.
pub(crate) async fn call_out<T: Send + 'static>(
    what: Callback,
    deadline: Duration,
    callback: impl Future<Output = Result<T, PlatformError>> + Send + 'static,
) -> Result<T, StepUpError> {
    let mut task = AbortOnDrop(spawn_detached(callback)?);
    call_out_started(what, deadline, &mut task.0).await
}

/// Awaits a callback that runs already. At the deadline it is left running; its handle tells when it ends
/// after all.
pub(crate) async fn call_out_started<T>(
    what: Callback,
    deadline: Duration,
    task: &mut JoinHandle<Result<T, PlatformError>>,
) -> Result<T, StepUpError> {
    match timeout(deadline, task).await {
        Err(_) => Err(StepUpError::TimedOut { what }),
        Ok(Err(_panicked)) => Err(StepUpError::CallbackFailed { what }),
        Ok(Ok(answer)) => answer.map_err(|error| converted(what, &error)),
    }
}

/// The one place where a callback's error becomes ours. Its text stays behind.
fn converted(what: Callback, error: &PlatformError) -> StepUpError {
    let unavailable = |reason| StepUpError::MethodUnavailable { reason, answer: None };
    match (what, error) {
        (_, PlatformError::Cancelled) => StepUpError::Cancelled,
        (_, PlatformError::TimedOut) => StepUpError::TimedOut { what },
        (Callback::Storage, PlatformError::KeyInvalidated) => {
            StepUpError::StorageFailed { reason: StorageFailure::Corrupt }
        }
        (_, PlatformError::KeyInvalidated) | (Callback::Keys, PlatformError::NotFound) => {
            StepUpError::KeyLost
        }
        (Callback::Storage, PlatformError::Locked) => {
            StepUpError::StorageFailed { reason: StorageFailure::Locked }
        }
        (Callback::Storage, _) => StepUpError::StorageFailed { reason: StorageFailure::Unavailable },
        (Callback::Passkey, PlatformError::NotFound) => unavailable(UnavailableReason::NotOnThisDevice),
        (Callback::Passkey, PlatformError::AlreadyExists) => unavailable(UnavailableReason::AlreadyEnrolled),
        (Callback::Passkey, PlatformError::Unsupported) => unavailable(UnavailableReason::Unsupported),
        (_, PlatformError::Configuration { .. }) => StepUpError::InvalidConfiguration {
            field: format!("platform ({what})"),
            reason: "is not set up; the callback knows the details".into(),
        },
        _ => StepUpError::CallbackFailed { what },
    }
}
