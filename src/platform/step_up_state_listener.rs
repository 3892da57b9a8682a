//! Whoever wants to know how step-ups are going.

use super::PlatformError;
use crate::step_up::StepUpState;

/// Is told how the client's step-ups are going.
///
/// Calls come one after the other: the present state first, then each change. What came and went while a call
/// was under way is left out, the latest state never is. A call that fails or takes longer than a storage
/// callback may is given up; the next change is told all the same. It may call back into the client.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait StepUpStateListener: Send + Sync {
    /// The state is this now.
    async fn state_changed(&self, state: StepUpState) -> Result<(), PlatformError>;
}
