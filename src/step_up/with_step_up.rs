//! A guarded operation: run, step up if that is what is missing, run once more.

use std::{future::Future, sync::Arc};

use super::{StepUpAuthClient, StepUpFlow, StepUpFlowState};
use crate::{error::StepUpError, scope::TokenScope};

impl StepUpAuthClient {
    /// Runs an operation. If it fails with `StepUpRequired` for this scope, a flow is started; `present` is
    /// called only if the flow needs the user, and is dropped when the flow has ended; then the operation is
    /// run once more. An operation that was not refused for want of this step-up never runs twice.
    ///
    /// Dropping this ends the flow, unless somebody else has joined it.
    ///
    /// # Errors
    /// Those of the operation; `Cancelled` if the flow was cancelled; the flow's error if it has failed.
    pub async fn with_step_up<T, Operation, Presenting>(
        &self,
        scope: TokenScope,
        present: impl FnOnce(Arc<StepUpFlow>) -> Presenting,
        operation: impl Fn() -> Operation,
    ) -> Result<T, StepUpError>
    where
        Operation: Future<Output = Result<T, StepUpError>>,
        Presenting: Future<Output = ()>,
    {
        match operation().await {
            Err(StepUpError::StepUpRequired { scope: missing, .. }) if missing == scope => {}
            ended => return ended,
        }
        let flow = self.join_or_begin(vec![scope], None, None, true)?;
        let _held = flow.held();
        let needs_user = |state: &StepUpFlowState| *state != StepUpFlowState::Checking;
        let mut state = flow.reached(needs_user).await;
        if !state.is_final() {
            let presenting = present(Arc::clone(&flow));
            tokio::select! {
                ended = flow.ended() => state = ended,
                () = presenting => state = flow.ended().await,
            }
        }
        match state {
            StepUpFlowState::Granted { .. } => operation().await,
            StepUpFlowState::Failed { error } => Err(error),
            _ => Err(StepUpError::Cancelled),
        }
    }
}
