//! Calls whose answer is an elevated token and nothing else: the session stays as it is.

use std::sync::Arc;

use super::Context;
use crate::{
    api::{Request, models::ElevatedTokenAnswer},
    error::StepUpError,
    state::Delivery,
    token::Elevation,
};

impl Context {
    /// Makes a call for a session of this epoch. Dropping it before it ends leaves no token behind (I15).
    pub(crate) async fn elevate(
        self: &Arc<Self>,
        request: Request,
        epoch: u64,
    ) -> Result<Option<Elevation>, StepUpError> {
        let answer: ElevatedTokenAnswer = self.call(request).await?.read()?;
        let Some(token) = answer.token() else { return Ok(None) };
        let delivery = Delivery::new();
        let awaiting = self.awaiting(&delivery);
        let elevation = self.state.accept_token(epoch, token, &delivery)?;
        let written = self.persist().await;
        awaiting.delivered();
        written.map(|()| elevation)
    }
}
