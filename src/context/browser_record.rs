//! The stored visit to a provider's page.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

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
}

impl BrowserRecord {
    pub(super) fn new(
        platform: &PlatformSlot,
        identity: &Identity,
        config: &ValidatedConfig,
        state: &Arc<State>,
    ) -> Self {
        let (key, owed, state) = (identity.browser_key(), identity.owed_browser_deletion(), Arc::clone(state));
        let wanted = move || state.browser_record();
        let writer =
            EnvelopeWriter::new(platform.clone(), key, config.storage_deadline, owed.clone(), wanted);
        Self { writer, owed, is_known: AtomicBool::new(false) }
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
        if record.is_owed() {
            record.writer.write().await?;
        }
        if let Some(pending) = record.writer.read().await?.and_then(|bytes| PendingBrowser::decode(&bytes)) {
            self.state.adopt_pending_browser(pending);
        }
        record.is_known.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) async fn persist_pending_browser(&self) -> Result<(), StepUpError> {
        self.browser_record.is_known.store(true, Ordering::Release);
        self.browser_record.writer.write().await
    }
}
