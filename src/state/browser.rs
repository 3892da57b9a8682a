//! The visit to a provider's page that is waited for.

use super::State;
use crate::{error::StepUpError, oauth::PendingBrowser, storage::Record};

impl State {
    /// Awaits a visit from now on, unless the epoch in which it was begun has ended: answers whether it does.
    pub(crate) fn set_pending_browser(&self, epoch: u64, pending: PendingBrowser) -> bool {
        let mut inner = self.write();
        let is_current = inner.epoch == epoch;
        if is_current {
            inner.pending_browser = Some(pending);
        }
        is_current
    }

    /// Whether a redirect with this state is waited for.
    pub(crate) fn awaits_browser(&self, state: &str) -> bool {
        self.read().pending_browser.as_ref().is_some_and(|pending| pending.state.expose() == state)
    }

    /// The visit with this state, once.
    pub(crate) fn take_pending_browser(&self, state: &str) -> Option<PendingBrowser> {
        self.write().pending_browser.take_if(|pending| pending.state.expose() == state)
    }

    /// Takes over the visit that an earlier process began, unless there is one by now, or the epoch has ended
    /// in which it was read.
    pub(crate) fn adopt_pending_browser(&self, epoch: u64, pending: PendingBrowser) {
        let mut inner = self.write();
        if inner.epoch != epoch {
            return;
        }
        if inner.session.is_none() {
            self.clock.inherit_offset_millis(pending.server_offset_millis());
        }
        inner.pending_browser.get_or_insert(pending);
    }

    /// What the record of the visit should hold at this moment.
    pub(crate) fn browser_record(&self) -> Result<(u64, Record), StepUpError> {
        let inner = self.read();
        let record = inner.pending_browser.as_ref().map(PendingBrowser::encode).transpose()?;
        Ok((inner.epoch, record))
    }
}
