//! What every test of a flow needs.

use std::{sync::Arc, time::Duration};

use stepup_core::{
    CodePrompt, Elevation, StepUpFilter, StepUpFlow, StepUpFlowState, StepUpMethod, StepUpOption, TokenScope,
};
use stepup_test_support::World;
use tokio::time::timeout;

/// Single-use.
pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
/// Reusable.
pub(crate) const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
/// Reusable.
pub(crate) const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;
/// Not required where the policy does not say otherwise.
pub(crate) const SIGN: TokenScope = TokenScope::WALLET_SIGN;

/// A flow for one scope, with all methods.
pub(crate) fn start(world: &World) -> Arc<StepUpFlow> {
    world.client.step_up().start(vec![EXPORT], None, None, true).unwrap()
}

/// A flow that stops at the choice, also where there is only one option.
pub(crate) fn start_choosing(world: &World) -> Arc<StepUpFlow> {
    world.client.step_up().start(vec![EXPORT], None, None, false).unwrap()
}

/// A flow for these scopes, with these methods.
pub(crate) fn start_for(
    world: &World,
    scopes: &[TokenScope],
    filter: Option<StepUpFilter>,
) -> Arc<StepUpFlow> {
    world.client.step_up().start(scopes.to_vec(), filter, None, true).unwrap()
}

/// Longer than anything in these tests takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// The next state that satisfies a condition; a flow that ends otherwise or never gets there fails the test.
pub(crate) async fn until(flow: &StepUpFlow, is_it: impl Fn(&StepUpFlowState) -> bool) -> StepUpFlowState {
    let reached = timeout(DEADLINE, flow.reached(|state| is_it(state) || state.is_final())).await;
    let reached = reached.unwrap_or_else(|_| panic!("never reached; the flow is {:?}", flow.state()));
    assert!(is_it(&reached), "the flow has ended: {reached:?}");
    reached
}

pub(crate) async fn choosing(flow: &StepUpFlow) -> Vec<StepUpOption> {
    match until(flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await {
        StepUpFlowState::Choosing { options, .. } => options,
        _ => unreachable!(),
    }
}

pub(crate) async fn prompt(flow: &StepUpFlow) -> CodePrompt {
    match until(flow, |state| matches!(state, StepUpFlowState::AwaitingCode { .. })).await {
        StepUpFlowState::AwaitingCode { prompt, .. } => prompt,
        _ => unreachable!(),
    }
}

/// The last state.
pub(crate) async fn ended(flow: &StepUpFlow) -> StepUpFlowState {
    until(flow, StepUpFlowState::is_final).await
}

pub(crate) async fn granted(flow: &StepUpFlow) -> Vec<Elevation> {
    match ended(flow).await {
        StepUpFlowState::Granted { elevations, .. } => elevations,
        other => panic!("not granted: {other:?}"),
    }
}

/// Whether a code is waited for, and no other one is on its way.
pub(crate) fn is_sent(state: &StepUpFlowState) -> bool {
    matches!(state, StepUpFlowState::AwaitingCode { prompt, .. } if !prompt.is_resending)
}

/// Whether a code is waited for after something went wrong.
pub(crate) fn is_refused(state: &StepUpFlowState) -> bool {
    matches!(state, StepUpFlowState::AwaitingCode { prompt, .. } if prompt.error.is_some())
}

/// Chooses the first option with this method.
pub(crate) async fn select(flow: &StepUpFlow, method: &StepUpMethod) -> StepUpOption {
    let options = choosing(flow).await;
    let option = options.into_iter().find(|option| option.method == *method).unwrap();
    flow.select(option.id.clone()).unwrap();
    option
}
