//! The stored record of what waits for the user: a visit to a provider's page, codes that were sent.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Mutex;

use super::{Context, reissue::Note};
use crate::{
    config::ValidatedConfig,
    error::StepUpError,
    identity::{Identity, OwedDeletion},
    otp::PendingCode,
    pending::Pending,
    platform::PlatformSlot,
    runtime::spawn_detached,
    state::State,
    storage::EnvelopeWriter,
};

/// The record, and whether memory knows what it holds.
pub(super) struct PendingRecord {
    writer: Arc<EnvelopeWriter>,
    owed: OwedDeletion,
    is_known: AtomicBool,
    reading: Mutex<()>,
}

impl PendingRecord {
    pub(super) fn new(
        platform: &PlatformSlot,
        identity: &Identity,
        config: &ValidatedConfig,
        state: &Arc<State>,
    ) -> Self {
        let (key, owed, state) =
            (identity.pending_key(), identity.owed_pending_deletion(), Arc::clone(state));
        let wanted = move || state.pending_record();
        let writer =
            EnvelopeWriter::new(platform.clone(), key, config.storage_deadline, owed.clone(), wanted);
        Self { writer, owed, is_known: AtomicBool::new(false), reading: Mutex::default() }
    }

    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_owed()
    }

    /// Deletes it, together with the session that it belonged to.
    pub(super) async fn delete(&self) -> Result<(), StepUpError> {
        self.is_known.store(true, Ordering::Release);
        self.owed.owe();
        self.writer.write().await
    }
}

impl Context {
    /// Reads what an earlier process waited for.
    pub(crate) async fn load_pending(&self) -> Result<(), StepUpError> {
        let record = &self.pending_record;
        if record.is_known.load(Ordering::Acquire) {
            return Ok(());
        }
        // Who read it beside another one would find a visit that has been used meanwhile.
        let _one_at_a_time = record.reading.lock().await;
        if record.is_known.load(Ordering::Acquire) {
            return Ok(());
        }
        if record.is_owed() {
            record.writer.write().await?;
        }
        // Some of it is of use to one session only.
        self.restore().await?;
        let epoch = self.state.epoch();
        let stored = record.writer.read().await?;
        // Known since it was read: all of it was deleted meanwhile, and the epoch has ended before.
        if !record.is_known.load(Ordering::Acquire)
            && let Some(bytes) = stored
        {
            let (pending, otps) = Pending::decode(&bytes);
            self.state.adopt_pending(epoch, pending, otps);
        }
        // Last: who finds it known does not wait, and must find what it held.
        record.is_known.store(true, Ordering::Release);
        Ok(())
    }

    /// Writes down that what this process waited for ended with the session that it was begun in. What an
    /// earlier process left is of no use to another session, and is refused when somebody asks for it.
    pub(super) async fn forget_pending(&self) -> Result<(), StepUpError> {
        if !self.pending_record.is_known.load(Ordering::Acquire) {
            return Ok(());
        }
        self.pending_record.writer.write().await
    }

    /// Writes down what is waited for. What an earlier process left is kept beside it.
    pub(crate) async fn persist_pending(&self) -> Result<(), StepUpError> {
        self.load_pending().await?;
        self.pending_record.writer.write().await
    }

    /// The same after something is waited for no more, without waiting. If this client ends before that, the
    /// next one does it before it reads what was left.
    pub(crate) fn forget_pending_in_background(self: &Arc<Self>) {
        self.owe_pending();
        self.persist_pending_in_background();
    }

    fn owe_pending(&self) {
        // Before it was read nothing was written either, and what an earlier process left stays.
        if self.pending_record.is_known.load(Ordering::Acquire) {
            self.pending_record.owed.owe();
        }
    }

    /// The same without waiting for it.
    pub(crate) fn persist_pending_in_background(self: &Arc<Self>) {
        let _ = spawn_detached(Arc::clone(self).try_persist_pending());
    }

    /// The same, and if it fails, only the next process misses something.
    async fn try_persist_pending(self: Arc<Self>) {
        if self.persist_pending().await.is_err() {
            self.log.warning("what waits for the user could not be written down yet".into());
        }
    }

    /// Writes down a code that was sent. Goes on to its end even if the caller is dropped.
    pub(crate) async fn keep_code(self: &Arc<Self>) {
        if let Ok(task) = spawn_detached(Arc::clone(self).try_persist_pending()) {
            let _ = task.await;
        }
    }

    /// To be told what the server answers to this code. It is written down with what the answer brings.
    pub(crate) fn note_use(self: &Arc<Self>, code: PendingCode) -> Note {
        let context = Arc::clone(self);
        Box::new(move |answered| match answered {
            Ok(()) => {
                context.state.pending_codes(|codes| codes.used(&code));
                context.owe_pending();
            }
            Err(StepUpError::InvalidCode { reason, .. }) if reason.is_final() => {
                context.state.pending_codes(|codes| codes.pass(&code));
                context.forget_pending_in_background();
            }
            Err(_) => {}
        })
    }

    /// The code has led to a question, and serves no more.
    pub(crate) async fn forget_code(self: &Arc<Self>, code: &PendingCode) {
        self.state.pending_codes(|codes| codes.used(code));
        self.owe_pending();
        self.keep_code().await;
    }
}
