//! Passkey options run out while the user chooses. They are fetched again in time, so that the sheet still
//! follows the tap at once (fault 36).

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::StepUpFlow;
use crate::{
    runtime::{AbortOnDrop, spawn_detached},
    step_up::transition::Event,
};

/// So long before their end.
const MARGIN: Duration = Duration::from_secs(5);
/// Options that hold for a moment only do not make a loop of requests.
const SHORTEST_PAUSE: Duration = Duration::from_secs(30);

/// The timer, with the end that it was set for.
pub(super) struct Renewal {
    end: SystemTime,
    _timer: AbortOnDrop<()>,
}

impl StepUpFlow {
    /// Sets the timer for what is known now; there is none while nothing runs out.
    pub(super) fn renew_before(&self, end: Option<SystemTime>, renewal: &mut Option<Renewal>) {
        if renewal.as_ref().map(|renewal| renewal.end) == end {
            return;
        }
        *renewal = end.and_then(|end| {
            let timer = AbortOnDrop(spawn_detached(self.awaiting_end(end)).ok()?);
            Some(Renewal { end, _timer: timer })
        });
    }

    fn awaiting_end(&self, end: SystemTime) -> impl Future<Output = ()> + Send + use<> {
        let (flow, state) = (self.me.clone(), Arc::clone(&self.context.state));
        let left = end.duration_since(self.now()).unwrap_or_default();
        let moment = state.clock.now().plus(left.saturating_sub(MARGIN).max(SHORTEST_PAUSE));
        async move {
            let mut changes = state.changes();
            while state.clock.now() < moment {
                tokio::select! {
                    () = state.clock.reach(Some(moment)) => {}
                    _ = changes.changed() => {}
                }
            }
            // Nobody taps where nobody looks; whoever does later waits for the options.
            if let Some(flow) = flow.upgrade().filter(|flow| flow.is_observed()) {
                flow.happened(Event::PasskeyRunOut);
            }
        }
    }

    /// Whether anybody is told the states, beside the flow's own watcher.
    fn is_observed(&self) -> bool {
        self.shown.receiver_count() > 1
    }
}
