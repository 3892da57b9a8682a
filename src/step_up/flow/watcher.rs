//! A flow ends with its session, and with the client.

use std::sync::{Arc, Weak};

use super::{StepUpFlow, StepUpFlowEnd};
use crate::{runtime::spawn_detached, step_up::transition::Event};

/// Watches until the flow has ended or nobody holds it any more.
pub(super) fn watch(flow: &Arc<StepUpFlow>) {
    let watched = Arc::downgrade(flow);
    let (mut session, mut closed) = (flow.context.state.changes(), flow.context.closing());
    let mut shown = flow.shown.subscribe();
    let _ = spawn_detached(async move {
        loop {
            if has_ended(&watched, *closed.borrow()) {
                return;
            }
            tokio::select! {
                _ = session.changed() => {}
                _ = closed.changed() => {}
                // The flow's own end, or that it was let go.
                changed = shown.changed() => if changed.is_err() { return },
            }
        }
    });
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
