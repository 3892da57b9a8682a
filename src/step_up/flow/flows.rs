//! The flows of a client: who asks for the same joins, and a screen finds its flow again.

use std::sync::{Arc, Mutex, PoisonError};

use super::StepUpFlow;
use crate::{
    error::StepUpError,
    identifier::CredentialId,
    scope::{self, TokenScope},
    step_up::{StepUpAuthClient, StepUpFilter, transition::Asked},
};

/// The flows that have not ended, the latest last.
#[derive(Default)]
pub(crate) struct Flows(Mutex<Vec<Arc<StepUpFlow>>>);

impl Flows {
    /// The flow that asks for the same in the same session, else a new one, with one caller more.
    fn join_or_begin(
        &self,
        is_same: impl Fn(&StepUpFlow) -> bool,
        begin: impl FnOnce() -> Arc<StepUpFlow>,
    ) -> Arc<StepUpFlow> {
        let mut flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|flow| !flow.has_ended());
        if let Some(known) = flows.iter().find(|flow| is_same(flow) && flow.is_joined()) {
            return Arc::clone(known);
        }
        let flow = begin();
        flows.push(Arc::clone(&flow));
        flow
    }

    /// The same for the latest flow, else for one that goes on with what was left, if there is one.
    pub(super) fn latest_or(
        &self,
        left: impl FnOnce() -> Option<Arc<StepUpFlow>>,
    ) -> Option<Arc<StepUpFlow>> {
        let mut flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|flow| !flow.has_ended());
        if let Some(known) = flows.iter().rev().find(|flow| flow.is_joined()) {
            return Some(Arc::clone(known));
        }
        let flow = left()?;
        flows.push(Arc::clone(&flow));
        Some(flow)
    }
}

#[uniffi::export]
impl StepUpAuthClient {
    /// Begins a step-up flow, which a screen renders from its states. Answers at once; the flow is in
    /// `Checking` and asks the server.
    ///
    /// Who starts a flow with the same scopes and the same filter while one has not ended gets that one: so a
    /// screen finds it again after a rotation, and many callers share one check. It is in the state in which
    /// it was left; `cancel` ends it for all of them, `leave` when all have left.
    ///
    /// - `scopes`: what is asked for, at least one. One proof serves all of them; only those that no token
    ///   is held for are asked for.
    /// - `filter`: which methods to offer; all by default.
    /// - `preferred_credential_id`: the credential to offer first; by default the server's choice, then
    ///   passkeys, authenticator apps, e-mail, SMS, wallets, social accounts, the app's backend, recovery
    ///   codes.
    /// - `auto_select`: go straight to the method if only one can be used; recovery codes do not count.
    ///
    /// # Errors
    /// `InvalidArgument` for what cannot be a scope, or none; `ClientClosed`. All else is a state.
    #[uniffi::method(default(filter = None, preferred_credential_id = None, auto_select = true))]
    pub fn start(
        &self,
        scopes: Vec<TokenScope>,
        filter: Option<StepUpFilter>,
        preferred_credential_id: Option<CredentialId>,
        auto_select: bool,
    ) -> Result<Arc<StepUpFlow>, StepUpError> {
        self.join_or_begin(scopes, filter, preferred_credential_id, auto_select)
    }
}

impl StepUpAuthClient {
    pub(in crate::step_up) fn join_or_begin(
        &self,
        scopes: Vec<TokenScope>,
        filter: Option<StepUpFilter>,
        preferred_credential_id: Option<CredentialId>,
        auto_select: bool,
    ) -> Result<Arc<StepUpFlow>, StepUpError> {
        let (scopes, filter) = (scope::validated_set(scopes)?, filter.unwrap_or_default());
        self.context.ensure_open()?;
        let asked = Asked { scopes, filter, preferred_credential_id, auto_select };
        let is_same = |flow: &StepUpFlow| flow.asks_for(&asked.scopes, &asked.filter);
        Ok(self.flows.join_or_begin(is_same, || StepUpFlow::begin(&self.context, asked.clone())))
    }
}

impl StepUpFlow {
    fn has_ended(&self) -> bool {
        self.shown.borrow().is_final() || self.end_of_session().is_some()
    }

    fn asks_for(&self, scopes: &[TokenScope], filter: &StepUpFilter) -> bool {
        let asked = &self.machine().state.asked;
        asked.scopes == scopes && asked.filter.offers_the_same_as(filter)
    }
}
