//! The library's own tokio runtime, and the one door through which exported calls enter it.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use once_cell::sync::OnceCell;
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
};

use crate::{
    cancel::CancelToken,
    error::StepUpError,
    sync::{AbortHandle, spawn_on},
};

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

/// A call of which only the answer's type is known. Behind it the machinery is compiled once and not once
/// for each call, which would be a tenth of the library's size.
pub(crate) type Call<T> = Pin<Box<dyn Future<Output = Result<T, StepUpError>> + Send>>;

/// Runs a call on the runtime, whatever thread it comes from and whatever executor polls it.
///
/// Dropping the returned future, or cancelling the token, drops the call at its next await point.
/// A panic inside becomes an error.
pub(crate) async fn on_runtime(cancel: Option<Arc<CancelToken>>, call: Call<()>) -> Result<(), StepUpError> {
    if cancel.as_ref().is_some_and(|token| token.is_cancelled()) {
        return Err(StepUpError::Cancelled);
    }
    let mut task = AbortOnDrop(spawn_detached(call)?);
    let cancelled = async {
        match cancel {
            Some(token) => token.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // A call that has ended counts, even if it is cancelled in the same moment: its effect is there.
        biased;
        ended = &mut task.0 => return ended.unwrap_or_else(|panicked| Err(panicked.into())),
        () = cancelled => task.0.running.abort(),
    }
    // When the caller hears of it, the call has stopped: nothing is handed over to the network afterwards.
    (&mut task.0).await.unwrap_or(Err(StepUpError::Cancelled))
}

/// Starts work that no caller's cancellation ends.
pub(crate) fn spawn_detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<Task<T>, StepUpError> {
    spawn_boxed(Box::pin(work))
}

/// Knows the answer's type and not the work, so that this is compiled once for each type of answer.
fn spawn_boxed<T: Send + 'static>(
    work: Pin<Box<dyn Future<Output = T> + Send>>,
) -> Result<Task<T>, StepUpError> {
    let (sender, answer) = oneshot::channel();
    let work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        let _ = sender.send(work.await);
    });
    Ok(Task { answer, is_answered: false, running: spawn_on(runtime()?, work) })
}

/// Work on the runtime. Awaiting it gives its answer; dropping it leaves the work running.
pub(crate) struct Task<T> {
    answer: oneshot::Receiver<T>,
    is_answered: bool,
    running: AbortHandle,
}

/// The work ended without an answer.
#[derive(Debug)]
pub(crate) struct Panicked;

impl<T> Task<T> {
    /// Whether the work has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.running.is_finished()
    }

    /// Whether awaiting it has given the answer; it must not be awaited again.
    pub(crate) fn is_answered(&self) -> bool {
        self.is_answered
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(context));
        self.is_answered = true;
        Poll::Ready(answer.map_err(|_| Panicked))
    }
}

impl From<Panicked> for StepUpError {
    fn from(_: Panicked) -> Self {
        Self::Internal { reason: "a panic was caught".into() }
    }
}

/// A task that ends with its handle.
pub(crate) struct AbortOnDrop<T>(pub(crate) Task<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.running.abort();
    }
}
