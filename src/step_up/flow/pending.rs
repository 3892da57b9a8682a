//! The flow that waits for the user, also after the system has ended the app.

use std::sync::Arc;

use super::StepUpFlow;
use crate::{
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    oauth::Visit,
    scope::TokenScope,
    state::{Current, UnattendedVisit},
    step_up::{FlowOrigin, PendingCodeFlow, StepUpAuthClient, StepUpOption, transition::Phase},
};

#[uniffi::export]
impl StepUpAuthClient {
    /// The flow to show when the app comes back: the latest that has not ended; else the one that an earlier
    /// process left while the user was to type a code that had been sent, or was with a provider in the
    /// browser; else none. Asks nobody over the network. Who asks again gets the same flow, and `start` with
    /// the same scopes and the same filter joins it.
    ///
    /// A flow of an earlier process goes on in `AwaitingCode` or `AwaitingBrowser`.
    /// `AuthClient::handle_redirect` ends the latter, if this was called before; else it answers
    /// `Elevated`, and there is no flow. What else there is to choose from is asked when the user goes
    /// `back`. A flow is found for ten minutes after the code was sent or the browser opened, and only in the
    /// session in which it was begun.
    ///
    /// # Errors
    /// `StorageFailed` if the storage could not be read; `Cancelled`; `ClientClosed`.
    #[uniffi::method(default(cancel = None))]
    pub async fn pending_flow(
        &self,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Option<Arc<StepUpFlow>>, StepUpError> {
        self.context.ensure_open()?;
        if let Some(flow) = self.flows.latest_or(|| None) {
            return Ok(Some(flow));
        }
        let context = Arc::clone(&self.context);
        let load = async move {
            let current = context.signed_in_if_any().await?;
            if current.is_some() {
                context.load_pending().await?;
            }
            Ok(current)
        };
        let Some(current) = self.context.run(cancel, load).await? else { return Ok(None) };
        Ok(self.flows.latest_or(|| StepUpFlow::left(&self.context, &current)))
    }
}

impl StepUpFlow {
    /// The flow that an earlier process left in this session: of two, the one begun last that can go on.
    fn left(context: &Arc<Context>, current: &Current) -> Option<Arc<Self>> {
        let visit = context.state.unattended_visit(current);
        let code = context.state.pending_code_flow(current.epoch);
        let is_visit_later =
            code.as_ref().zip(visit.as_ref()).is_some_and(|(code, visit)| code.sent_at() < visit.opened_at);
        let code = || code.and_then(|code| Self::awaiting_code(context, current, code));
        let visit = || visit.and_then(|visit| Self::in_browser(context, current, visit));
        if is_visit_later { visit().or_else(code) } else { code().or_else(visit) }
    }

    fn awaiting_code(context: &Arc<Context>, current: &Current, kept: PendingCodeFlow) -> Option<Arc<Self>> {
        let missing = context.missing(&kept.origin);
        let epoch_id = context.state.in_epoch(current.epoch, |data| data.id.clone())?;
        let serves = !missing.is_empty() && kept.serves(current, &epoch_id, &context.state.clock);
        let Some(code) = kept.code(current).filter(|_| serves) else {
            if context.state.replace_pending_code(current.epoch, Some(&kept), None) {
                context.forget_pending_in_background();
            }
            return None;
        };
        let state = kept.origin.state(missing, kept.phase(current, &code.destination));
        context.state.await_code(current.epoch, code);
        let (flow, ()) =
            Self::in_state(context, current.epoch, state, |_, machine| machine.kept = Some(kept));
        Some(flow)
    }

    fn in_browser(context: &Arc<Context>, current: &Current, left: UnattendedVisit) -> Option<Arc<Self>> {
        let UnattendedVisit { state, origin, .. } = left;
        let missing = context.missing(&origin);
        if missing.is_empty() {
            return None;
        }
        let option = StepUpOption::begun(&origin, &current.session.user);
        let shown = origin.state(missing, Phase::AwaitingBrowser { option });
        let (flow, is_awaited) = Self::in_state(context, current.epoch, shown, |flow, machine| {
            let generation = machine.running.generation();
            let redeeming = flow.told_of_redirect(generation);
            let visit = Visit::resumed(context, current.epoch, state, redeeming)?;
            let asked = machine.state.asked.clone();
            machine.running.begin(|generation| flow.rest_of_visit(asked, visit, generation));
            Some(())
        });
        is_awaited.map(|()| flow)
    }
}

impl Context {
    fn missing(&self, origin: &FlowOrigin) -> Vec<TokenScope> {
        origin.missing(|scope| self.state.has_token(scope))
    }
}
