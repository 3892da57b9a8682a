//! What the client's step-ups are doing: whether one is under way, and how the latest has ended.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::error::StepUpError;

/// Counts what is under way. Nothing here is cancelled or waited for.
pub(crate) struct Activity {
    inner: Mutex<Inner>,
    /// Told after every change.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    running: usize,
    /// How many have begun.
    begun: u64,
    /// How the one that began last has ended.
    error: Option<StepUpError>,
}

impl Activity {
    pub(crate) fn new(changed: watch::Sender<()>) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::default(), changed })
    }

    /// A call or a flow begins. What the one before it has ended with is over.
    pub(crate) fn begin(self: &Arc<Self>) -> Running {
        let number = self.change(|inner| {
            inner.running += 1;
            inner.begun += 1;
            inner.error = None;
            inner.begun
        });
        Running { activity: Arc::clone(self), number }
    }

    /// Whether anything is under way, and the error of the one that began last.
    pub(super) fn present(&self) -> (bool, Option<StepUpError>) {
        let inner = self.lock();
        (inner.running > 0, inner.error.clone())
    }

    /// Forgets the error.
    pub(super) fn reset(&self) {
        self.change(|inner| inner.error = None);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let changed = change(&mut self.lock());
        self.changed.send_replace(());
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that is under way. Dropped, it has ended without an error, as one does whose caller has gone.
pub(crate) struct Running {
    activity: Arc<Activity>,
    number: u64,
}

impl Running {
    /// It has ended like this. The error of one that is not the latest any more is not kept, and a cancel is
    /// no error: somebody wanted it.
    pub(crate) fn ended(self, result: Result<(), &StepUpError>) {
        let error = result.err().filter(|error| **error != StepUpError::Cancelled);
        if let Some(error) = error {
            self.activity.change(|inner| {
                if inner.begun == self.number {
                    inner.error = Some(error.clone());
                }
            });
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.activity.change(|inner| inner.running -= 1);
    }
}
