//! Calls whose answer is a new session: one at a time, in order, and never half done (I4, I7, I15).

use std::sync::Arc;

use super::{Context, calls::Turn};
use crate::{
    api::{
        self, Request,
        models::{NextStep, SessionAnswer},
    },
    error::StepUpError,
    runtime::spawn_detached,
    secret::SecretString,
    state::{Begun, Delivery, SessionChange},
    token::Elevation,
};

/// What a re-issued session brought.
#[derive(Debug)]
pub(crate) struct Reissued {
    /// What the elevated token permits that came with it and is stored.
    pub(crate) elevation: Option<Elevation>,
    /// The legacy MFA token that came with it. Not stored.
    pub(crate) mfa_token: Option<SecretString>,
    /// What has to follow, if that can be told.
    pub(crate) next: Result<Option<NextStep>, StepUpError>,
}

/// Whether a session of this version makes a call needless. Behind a reference, so that what follows is
/// compiled once.
pub(crate) type IsDone<'a> = &'a (dyn Fn(u64) -> bool + Send + Sync);

/// Is told whether the server answered with a session, or its refusal.
pub(crate) type Note = Box<dyn FnOnce(Result<(), &StepUpError>) + Send>;

impl Context {
    /// Makes a call that re-issues the session.
    ///
    /// Up to the hand-over to the network, dropping this changes nothing. From then on a task of its own
    /// brings the call to its end: the session is stored and written down, and the elevated token is
    /// discarded if nobody waits for it any more.
    pub(crate) async fn reissue(
        self: &Arc<Self>,
        request: Request,
        change: SessionChange,
    ) -> Result<Reissued, StepUpError> {
        self.reissue_and_note(request, change, Box::new(|_| ())).await
    }

    /// The same, and what the server answered is noted before it is written down, also if the caller has gone
    /// by then.
    pub(crate) async fn reissue_and_note(
        self: &Arc<Self>,
        request: Request,
        change: SessionChange,
        note: Note,
    ) -> Result<Reissued, StepUpError> {
        self.reissue_noted(request, change, &|_| false, note).await.and_then(|reissued| {
            reissued.ok_or_else(|| StepUpError::Internal {
                reason: "a call was left out without a reason".into(),
            })
        })
    }

    /// The same, but nothing is sent if, when this call's turn comes, the session's version says that there
    /// is no need.
    pub(crate) async fn reissue_unless(
        self: &Arc<Self>,
        request: Request,
        change: SessionChange,
        is_done: IsDone<'_>,
    ) -> Result<Option<Reissued>, StepUpError> {
        self.reissue_noted(request, change, is_done, Box::new(|_| ())).await
    }

    /// The same, and what the server answered is noted before the next call's turn comes, also if the caller
    /// has gone by then.
    pub(crate) async fn reissue_noted(
        self: &Arc<Self>,
        mut request: Request,
        change: SessionChange,
        is_done: IsDone<'_>,
        note: Note,
    ) -> Result<Option<Reissued>, StepUpError> {
        self.restore().await?;
        let (begun_in, logouts) = (self.state.epoch(), self.state.logouts());
        let turn = Arc::clone(&self.session_gate).lock_owned().await;
        if self.state.current().is_some_and(|current| is_done(current.version)) {
            return Ok(None);
        }
        self.sign(&mut request).await?;
        let mut key_hold = None;
        if change == SessionChange::SignIn {
            if !request.operation.device_signed {
                // Made now if there is none: to what the session signs later, none would be a lost one.
                self.keyring.device_public_hex().await?;
            }
            // Looked up in this turn: a logout that came before has discarded the key of its session.
            let (session_key, hold) = self.keyring.announced_session_key().await?;
            key_hold = Some(hold);
            if request.operation.session_key_in_header {
                request.header(api::SESSION_PUBLIC_KEY, &session_key)?;
            } else {
                request.set("sessionPublicKey", session_key.into());
            }
        }
        let (epoch, delivery) = (self.state.epoch(), Delivery::new());
        let begun = Begun { epoch, logouts };
        if (change != SessionChange::SignIn && epoch != begun_in) || self.state.logouts() != logouts {
            // What one user proved must not be sent for another, and nobody is signed in after a logout.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let awaiting = self.awaiting(&delivery);
        let ending = Arc::clone(self).bring_to_its_end(request, change, begun, delivery, note);
        let task = spawn_detached(async move {
            let reissued = ending.await;
            // Up to here, also if nobody waits any more.
            drop((turn, key_hold));
            reissued
        })?;
        let reissued = task.await;
        awaiting.delivered();
        reissued?.map(Some)
    }

    async fn bring_to_its_end(
        self: Arc<Self>,
        mut request: Request,
        change: SessionChange,
        begun: Begun,
        delivery: Delivery,
        note: Note,
    ) -> Result<Reissued, StepUpError> {
        let attached = self.attach(&mut request).await?;
        if delivery.is_abandoned() {
            return Err(StepUpError::Cancelled);
        }
        if attached.current.as_ref().is_some_and(|current| current.epoch != begun.epoch) {
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let answer = self.exchange(&request, attached, Turn::Held).await;
        let mut answer = match answer.and_then(|answer| Ok(SessionAnswer::read(&answer)?)) {
            Ok(answer) => answer,
            Err(error) => {
                note(Err(&error));
                return Err(error);
            }
        };
        let mfa_token = answer.mfa_token.take();
        let next = std::mem::replace(&mut answer.next, Ok(None)).map_err(StepUpError::from);
        let accepted = self.state.accept(begun, change, answer, &delivery);
        note(Ok(()));
        if accepted.is_ok() {
            self.log.info(match change {
                SessionChange::SignIn => "signed in",
                SessionChange::Reissue | SessionChange::Merge => "the session was re-issued",
            });
        }
        let is_new_session = accepted.is_ok() && change != SessionChange::Reissue;
        if is_new_session {
            // Until the new session is stored, the storage holds one that has ended.
            self.owed.owe();
        }
        if is_new_session || self.pending_record.is_owed() {
            let _ = self.forget_pending().await;
        }
        let elevation = accepted?;
        // The next request goes out with the new session, also after a crash.
        self.persist().await?;
        Ok(Reissued { elevation, mfa_token, next })
    }
}
