//! Calling out to the host, so that whatever the host does ends in an answer.

use std::{future::Future, time::Duration};

use super::PlatformError;
use crate::{
    error::{PlatformCallback, StepUpError, StorageFailure, UnavailableReason},
    runtime::{AbortOnDrop, Task, spawn_detached},
    sync::timeout,
};

/// Runs a callback in a task of its own with a deadline. Dropping the call, or the deadline, drops the
/// callback.
pub(crate) async fn call_out<T: Send + 'static>(
    what: PlatformCallback,
    deadline: Duration,
    callback: impl Future<Output = Result<T, PlatformError>> + Send + 'static,
) -> Result<T, StepUpError> {
    let mut task = AbortOnDrop(spawn_detached(callback)?);
    call_out_started(what, deadline, &mut task.0).await
}

/// Awaits a callback that runs already. At the deadline it is left running; its handle tells when it ends
/// after all.
pub(crate) async fn call_out_started<T>(
    what: PlatformCallback,
    deadline: Duration,
    task: &mut Task<Result<T, PlatformError>>,
) -> Result<T, StepUpError> {
    match timeout(deadline, task).await {
        Err(_) => Err(StepUpError::TimedOut { what }),
        Ok(Err(_panicked)) => Err(StepUpError::CallbackFailed { what }),
        Ok(Ok(answer)) => answer.map_err(|error| converted(what, &error)),
    }
}

/// The one place where a callback's error becomes ours. Its text stays behind.
fn converted(what: PlatformCallback, error: &PlatformError) -> StepUpError {
    use PlatformCallback::{Browser, Captcha, Keys, Passkey, Storage, Wallet};
    let unavailable = |reason| StepUpError::MethodUnavailable { reason, answer: None };
    match (what, error) {
        // Storage and keys have no user to decline.
        (Passkey | Browser | Wallet | Captcha, PlatformError::Cancelled) => StepUpError::Cancelled,
        (_, PlatformError::TimedOut) => StepUpError::TimedOut { what },
        (Storage, PlatformError::KeyInvalidated) => {
            StepUpError::StorageFailed { reason: StorageFailure::Corrupt }
        }
        (Keys, PlatformError::NotFound | PlatformError::KeyInvalidated) => StepUpError::KeyLost,
        (Storage | Keys, PlatformError::Locked) => {
            StepUpError::StorageFailed { reason: StorageFailure::Locked }
        }
        (Storage, _) => StepUpError::StorageFailed { reason: StorageFailure::Unavailable },
        (Passkey | Wallet, PlatformError::NotFound | PlatformError::KeyInvalidated) => {
            unavailable(UnavailableReason::NotOnThisDevice)
        }
        (Passkey, PlatformError::AlreadyExists) => unavailable(UnavailableReason::AlreadyEnrolled),
        (Passkey | Browser | Wallet | Captcha, PlatformError::Unsupported) => {
            unavailable(UnavailableReason::Unsupported)
        }
        (_, PlatformError::Configuration { .. }) => StepUpError::InvalidConfiguration {
            field: format!("platform ({what})"),
            reason: "is not set up; the callback knows the details".into(),
        },
        _ => StepUpError::CallbackFailed { what },
    }
}
