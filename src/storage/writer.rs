//! Writing the envelope in order (I9).
//!
//! A write carries no value of its own: it stores what is wanted at the moment when its turn comes. So
//! whichever of two writers is last, the storage ends up with the latest state, and many waiting writers
//! cost one write.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use zeroize::Zeroizing;

use crate::{
    error::{PlatformCallback, StepUpError},
    identity::OwedDeletion,
    platform::{PlatformError, PlatformSlot, call_out, call_out_started},
    runtime::{Task, spawn_detached},
    sync::{AsyncMutex, AtomicBool, AtomicUsize},
};

/// What the storage holds or should hold: an envelope, or nothing.
pub(crate) type Record = Option<Zeroizing<Vec<u8>>>;

/// What the storage should hold at the moment of the question.
type Wanted = dyn Fn() -> Result<Record, StepUpError> + Send + Sync;

/// Writes one record.
pub(crate) struct EnvelopeWriter {
    platform: PlatformSlot,
    key: String,
    deadline: Duration,
    wanted: Box<Wanted>,
    owed: OwedDeletion,
    /// What the storage is known to hold; none while that is not known.
    stored: AsyncMutex<Option<Record>>,
    /// A write that had passed its deadline ended after all, so what is stored is not known any more.
    overtaken: AtomicBool,
    /// Writes that have passed their deadline and not ended yet.
    late: AtomicUsize,
    /// Writes that were begun.
    begun: AtomicUsize,
}

impl EnvelopeWriter {
    pub(crate) fn new(
        platform: PlatformSlot,
        key: String,
        deadline: Duration,
        owed: OwedDeletion,
        wanted: impl Fn() -> Result<Record, StepUpError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let wanted = Box::new(wanted);
        let (stored, overtaken) = (AsyncMutex::new(None), AtomicBool::new(false));
        let (late, begun) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self { platform, key, deadline, wanted, owed, stored, overtaken, late, begun })
    }

    pub(crate) async fn read(&self) -> Result<Record, StepUpError> {
        let mut stored = self.stored.lock().await;
        let (storage, key) = (self.platform.storage()?, self.key.clone());
        let read =
            call_out(PlatformCallback::Storage, self.deadline, async move { storage.get(key).await }).await?;
        let read = read.map(Zeroizing::new);
        *stored = Some(read.clone());
        Ok(read)
    }

    /// Stores what is wanted, unless it is stored already. Goes on to its end even if the caller is dropped.
    pub(crate) async fn write(self: &Arc<Self>) -> Result<(), StepUpError> {
        let writer = Arc::clone(self);
        spawn_detached(async move { writer.write_in_turn().await })?.await?
    }

    /// The same without waiting for it, unless a write is under way: one that is late repeats itself.
    pub(crate) fn write_in_background(self: &Arc<Self>) {
        if self.late.load(Ordering::Acquire) == 0 && self.stored.try_lock().is_ok() {
            let _ = spawn_detached(Arc::clone(self).write_in_turn());
        }
    }

    async fn write_in_turn(self: Arc<Self>) -> Result<(), StepUpError> {
        let mut stored = self.stored.lock().await;
        // Looked up first: what is wanted now cannot settle what is owed from here on.
        let debt = self.owed.debt();
        let wanted = (self.wanted)()?;
        if self.overtaken.swap(false, Ordering::AcqRel) {
            *stored = None;
        }
        if stored.as_ref() != Some(&wanted) {
            *stored = None;
            self.store(wanted.clone()).await?;
            *stored = Some(wanted);
        }
        self.owed.settle(debt);
        Ok(())
    }

    async fn store(self: &Arc<Self>, record: Record) -> Result<(), StepUpError> {
        let (storage, key) = (self.platform.storage()?, self.key.clone());
        let write = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let late_record = record.clone();
        let mut task = spawn_detached(async move {
            match record {
                Some(bytes) => storage.put(key, bytes.to_vec()).await,
                None => storage.delete(key).await,
            }
        })?;
        let ended = call_out_started(PlatformCallback::Storage, self.deadline, &mut task).await;
        if !task.is_answered() {
            self.late.fetch_add(1, Ordering::AcqRel);
            spawn_detached(Arc::clone(self).settle_late(task, write, late_record))?;
        }
        ended
    }

    /// The host may finish a write whether we listen or not. If nothing was begun since, it has merely been
    /// slow; else it may have overwritten a later one, which has to be done again.
    fn settle_late(
        self: Arc<Self>,
        task: Task<Result<(), PlatformError>>,
        write: usize,
        record: Record,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let is_done = matches!(task.await, Ok(Ok(())));
            self.late.fetch_sub(1, Ordering::AcqRel);
            let mut stored = self.stored.lock().await;
            if is_done && self.begun.load(Ordering::Acquire) == write {
                *stored = Some(record);
            } else {
                self.overtaken.store(true, Ordering::Release);
            }
            drop(stored);
            let _ = self.write_in_turn().await;
        })
    }
}
