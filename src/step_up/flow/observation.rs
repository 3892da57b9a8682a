//! Observing a flow.

use std::sync::Arc;

use super::{StepUpFlow, StepUpFlowState};
use crate::{
    error::StepUpError,
    platform::PlatformError,
    runtime::spawn_detached,
    subscription::{Subscription, tell},
};

/// Is told the states of a flow.
///
/// Calls come one after the other: the present state first, then each that follows. What came and went while
/// a call was under way is left out; the latest state never is, and so the last one always is told, also with
/// the end of the client. A call that fails or takes longer than a storage callback may is given up; the next
/// state is told all the same.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait StepUpFlowListener: Send + Sync {
    /// The state is this now.
    async fn state_changed(&self, state: StepUpFlowState) -> Result<(), PlatformError>;
}

#[uniffi::export]
impl StepUpFlow {
    /// Tells a listener the present state, and from then on each that follows, until the flow or the
    /// subscription ends.
    ///
    /// # Errors
    /// `Internal` if the system refuses a thread.
    pub fn subscribe(&self, listener: Arc<dyn StepUpFlowListener>) -> Result<Arc<Subscription>, StepUpError> {
        let (subscription, mut cancelled) = Subscription::begun();
        let (mut shown, log) = (self.shown.subscribe(), self.context.log.clone());
        let deadline = self.context.config.storage_deadline;
        spawn_detached(async move {
            loop {
                let state = shown.borrow_and_update().clone();
                let is_final = state.is_final();
                if cancelled.has_come() {
                    return;
                }
                let listener = Arc::clone(&listener);
                tell(&log, deadline, async move { listener.state_changed(state).await }).await;
                if is_final {
                    return;
                }
                tokio::select! {
                    changed = shown.changed() => if changed.is_err() { return },
                    () = cancelled.comes() => return,
                }
            }
        })?;
        Ok(subscription)
    }
}
