//! `cancel` in every state.

use stepup_core::{StepUpError, StepUpFlow, StepUpFlowEnd, StepUpFlowState};
use stepup_test_support::World;

use crate::{
    helpers::{UNLINK, ended, granted, prompt, start},
    screen::Screen,
    stages::{Stage, settled},
    users::{config, holds, with_email},
};

/// Nothing that an app can say has an effect any more.
fn assert_over(flow: &StepUpFlow) {
    let state = flow.state();
    for (said, event) in [
        (flow.select("an option".into()), "select"),
        (flow.submit("123456".into()), "submit"),
        (flow.submit_captcha("a token".into()), "submit_captcha"),
        (flow.submit_external_jwt("a jwt".into()), "submit_external_jwt"),
        (flow.back(), "back"),
        (flow.resend(), "resend"),
        (flow.retry(), "retry"),
    ] {
        assert_eq!(said, Err(StepUpError::InvalidTransition { event: event.into() }));
    }
    flow.cancel();
    assert_eq!(flow.state(), state);
}

/// No token is there, now and for the next process; the user still is.
async fn assert_nothing_gained(world: &mut World, what: &str) {
    assert!(!holds(world, UNLINK), "{what}");
    world.client.auth().refresh(None).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    world.restart_with(config(world));
    world.client.restore(None).await.unwrap();
    assert!(!holds(world, UNLINK), "{what}: written down");
}

#[tokio::test]
async fn i15_fault_47_cancelled_in_any_state_it_ends_at_once_and_leaves_no_token() {
    for stage in Stage::ALL {
        let (mut world, flow) = stage.reached().await;
        let screen = Screen::on(&flow);
        screen.shows(&format!("{stage:?}")).await;
        flow.cancel();
        let over = StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ByApp };
        assert_eq!(flow.state(), over, "{stage:?}");
        assert_eq!(screen.shows("Cancelled").await, over);
        assert_over(&flow);
        settled(&world).await;
        assert_nothing_gained(&mut world, &format!("{stage:?}")).await;
    }
}

#[tokio::test]
async fn after_a_cancel_the_next_flow_is_another_one_and_comes_to_its_end() {
    let world = with_email().await;
    let first = start(&world);
    prompt(&first).await;
    first.cancel();
    let second = start(&world);
    assert!(!std::sync::Arc::ptr_eq(&first, &second));
    prompt(&second).await;
    second.submit(world.code(stepup_test_support::EMAIL)).unwrap();
    granted(&second).await;
    assert_eq!(ended(&first).await, StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ByApp });
}
