//! Calls that end the session when they succeed: deleting the account, revoking this device.

use std::sync::Arc;

use super::{Context, calls::Turn};
use crate::{
    api::{Answer, Request},
    error::StepUpError,
    runtime::spawn_detached,
    state::{Delivery, EpochEnd},
};

impl Context {
    /// Makes a call and, if its answer says so, ends the session before this returns (I3).
    ///
    /// Up to the hand-over to the network, dropping this changes nothing. From then on a task of its own
    /// brings the call to its end (I15).
    pub(crate) async fn end_by(
        self: &Arc<Self>,
        mut request: Request,
        ends: fn(&Answer) -> Result<bool, StepUpError>,
        why: &'static str,
    ) -> Result<bool, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        self.sign(&mut request).await?;
        let delivery = Delivery::new();
        let awaiting = self.awaiting(&delivery);
        let context = Arc::clone(self);
        let task = spawn_detached(async move {
            let attached = context.attach(&mut request).await?;
            if delivery.is_abandoned() {
                return Err(StepUpError::Cancelled);
            }
            if attached.current.as_ref().is_none_or(|current| current.epoch != epoch) {
                return Err(StepUpError::NotSignedIn { answer: None });
            }
            let answer = context.exchange(&request, attached, Turn::Outside).await?;
            let is_over = ends(&answer)?;
            if is_over {
                context.end_session(epoch, EpochEnd::SessionEnded, why).await;
            }
            Ok(is_over)
        })?;
        let ended = task.await;
        awaiting.delivered();
        ended?
    }
}
