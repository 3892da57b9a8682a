//! A flow ends with its session, and with the client.

use std::sync::{Arc, Weak};

use super::{StepUpFlow, StepUpFlowEnd};
use crate::{runtime::spawn_detached, state::Current, step_up::transition::Event};

/// Watches until the flow has ended or nobody holds it any more.
pub(super) fn watch(flow: &Arc<StepUpFlow>) {
    let watched = Arc::downgrade(flow);
    let state = Arc::clone(&flow.context.state);
    let (mut changes, mut closed) = (state.changes(), flow.context.closing());
    let mut shown = flow.shown.subscribe();
    let _ = spawn_detached(async move {
        loop {
            end_expired_session(&watched).await;
            // Read before: who lets go of the flow last ends the client, which must not find this being read.
            let is_closed = *closed.borrow();
            if has_ended(&watched, is_closed) {
                return;
            }
            let end_of_session = state.observed_session(|_| ()).until;
            tokio::select! {
                _ = changes.changed() => {}
                _ = closed.changed() => {}
                () = state.clock.reach(end_of_session) => {}
                // The flow's own end, or that it was let go.
                changed = shown.changed() => if changed.is_err() { return },
            }
        }
    });
}

/// A session that has run out is ended by whoever looks at it.
async fn end_expired_session(flow: &Weak<StepUpFlow>) {
    let Some(context) = flow.upgrade().map(|flow| Arc::clone(&flow.context)) else { return };
    let has_expired = |current: Current| context.state.is_expired(&current.session);
    if context.ensure_open().is_ok() && context.state.current().is_some_and(has_expired) {
        let _ = context.signed_in().await;
    }
}

fn has_ended(flow: &Weak<StepUpFlow>, is_closed: bool) -> bool {
    let Some(flow) = flow.upgrade() else { return true };
    if let Some(reason) = flow.end_of_session().or(is_closed.then_some(StepUpFlowEnd::ClientClosed)) {
        flow.happened(Event::Ended { reason });
    }
    flow.state().is_final()
}

impl StepUpFlow {
    /// Why the session is over that the flow was begun in; none if it is not.
    pub(super) fn end_of_session(&self) -> Option<StepUpFlowEnd> {
        (self.context.state.epoch() != self.epoch).then(|| self.context.state.last_end().into())
    }
}
