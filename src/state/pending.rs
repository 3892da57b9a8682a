//! What waits for the user: the visit to a provider's page, and the code of a flow.

use std::sync::PoisonError;

use super::{Current, State};
use crate::{
    clock::UnixMillis,
    error::StepUpError,
    identifier::VerificationId,
    oauth::{BrowserWaiter, PendingBrowser},
    otp::Purpose,
    pending::Pending,
    secret::SecretString,
    step_up::{FlowOrigin, PendingCodeFlow},
    storage::Record,
};

/// Whose a code is that was sent, and since when.
pub(crate) struct SentCode {
    pub(crate) at: UnixMillis,
    pub(crate) user_id: String,
    pub(crate) epoch_id: String,
}

/// A flow's visit that nobody in this process waits for.
pub(crate) struct UnattendedVisit {
    pub(crate) state: SecretString,
    pub(crate) opened_at: UnixMillis,
    pub(crate) origin: FlowOrigin,
}

impl State {
    /// Awaits a visit from now on, unless the epoch in which it was begun has ended: answers whether it does.
    pub(crate) fn set_pending_browser(&self, epoch: u64, pending: PendingBrowser) -> bool {
        let mut inner = self.write();
        let is_current = inner.epoch == epoch;
        if is_current {
            inner.pending.browser = Some(pending);
        }
        is_current
    }

    /// Whether a redirect with this state is waited for.
    pub(crate) fn awaits_browser(&self, state: &str) -> bool {
        self.read().pending.browser.as_ref().is_some_and(|pending| pending.state.expose() == state)
    }

    /// The visit with this state, once.
    pub(crate) fn take_pending_browser(&self, state: &str) -> Option<PendingBrowser> {
        self.write().pending.browser.take_if(|pending| pending.state.expose() == state)
    }

    /// The visit that a flow of an earlier process in this session has begun.
    pub(crate) fn unattended_visit(&self, current: &Current) -> Option<UnattendedVisit> {
        let inner = self.read();
        let visit = inner.pending.browser.as_ref().filter(|_| inner.epoch == current.epoch)?;
        let is_usable =
            visit.belongs_to(Some((current, inner.data.id.clone()))) && !visit.has_run_out(&self.clock);
        let origin = visit.left_by().filter(|_| is_usable)?.clone();
        Some(UnattendedVisit { state: visit.state.clone(), opened_at: visit.opened_at(), origin })
    }

    /// From now on somebody waits for the visit with this state, unless its redirect has come. Answers
    /// whether it is so.
    pub(crate) fn attend_browser(&self, state: &SecretString, waiter: BrowserWaiter) -> bool {
        let mut inner = self.write();
        let awaited = inner.pending.browser.as_mut();
        awaited.filter(|visit| visit.state == *state).is_some_and(|visit| visit.attend(waiter))
    }

    /// A code that was sent for a step-up in this epoch, if it can still be used.
    pub(crate) fn sent_code(&self, epoch: u64, verification_id: &VerificationId) -> Option<SentCode> {
        let inner = self.read();
        let session = inner.session.as_ref().filter(|_| inner.epoch == epoch)?;
        let code = inner.pending_codes.find(Purpose::StepUp { epoch }, Some(verification_id))?;
        let (user_id, epoch_id) = (session.user.id.clone(), inner.data.id.clone());
        Some(SentCode { at: code.sent_at, user_id, epoch_id })
    }

    /// The flow whose code was sent last, also by an earlier process.
    pub(crate) fn pending_code_flow(&self, epoch: u64) -> Option<PendingCodeFlow> {
        let inner = self.read();
        inner.pending.code.clone().filter(|_| inner.epoch == epoch)
    }

    /// Remembers that a flow waits for this code, or forgets the one that it has waited for. Answers whether
    /// that made a difference.
    pub(crate) fn replace_pending_code(
        &self,
        epoch: u64,
        before: Option<&PendingCodeFlow>,
        now: Option<PendingCodeFlow>,
    ) -> bool {
        // Nothing of it is observed.
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if inner.epoch != epoch {
            return false;
        }
        let code = &mut inner.pending.code;
        if now.is_none() {
            return code.take_if(|code| Some(&*code) == before).is_some();
        }
        let is_other = *code != now;
        *code = now;
        is_other
    }

    /// Takes over what an earlier process waited for, unless there is something else by now, or the epoch has
    /// ended in which it was read.
    pub(crate) fn adopt_pending(&self, epoch: u64, pending: Pending) {
        let mut inner = self.write();
        if inner.epoch != epoch {
            return;
        }
        let Pending { browser, code } = pending;
        if let Some(visit) = browser {
            if inner.session.is_none() {
                self.clock.inherit_offset_millis(visit.server_offset_millis());
            }
            inner.pending.browser.get_or_insert(visit);
        }
        if let Some(code) = code {
            inner.pending.code.get_or_insert(code);
        }
    }

    /// What the record should hold at this moment.
    pub(crate) fn pending_record(&self) -> Result<Record, StepUpError> {
        let inner = self.read();
        (!inner.pending.is_nothing()).then(|| inner.pending.encode()).transpose()
    }
}
