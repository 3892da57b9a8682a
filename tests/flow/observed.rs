//! What the client tells of its flows, all of them together.

use serde_json::json;
use stepup_core::{ErrorKind, StepUpState};
use stepup_test_support::EMAIL;

use crate::{
    helpers::{LINK, ended, granted, prompt, start, start_for},
    users::{with_email, world},
};

#[tokio::test]
async fn a_flow_that_runs_is_loading_and_one_that_has_ended_is_not() {
    let world = with_email().await;
    let state = || world.client.step_up().state();
    assert!(!state().is_loading);
    let flow = start(&world);
    assert!(state().is_loading);
    prompt(&flow).await;
    assert!(state().is_loading);
    assert_eq!(state().pending_code.map(|code| code.masked_destination).as_deref(), Some("a•••@example.com"));
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    assert_eq!(state(), StepUpState { is_loading: false, error: None, pending_code: None });
}

#[tokio::test]
async fn any_flow_that_runs_counts() {
    let world = with_email().await;
    let (one, other) = (start(&world), start_for(&world, &[LINK], None));
    one.cancel();
    assert!(world.client.step_up().state().is_loading);
    other.cancel();
    let state = world.client.step_up().state();
    assert_eq!((state.is_loading, state.error), (false, None), "a cancel is no error");
}

#[tokio::test]
async fn a_flow_that_failed_leaves_its_error_until_the_next() {
    let world = world().await;
    ended(&start(&world)).await;
    let state = world.client.step_up().state();
    let kind = state.error.map(|error| error.kind());
    assert_eq!((state.is_loading, kind), (false, Some(ErrorKind::SignInAgain)));
    world.sign_in().await;
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "hang": true }));
    let flow = start(&world);
    let state = world.client.step_up().state();
    assert_eq!((state.is_loading, state.error), (true, None));
    flow.cancel();
}
