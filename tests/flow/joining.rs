//! Who asks for the same joins.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{StepUpFilter, StepUpFlowEnd, StepUpFlowState, StepUpMethod};
use stepup_test_support::EMAIL;
use tokio::task::JoinSet;

use crate::{
    helpers::{EXPORT, LINK, ended, granted, prompt, start, start_for},
    screen::Screen,
    users::with_email,
};

const CHECK: &str = "stepUp/check";

#[tokio::test]
async fn i08_fault_47_a_thousand_who_ask_for_the_same_share_one_flow_and_one_check() {
    let world = with_email().await;
    world.fault(json!({ "method": "POST", "path": CHECK, "latencyMs": 300 }));
    let mut joining = JoinSet::new();
    for _ in 0..1_000 {
        let step_up = world.client.step_up();
        joining.spawn_blocking(move || step_up.start(vec![EXPORT], None, None, true).unwrap());
    }
    let flows = joining.join_all().await;
    assert!(flows.iter().all(|flow| Arc::ptr_eq(flow, &flows[0])));
    prompt(&flows[0]).await;
    assert_eq!((world.count(CHECK), world.count("emailVerifications/create")), (1, 2));
    flows[999].submit(world.code(EMAIL)).unwrap();
    granted(&flows[0]).await;
}

#[tokio::test]
async fn the_order_of_scopes_makes_no_other_flow() {
    let world = with_email().await;
    let one = start_for(&world, &[EXPORT, LINK], None);
    let other = start_for(&world, &[LINK, EXPORT, LINK], Some(StepUpFilter::All));
    assert!(Arc::ptr_eq(&one, &other));
}

#[tokio::test]
async fn the_order_of_methods_makes_no_other_flow() {
    let world = with_email().await;
    let named = |methods| Some(StepUpFilter::Methods { methods });
    let (email, sms) = (StepUpMethod::Email, StepUpMethod::Sms);
    let one = start_for(&world, &[EXPORT], named(vec![email.clone(), sms.clone()]));
    let other = start_for(&world, &[EXPORT], named(vec![sms, email.clone(), email]));
    assert!(Arc::ptr_eq(&one, &other));
}

#[tokio::test]
async fn other_scopes_or_another_filter_make_another_flow() {
    let world = with_email().await;
    let named = |method| Some(StepUpFilter::Methods { methods: vec![method] });
    let flows = [
        start(&world),
        start_for(&world, &[LINK], None),
        start_for(&world, &[EXPORT, LINK], None),
        start_for(&world, &[EXPORT], Some(StepUpFilter::MfaOnly)),
        start_for(&world, &[EXPORT], Some(StepUpFilter::ReauthenticationOnly)),
        start_for(&world, &[EXPORT], named(StepUpMethod::Email)),
        start_for(&world, &[EXPORT], named(StepUpMethod::Sms)),
    ];
    for (index, flow) in flows.iter().enumerate() {
        assert!(flows[index + 1..].iter().all(|other| !Arc::ptr_eq(flow, other)), "{index}");
    }
    flows[0].cancel();
    assert!(flows[1..].iter().all(|flow| !flow.state().is_final()), "each goes its own way");
}

#[tokio::test]
async fn after_the_end_a_new_one_begins() {
    let world = with_email().await;
    let first = start(&world);
    prompt(&first).await;
    first.submit(world.code(EMAIL)).unwrap();
    granted(&first).await;
    // Spent, so that there is something to ask for.
    world.client.step_up().take_elevated_access_token(EXPORT, None).await.unwrap();
    let second = start(&world);
    assert!(!Arc::ptr_eq(&first, &second));
    prompt(&second).await;
}

#[tokio::test]
async fn a_screen_that_comes_back_finds_the_flow_as_it_was_left() {
    let world = with_email().await;
    let flow = start(&world);
    let before = Screen::on(&flow);
    before.shows("AwaitingCode").await;
    drop((before, flow));
    let again = start(&world);
    let after = Screen::on(&again);
    after.shows("AwaitingCode").await;
    assert_eq!(after.names(), ["AwaitingCode"]);
    assert_eq!((world.count(CHECK), world.count("emailVerifications/create")), (1, 2));
    again.submit(world.code(EMAIL)).unwrap();
    after.shows("Granted").await;
}

#[tokio::test]
async fn who_cancels_cancels_for_all_who_have_joined() {
    let world = with_email().await;
    let (one, other) = (start(&world), start(&world));
    prompt(&one).await;
    other.cancel();
    assert!(matches!(ended(&one).await, StepUpFlowState::Cancelled { .. }));
}

#[tokio::test]
async fn who_leaves_cancels_for_nobody_but_the_last() {
    let world = with_email().await;
    let (one, other) = (start(&world), start(&world));
    prompt(&one).await;
    one.leave();
    assert!(!other.state().is_final());
    other.leave();
    let reason = StepUpFlowEnd::ByApp;
    assert_eq!(ended(&one).await, StepUpFlowState::Cancelled { reason });
    // Once more than there were callers changes nothing.
    other.leave();
    assert_eq!(other.state(), StepUpFlowState::Cancelled { reason });
}
