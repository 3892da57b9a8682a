//! The same names, in the hands of a scheduler.
//!
//! A deadline passes when the scheduler says so: what is written for five seconds has to hold for few steps.
//! tokio's own lock and channels stay what they are: they need no runtime.

use std::{cell::Cell, future::Future, pin::pin, sync::atomic::Ordering, time::Duration};

use futures_util::future::{Either, select};
pub(crate) use shuttle::{
    future::AbortHandle,
    sync::{
        Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU64, AtomicUsize},
    },
};
use tokio::{
    runtime::Runtime,
    sync::{MutexGuard as AsyncMutexGuard, TryLockError},
};

thread_local! {
    /// Tasks that have not ended. The threads of one scheduler are one thread to the system.
    static UNFINISHED: Cell<usize> = const { Cell::new(0) };
}

/// A task that is counted as long as it is there.
struct Counted;

impl Counted {
    fn new() -> Self {
        UNFINISHED.set(UNFINISHED.get() + 1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        UNFINISHED.set(UNFINISHED.get() - 1);
    }
}

/// tokio's lock, and a moment before it in which somebody else can be quicker.
pub(crate) struct AsyncMutex<T> {
    lock: tokio::sync::Mutex<T>,
    moment: AtomicBool,
}

impl<T> AsyncMutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { lock: tokio::sync::Mutex::new(value), moment: AtomicBool::new(false) }
    }

    pub(crate) async fn lock(&self) -> AsyncMutexGuard<'_, T> {
        self.moment.load(Ordering::Relaxed);
        self.lock.lock().await
    }

    pub(crate) fn try_lock(&self) -> Result<AsyncMutexGuard<'_, T>, TryLockError> {
        self.moment.load(Ordering::Relaxed);
        self.lock.try_lock()
    }
}

/// The deadline has passed.
pub(crate) struct Elapsed;

/// Starts a task. The runtime stays idle.
pub(crate) fn spawn_on(_: &Runtime, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    let counted = Counted::new();
    let task = shuttle::future::spawn(async move {
        let _counted = counted;
        work.await;
    });
    task.abort_handle()
}

/// How many tasks have not ended.
pub(crate) fn unfinished() -> usize {
    UNFINISHED.get()
}

/// Waits for the future, unless the deadline passes: sooner or later, but never if it is the longest of all.
pub(crate) async fn timeout<F: Future>(deadline: Duration, future: F) -> Result<F::Output, Elapsed> {
    if deadline == Duration::MAX {
        return Ok(future.await);
    }
    let passes = shuttle::future::spawn(async {
        // Late is the exception: who starts anew whatever was late would else never come to an end.
        for _ in 0..4 {
            shuttle::future::yield_now().await;
        }
    });
    match select(pin!(future), passes).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right(_) => Err(Elapsed),
    }
}
