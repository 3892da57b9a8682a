//! The code that a flow waits for is written down, because the user may leave for their mail and the system
//! may end the app meanwhile.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::StepUpFlow;
use crate::{
    clock::{ServerClock, UnixMillis},
    identifier::VerificationId,
    otp::{Destination, OtpVerification, PendingCode, Purpose, SessionName},
    pending::has_run_out,
    state::{Current, SentCode},
    step_up::{
        FlowOrigin, StepUpMethod, StepUpOption,
        transition::{AwaitedCode, Phase, State},
        verify_otp,
    },
};

/// A flow that waits for a code. Holds neither the code nor where it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingCodeFlow {
    pub(super) origin: FlowOrigin,
    verification_id: VerificationId,
    masked_destination: String,
    /// On this device's clock, as the user is shown it.
    resend_at: SystemTime,
    /// On the server's clock.
    sent_at_millis: i64,
    user_id: String,
    epoch_id: String,
}

impl PendingCodeFlow {
    fn of(state: &State, sent: impl FnOnce(&VerificationId) -> Option<SentCode>) -> Option<Self> {
        let (option, AwaitedCode { verification_id, prompt }) = state.sent_code()?;
        let verification_id = verification_id.clone()?;
        let SentCode { at, session: SessionName { user_id, epoch_id } } = sent(&verification_id)?;
        Some(Self {
            origin: FlowOrigin::of(state, option),
            verification_id,
            masked_destination: prompt.masked_destination.clone()?,
            resend_at: prompt.resend_at?,
            sent_at_millis: at.0,
            user_id,
            epoch_id,
        })
    }

    pub(super) fn sent_at(&self) -> UnixMillis {
        UnixMillis(self.sent_at_millis)
    }

    /// Whether it was sent in this session, and not too long ago.
    pub(super) fn serves(&self, current: &Current, epoch_id: &str, clock: &ServerClock) -> bool {
        self.user_id == current.session.user.id
            && self.epoch_id == epoch_id
            && !has_run_out(self.sent_at(), clock)
    }

    /// The code, as the process that had it sent knew it; none if the user does not have the credential any
    /// more.
    pub(super) fn code(&self, current: &Current) -> Option<PendingCode> {
        let FlowOrigin { option_id, method, is_second_factor, .. } = &self.origin;
        let is_email_factor = *method == StepUpMethod::Email && *is_second_factor;
        let credential_id = option_id.clone().into();
        let destination = verify_otp::destination(&current.session, &credential_id, is_email_factor)?;
        let purpose = Purpose::StepUp { epoch: current.epoch };
        let (id, sent_at) = (self.verification_id.clone(), self.sent_at());
        Some(PendingCode { id, purpose, destination, sent_at })
    }

    /// What the user was shown.
    pub(super) fn phase(&self, current: &Current, destination: &Destination) -> Phase {
        let option = StepUpOption {
            masked_label: Some(self.masked_destination.clone()),
            ..StepUpOption::begun(&self.origin, &current.session.user)
        };
        let code = AwaitedCode::of(OtpVerification {
            id: self.verification_id.clone(),
            channel: destination.channel(),
            masked_destination: self.masked_destination.clone(),
            resend_at: self.resend_at,
        });
        Phase::AwaitingCode { option, code }
    }
}

impl StepUpFlow {
    /// Has the code written down that is waited for now, if it is another one than before.
    pub(super) fn keep_code(&self, state: &State, kept: &mut Option<PendingCodeFlow>) {
        // What is waited for when the client ends is left to the next one.
        if self.context.ensure_open().is_err() {
            return;
        }
        let known = &self.context.state;
        let awaited = PendingCodeFlow::of(state, |id| known.sent_code(self.epoch, id));
        if awaited == *kept {
            return;
        }
        let is_other = known.replace_pending_code(self.epoch, kept.as_ref(), awaited.clone());
        *kept = awaited;
        match kept {
            _ if !is_other => {}
            Some(_) => self.context.persist_pending_in_background(),
            None => self.context.forget_pending_in_background(),
        }
    }
}
