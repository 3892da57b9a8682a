//! Whether the caller of a session-changing request is still there (I15).
//!
//! Such a request is sent by a task of its own, which outlives its caller. The caller's cancellation
//! decides two things: before the hand-over that nothing is sent, and afterwards that the elevated token is
//! not kept.

use std::sync::{Arc, PoisonError};

use super::State;
use crate::{
    runtime::spawn_detached,
    storage::EnvelopeWriter,
    sync::{Mutex, MutexGuard},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Awaited,
    Abandoned,
    /// The token with this serial was stored for the caller, who has not been told yet.
    Stored(u64),
}

/// Shared by the task and its caller.
#[derive(Clone)]
pub(crate) struct Delivery(Arc<Mutex<Stage>>);

impl Delivery {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Stage::Awaited)))
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        *self.stage() == Stage::Abandoned
    }

    /// Stores the token unless the caller is gone; the two cannot happen at the same time.
    pub(crate) fn unless_abandoned(&self, store: impl FnOnce() -> Option<u64>) -> Option<u64> {
        let mut stage = self.stage();
        if *stage == Stage::Abandoned {
            return None;
        }
        let serial = store();
        if let Some(serial) = serial {
            *stage = Stage::Stored(serial);
        }
        serial
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The caller's end. Dropping it before `delivered` means that the caller has gone.
pub(crate) struct Awaiting {
    delivery: Delivery,
    state: Arc<State>,
    writer: Arc<EnvelopeWriter>,
    is_delivered: bool,
}

impl Awaiting {
    pub(crate) fn new(delivery: Delivery, state: Arc<State>, writer: Arc<EnvelopeWriter>) -> Self {
        Self { delivery, state, writer, is_delivered: false }
    }

    /// The caller has the answer.
    pub(crate) fn delivered(mut self) {
        self.is_delivered = true;
    }
}

impl Drop for Awaiting {
    fn drop(&mut self) {
        if self.is_delivered {
            return;
        }
        let stage = std::mem::replace(&mut *self.delivery.stage(), Stage::Abandoned);
        if let Stage::Stored(serial) = stage {
            self.state.remove_token(serial);
            let writer = Arc::clone(&self.writer);
            let _ = spawn_detached(async move { writer.write().await });
        }
    }
}
