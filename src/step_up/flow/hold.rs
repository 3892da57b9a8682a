//! Who wants a flow to go on.

use std::sync::{Arc, atomic::Ordering};

use super::StepUpFlow;

/// Wants the flow to go on. Who lets go of it last cancels the flow.
pub(in crate::step_up) struct Held(Arc<StepUpFlow>);

impl StepUpFlow {
    /// From now on it goes on until it ends by itself: a screen that comes back finds it.
    pub(super) fn hold(&self) {
        self.holders.fetch_add(1, Ordering::AcqRel);
    }

    /// The same until this is let go.
    pub(in crate::step_up) fn held(self: &Arc<Self>) -> Held {
        self.hold();
        Held(Arc::clone(self))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.0.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.cancel();
        }
    }
}
