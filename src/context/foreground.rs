//! While the app is in the foreground: the session is renewed before it ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{Context, renewal::Renewal};
use crate::{
    clock::UnixMillis,
    runtime::{AbortOnDrop, spawn_detached},
    state::State,
};

/// Whether the app is in the foreground, and what is done because of it.
#[derive(Default)]
pub(super) struct Foreground {
    inner: Mutex<Inner>,
    /// Outlives a visit to the background: what the server asked for does too.
    renewal: Mutex<Renewal>,
}

#[derive(Default)]
struct Inner {
    is_foreground: bool,
    /// Whether a call was made: before, nothing is begun (I21).
    is_used: bool,
    is_closed: bool,
    keeper: Option<AbortOnDrop<()>>,
}

impl Foreground {
    fn renewal(&self) -> MutexGuard<'_, Renewal> {
        self.renewal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and begins or ends what follows from it.
    fn change(&self, context: &Weak<Context>, state: &Arc<State>, change: impl FnOnce(&mut Inner)) {
        let ended = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut inner);
            if inner.is_foreground && inner.is_used && !inner.is_closed {
                if inner.keeper.is_none() {
                    let keeper = keep_session(Weak::clone(context), Arc::clone(state));
                    inner.keeper = spawn_detached(keeper).ok().map(AbortOnDrop);
                }
                None
            } else {
                inner.keeper.take()
            }
        };
        drop(ended);
    }
}

impl Context {
    /// Before the first call nothing is begun for it, and nothing is read (I21).
    pub(crate) fn set_foreground(self: &Arc<Self>, is_foreground: bool) {
        let weak = Arc::downgrade(self);
        self.foreground.change(&weak, &self.state, |inner| inner.is_foreground = is_foreground);
        if is_foreground && self.ensure_open().is_ok() {
            // Timers stop while a phone sleeps: whoever observes looks at the time.
            self.state.look_again();
            self.renew_known_settings();
        }
    }

    /// A call is made, or a flow begins.
    pub(crate) fn used(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        self.foreground.change(&weak, &self.state, |inner| inner.is_used = true);
    }

    /// The client is shut down.
    pub(super) fn leave_foreground(&self) {
        self.foreground.change(&Weak::new(), &self.state, |inner| inner.is_closed = true);
    }

    /// Does for the session what is due, and answers when to look again if nothing happens before.
    async fn look_after_session(self: &Arc<Self>) -> Option<UnixMillis> {
        let now = self.state.clock.now();
        let session = self.state.session_span()?;
        if session.until <= now {
            // Ends it.
            let _ = self.signed_in().await;
            return None;
        }
        let due = self.foreground.renewal().due(session, now, draw);
        if due > now {
            return Some(due.min(session.until));
        }
        self.foreground.renewal().attempted(now);
        if let Err(error) = self.refresh().await {
            self.log.warning(format!("the session could not be renewed yet: {error}"));
            let now = self.state.clock.now();
            if let Some(pause) = error.retry_after() {
                self.foreground.renewal().postpone(now.plus(pause));
            }
        }
        // What has become of it decides.
        Some(self.state.clock.now())
    }
}

/// Runs until it is dropped, or the client is. Does not keep the client.
async fn keep_session(context: Weak<Context>, state: Arc<State>) {
    let mut changes = state.changes();
    loop {
        changes.mark_unchanged();
        let Some(context) = context.upgrade() else { return };
        let next = context.look_after_session().await;
        drop(context);
        tokio::select! {
            _ = changes.changed() => {}
            () = state.clock.reach(next) => {}
        }
    }
}

/// A number from nothing to a thousand. Without random numbers nothing is spread.
fn draw() -> u32 {
    getrandom::u32().map_or(0, |random| random % 1_001)
}
