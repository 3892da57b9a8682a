//! The session's life: restored, ended, written down.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::time::timeout;

use super::Context;
use crate::{
    api::{self, Request, operations},
    auth::is_device_registration_pending,
    error::{StepUpError, StorageFailure},
    runtime::spawn_detached,
    state::{Current, EpochEnd, HeldSession},
    storage::Envelope,
};

/// Within this time a logout answers, whatever storage and keystore do.
const LOGOUT_LIMIT: Duration = Duration::from_secs(3);

impl Context {
    /// Reads the storage once. Every call does this first; one that finds it failing leaves it to the next.
    pub(crate) async fn restore(&self) -> Result<(), StepUpError> {
        if self.is_restored.load(Ordering::Acquire) {
            if self.owed.is_owed() {
                // Memory rules, so nobody has to wait for it.
                self.writer.write_in_background();
            }
            return Ok(());
        }
        let _one_at_a_time = self.restoring.lock().await;
        if self.is_restored.load(Ordering::Acquire) {
            return Ok(());
        }
        if self.owed.is_owed() {
            self.writer.write().await?;
        }
        match self.read_envelope().await {
            Ok(Some(envelope)) => self.state.adopt(envelope),
            Ok(None) => {}
            Err(StepUpError::StorageFailed { reason: StorageFailure::Corrupt }) => {
                self.log.warning("the stored session is not readable".into());
                self.was_corrupt.store(true, Ordering::Release);
            }
            Err(error) => return Err(error),
        }
        self.is_restored.store(true, Ordering::Release);
        Ok(())
    }

    async fn read_envelope(&self) -> Result<Option<Envelope>, StepUpError> {
        self.writer.read().await?.map(|bytes| Envelope::decode(&bytes)).transpose()
    }

    /// Whether what the storage held was not readable, and nobody has been told yet.
    pub(crate) fn take_corruption(&self) -> bool {
        self.was_corrupt.swap(false, Ordering::AcqRel)
    }

    /// The session, once the storage was read; ends one that has run out.
    pub(crate) async fn signed_in(&self) -> Result<Current, StepUpError> {
        self.restore().await?;
        let Some(current) = self.state.current() else {
            return Err(StepUpError::NotSignedIn { answer: None });
        };
        if self.state.is_expired(&current.session) {
            self.end_session(current.epoch, EpochEnd::SessionEnded, "the session has run out").await;
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(current)
    }

    /// The session, or none if nobody is signed in.
    pub(crate) async fn signed_in_if_any(&self) -> Result<Option<Current>, StepUpError> {
        match self.signed_in().await {
            Ok(current) => Ok(Some(current)),
            Err(StepUpError::NotSignedIn { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The session, if it is good for more than the registration of this device, which comes first.
    pub(crate) async fn signed_in_on_registered_device(&self) -> Result<Current, StepUpError> {
        let current = self.signed_in().await?;
        if is_device_registration_pending(&current.session.user) {
            return Err(StepUpError::DeviceRegistrationRequired);
        }
        Ok(current)
    }

    /// Ends an epoch that was not ended by the user: clears memory and storage before the call returns (I3).
    pub(crate) async fn end_session(&self, epoch: u64, why: EpochEnd, told: &str) {
        if !self.state.end(epoch, why) {
            return;
        }
        self.log.info(told);
        let ended = async { self.delete_session().await.and(self.persist_pending().await) };
        let (deleted, _) = tokio::join!(ended, self.keyring.discard_ended_session_key());
        if deleted.is_err() {
            self.log.warning("the ended session could not be deleted from the storage yet".into());
        }
    }

    /// Writes down what is in memory.
    pub(crate) async fn persist(&self) -> Result<(), StepUpError> {
        self.writer.write().await
    }

    async fn delete_session(&self) -> Result<(), StepUpError> {
        self.owed.owe();
        self.persist().await
    }

    /// Also what an earlier process left that nobody has looked at.
    async fn delete_stored(&self) -> Result<(), StepUpError> {
        let (session, pending) = tokio::join!(self.delete_session(), self.pending_record.delete());
        session.and(pending)
    }

    /// Signs out: memory first, then the storage, whatever the network does (I9).
    pub(crate) async fn logout(self: &Arc<Self>) -> Result<(), StepUpError> {
        let ended = self.state.end_any();
        self.log.info("signed out");
        let context = Arc::clone(self);
        // Goes on by itself: a caller who cancels is signed out all the same.
        let mut clearing = spawn_detached(async move {
            let ended = match ended {
                None => context.stored_session().await,
                held => held,
            };
            let (deleted, _, ()) = tokio::join!(
                context.delete_stored(),
                context.keyring.discard_session_key(),
                context.revoke(ended)
            );
            context.is_restored.store(true, Ordering::Release);
            deleted
        })?;
        let storage_failed = || StepUpError::StorageFailed { reason: StorageFailure::Unavailable };
        match timeout(LOGOUT_LIMIT, &mut clearing).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error @ StepUpError::StorageFailed { .. }))) => Err(error),
            // The limit is reached by the network as well, which does not matter.
            Err(_) if !self.owed.is_owed() && !self.pending_record.is_owed() => Ok(()),
            _ => Err(storage_failed()),
        }
    }

    /// The session of an earlier process, if this one has not read it.
    async fn stored_session(&self) -> Option<HeldSession> {
        if self.is_restored.load(Ordering::Acquire) {
            return None;
        }
        self.owed.owe();
        let Envelope { user, session, server_offset_millis, .. } = self.read_envelope().await.ok()??;
        self.state.clock.inherit_offset_millis(server_offset_millis);
        Some(HeldSession::restored(user, session))
    }

    /// Tells the server, best effort.
    async fn revoke(&self, ended: Option<HeldSession>) {
        let Some(session) = ended.filter(|session| !self.state.is_expired(session)) else { return };
        let mut request = Request::new(&operations::LOGOUT);
        let built =
            request.bearer(&session.token).and_then(|()| request.header(api::LOGOUT_REASON, "user-intent"));
        if built.is_ok() {
            let _ = self.transport.send(&request).await;
        }
    }
}
