//! Locks, atomics, tasks and deadlines of the parts whose races are explored in `races/`: there a scheduler
//! decides who runs next, and when a deadline passes. What ships has the standard library's and tokio's.

#[cfg(not(all(test, feature = "shuttle")))]
mod real {
    pub(crate) use std::sync::{
        Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU64, AtomicUsize},
    };

    use tokio::runtime::Runtime;
    pub(crate) use tokio::{sync::Mutex as AsyncMutex, task::AbortHandle, time::timeout};

    /// Starts a task.
    pub(crate) fn spawn_on(
        runtime: &Runtime,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> AbortHandle {
        runtime.spawn(work).abort_handle()
    }
}

#[cfg(all(test, feature = "shuttle"))]
mod scheduled;

#[cfg(not(all(test, feature = "shuttle")))]
pub(crate) use real::*;
#[cfg(all(test, feature = "shuttle"))]
pub(crate) use scheduled::*;
