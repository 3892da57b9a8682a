//! Who wants a flow to go on.

use std::sync::{Arc, atomic::Ordering};

use super::StepUpFlow;

/// Wants the flow to go on, until it is let go.
pub(in crate::step_up) struct Held(Arc<StepUpFlow>);

#[uniffi::export]
impl StepUpFlow {
    /// Ends one caller's part in the flow: one that has come by `start` or `pending_flow` does not want it
    /// any more. When all have left, the flow is cancelled. `cancel` ends it for all at once.
    pub fn leave(&self) {
        let left = self.holders.fetch_update(Ordering::AcqRel, Ordering::Acquire, |held| held.checked_sub(1));
        if left == Ok(1) {
            self.cancel();
        }
    }
}

impl StepUpFlow {
    /// One caller more. Not if all have left: it is about to be cancelled for nobody's sake but theirs.
    pub(super) fn is_joined(&self) -> bool {
        let join = |held: usize| if held == 0 { None } else { held.checked_add(1) };
        self.holders.fetch_update(Ordering::AcqRel, Ordering::Acquire, join).is_ok()
    }

    /// The part of a caller who has begun or joined it, until this is let go.
    pub(in crate::step_up) fn held(self: &Arc<Self>) -> Held {
        Held(Arc::clone(self))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.leave();
    }
}
