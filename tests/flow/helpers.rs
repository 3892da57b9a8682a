//! What every test of a flow needs.

use std::sync::Arc;

use stepup_core::{
    CodePrompt, Elevation, StepUpFlow, StepUpFlowState, StepUpMethod, StepUpOption, TokenScope,
};
use stepup_test_support::World;

pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;

/// A flow for one scope, with all methods.
pub(crate) fn start(world: &World) -> Arc<StepUpFlow> {
    world.client.step_up().start(vec![EXPORT], None, None, true).unwrap()
}

/// A flow that stops at the choice, also where there is only one option.
pub(crate) fn start_choosing(world: &World) -> Arc<StepUpFlow> {
    world.client.step_up().start(vec![EXPORT], None, None, false).unwrap()
}

/// The next state that satisfies a condition; a flow that ends otherwise fails the test.
pub(crate) async fn until(flow: &StepUpFlow, is_it: impl Fn(&StepUpFlowState) -> bool) -> StepUpFlowState {
    let reached = flow.reached(|state| is_it(state) || state.is_final()).await;
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

pub(crate) async fn granted(flow: &StepUpFlow) -> Vec<Elevation> {
    match flow.ended().await {
        StepUpFlowState::Granted { elevations, .. } => elevations,
        other => panic!("not granted: {other:?}"),
    }
}

/// Chooses the first option with this method.
pub(crate) async fn select(flow: &StepUpFlow, method: &StepUpMethod) -> StepUpOption {
    let options = choosing(flow).await;
    let option = options.into_iter().find(|option| option.method == *method).unwrap();
    flow.select(option.id.clone()).unwrap();
    option
}
