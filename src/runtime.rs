//! The library's own tokio runtime, and the one door through which exported calls enter it.

use std::{future::Future, sync::Arc};

use once_cell::sync::OnceCell;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use crate::{cancel::CancelToken, error::StepUpError};

static RUNTIME: OnceCell<Runtime> = OnceCell::new();

/// The runtime, started by the first call that needs it (I21).
fn runtime() -> Result<&'static Runtime, StepUpError> {
    RUNTIME.get_or_try_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("stepup")
            .thread_stack_size(1 << 20)
            .enable_all()
            .build()
            .map_err(|_| StepUpError::Internal { reason: "the system refused to start a thread".into() })
    })
}

/// Runs a call on the runtime, whatever thread it comes from and whatever executor polls it.
///
/// Dropping the returned future, or cancelling the token, drops the call at its next await point.
/// A panic inside becomes an error.
pub(crate) async fn on_runtime<T: Send + 'static>(
    cancel: Option<Arc<CancelToken>>,
    call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
) -> Result<T, StepUpError> {
    if cancel.as_ref().is_some_and(|token| token.is_cancelled()) {
        return Err(StepUpError::Cancelled);
    }
    let mut task = AbortOnDrop(runtime()?.spawn(call));
    let cancelled = async {
        match cancel {
            Some(token) => token.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // A call that has ended counts, even if it is cancelled in the same moment: its effect is there.
        biased;
        ended = &mut task.0 => ended.unwrap_or_else(|_| Err(panicked())),
        () = cancelled => Err(StepUpError::Cancelled),
    }
}

/// Starts work that no caller's cancellation ends.
pub(crate) fn spawn_detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<JoinHandle<T>, StepUpError> {
    Ok(runtime()?.spawn(work))
}

pub(crate) fn panicked() -> StepUpError {
    StepUpError::Internal { reason: "a panic was caught".into() }
}

/// A task that ends with its handle.
pub(crate) struct AbortOnDrop<T>(pub(crate) JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
