//! What waits for the user: the visit to a provider's page, and codes that were sent.

use std::sync::PoisonError;

use super::{Current, EpochEnd, Inner, State};
use crate::{
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    identifier::VerificationId,
    oauth::{BrowserWaiter, PendingBrowser},
    otp::{OtpVerification, PendingCode, PendingOtps, Purpose, SessionName, StoredOtp},
    pending::{Pending, PendingRecord, has_run_out},
    secret::SecretString,
    step_up::{FlowOrigin, PendingCodeFlow},
    storage::Record,
};

/// Whose a code is that was sent, and since when.
pub(crate) struct SentCode {
    pub(crate) at: UnixMillis,
    pub(crate) session: SessionName,
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
        let session = inner.session_name().filter(|_| inner.epoch == epoch)?;
        let code = inner.pending_codes.find(Purpose::StepUp { epoch }, Some(verification_id))?;
        Some(SentCode { at: code.sent_at, session })
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

    /// The code to ask the user for, unless it has run out.
    pub(crate) fn awaited_otp(&self, purpose: Purpose) -> Option<OtpVerification> {
        self.read().awaited_code(purpose, &self.clock).map(|code| code.verification(&self.clock))
    }

    /// Takes over what an earlier process waited for, unless there is something else by now, or the epoch has
    /// ended in which it was read.
    pub(crate) fn adopt_pending(&self, epoch: u64, pending: Pending, otps: PendingOtps) {
        let mut inner = self.write();
        if inner.epoch != epoch {
            return;
        }
        let Pending { browser, code } = pending;
        if inner.session.is_none() {
            // Older records have that of the visit only.
            let of_visit = browser.as_ref().map(PendingBrowser::server_offset_millis);
            let offset = otps.server_offset_millis.or(of_visit);
            offset.into_iter().for_each(|offset| self.clock.inherit_offset_millis(offset));
        }
        if let Some(visit) = browser {
            inner.pending.browser.get_or_insert(visit);
        }
        if let Some(code) = code {
            inner.pending.code.get_or_insert(code);
        }
        self.adopt_otps(&mut inner, otps);
    }

    fn adopt_otps(&self, inner: &mut Inner, otps: PendingOtps) {
        let (session, epoch) = (inner.session_name(), inner.epoch);
        // Who has signed in since then is not asked for it.
        let sign_in = otps.sign_in_code.filter(|_| !inner.last_end.is_by_user());
        let link = otps.link_code.zip(session).filter(|(code, session)| code.belongs_to(session));
        let codes = [
            sign_in.map(|code| code.code(Purpose::SignIn)),
            link.map(|(code, _)| code.code(Purpose::Link { epoch })),
        ];
        for code in codes.into_iter().flatten() {
            if !has_run_out(code.sent_at, &self.clock) {
                inner.pending_codes.adopt(code);
            }
        }
    }

    /// Awaits a code that was asked for in this epoch. If the user has signed in or out since then, nobody is
    /// asked for it.
    pub(crate) fn await_code(&self, asked_in: u64, code: PendingCode) {
        let mut inner = self.write();
        let is_past = inner.epoch != asked_in && inner.last_end.is_by_user();
        inner.pending_codes.add(code, is_past);
    }

    /// What the record should hold at this moment.
    pub(crate) fn pending_record(&self) -> Result<Record, StepUpError> {
        let inner = self.read();
        let stored = |purpose, session| {
            let code = inner.awaited_code(purpose, &self.clock);
            code.map(|code| StoredOtp::new(code.clone(), session))
        };
        let record = PendingRecord {
            browser: inner.pending.browser.as_ref().filter(|visit| !visit.has_run_out(&self.clock)),
            code: inner.pending.code.as_ref(),
            sign_in_code: stored(Purpose::SignIn, None),
            link_code: stored(Purpose::Link { epoch: inner.epoch }, inner.session_name()),
            server_offset_millis: self.clock.offset_millis(),
        };
        record.encode()
    }
}

impl Inner {
    /// What was waited for in this epoch is so no more. Who has signed in may still be sent the redirect that
    /// an earlier process waited for: it has to be known to be refused.
    pub(super) fn end_pending(&mut self, why: EpochEnd) {
        self.pending_codes.end_epoch(why);
        let Pending { browser, .. } = std::mem::take(&mut self.pending);
        let is_known = |visit: &PendingBrowser| why == EpochEnd::AnotherSignIn && visit.is_left();
        self.pending.browser = browser.filter(is_known);
    }

    /// The code to ask the user for, unless it has run out.
    fn awaited_code(&self, purpose: Purpose, clock: &ServerClock) -> Option<&PendingCode> {
        self.pending_codes.awaited(purpose).filter(|code| !has_run_out(code.sent_at, clock))
    }

    fn session_name(&self) -> Option<SessionName> {
        let user_id = self.session.as_ref()?.user.id.clone();
        Some(SessionName { user_id, epoch_id: self.data.id.clone() })
    }
}
