//! The stored visit to a provider's page.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Mutex;

use super::Context;
use crate::{
    config::ValidatedConfig,
    error::StepUpError,
    identity::{Identity, OwedDeletion},
    oauth::PendingBrowser,
    platform::PlatformSlot,
    state::State,
    storage::EnvelopeWriter,
};

/// The record, and whether memory knows what it holds.
pub(super) struct BrowserRecord {
    writer: Arc<EnvelopeWriter>,
    owed: OwedDeletion,
    is_known: AtomicBool,
    reading: Mutex<()>,
}

impl BrowserRecord {
    pub(super) fn new(
        platform: &PlatformSlot,
        identity: &Identity,
        config: &ValidatedConfig,
        state: &Arc<State>,
    ) -> Self {
        let (key, owed, state) =
            (identity.browser_key(), identity.owed_browser_deletion(), Arc::clone(state));
        let wanted = move || state.browser_record();
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
    /// Reads the visit that an earlier process began.
    pub(crate) async fn load_pending_browser(&self) -> Result<(), StepUpError> {
        let record = &self.browser_record;
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
        let epoch = self.state.epoch();
        let stored = record.writer.read().await?;
        // Known since it was read: a visit that was begun, or ended, meanwhile.
        if !record.is_known.swap(true, Ordering::AcqRel)
            && let Some(pending) = stored.and_then(|bytes| PendingBrowser::decode(&bytes))
        {
            self.state.adopt_pending_browser(epoch, pending);
        }
        Ok(())
    }

    /// Writes down that a visit of this process ended with the session that it was begun in. One that an
    /// earlier process left is of no use to another session, and is refused when its redirect comes.
    pub(super) async fn forget_browser(&self) -> Result<(), StepUpError> {
        if !self.browser_record.is_known.load(Ordering::Acquire) {
            return Ok(());
        }
        self.browser_record.writer.write().await
    }

    pub(crate) async fn persist_pending_browser(&self) -> Result<(), StepUpError> {
        self.browser_record.is_known.store(true, Ordering::Release);
        self.browser_record.writer.write().await
    }
}
