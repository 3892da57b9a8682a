//! In the foreground the session is renewed before it ends.

use serde_json::{Value, json};
use stepup_core::{StepUpError, StepUpFlowState, TokenScope};
use stepup_test_support::{World, eventually};

use crate::helpers::{LIFE, carried_out_late, one_timer, session_answer, subscribe};

/// A renewal is due five minutes before the end, and is spread over the minute before that.
const EARLIEST: u32 = LIFE - 360;
const LATEST: u32 = LIFE - 300;

fn refresh_fails(world: &World, status: u16, headers: &Value) {
    let body = json!({ "error": "no" });
    world.fault(json!({
        "method": "POST", "path": "refresh", "count": 1, "status": status, "headers": headers, "body": body,
    }));
}

/// In how many seconds the only timer has ended.
async fn pause(world: &World) -> u32 {
    eventually("one timer", || world.clock.timers().len() == 1).await;
    u32::try_from(world.clock.timers()[0].as_secs()).unwrap() + 1
}

/// Signed in, in the foreground, and the renewal due.
async fn due() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    one_timer(&world, u64::from(EARLIEST) - 10..=u64::from(LATEST)).await;
    world
}

#[tokio::test]
async fn a_session_is_renewed_before_it_ends_and_planned_anew() {
    let world = due().await;
    world.advance(EARLIEST - 20);
    one_timer(&world, 0..=90).await;
    assert_eq!(world.count("refresh"), 0);
    world.advance(90);
    world.arrived("refresh", 1).await;
    one_timer(&world, u64::from(EARLIEST) - 10..=u64::from(LATEST)).await;
    world.advance(LATEST);
    world.arrived("refresh", 2).await;
    one_timer(&world, u64::from(EARLIEST) - 10..=u64::from(LATEST)).await;
    assert_eq!(world.count("refresh"), 2);
}

#[tokio::test]
async fn a_flow_is_use_enough_for_a_session_of_an_earlier_process() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.client.set_foreground(true);
    let flow = world.client.step_up().start(vec![TokenScope::WALLET_EXPORT], None, None, true).unwrap();
    flow.reached(|state| matches!(state, StepUpFlowState::AwaitingCode { .. })).await;
    world.advance(LATEST);
    world.arrived("refresh", 1).await;
}

#[tokio::test]
async fn renewals_of_many_devices_are_spread() {
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let world = due().await;
        pauses.push(world.clock.timers()[0].as_millis() / 1_000);
    }
    pauses.dedup();
    assert!(pauses.len() > 1, "{pauses:?}");
}

#[tokio::test]
async fn a_short_session_is_renewed_after_three_quarters_of_its_life() {
    let world = World::with_policy(json!({ "jwtLifeSeconds": 100 })).await;
    world.sign_in().await;
    world.client.set_foreground(true);
    one_timer(&world, 70..=80).await;
    assert_eq!(world.count("refresh"), 0);
    world.advance(81);
    world.arrived("refresh", 1).await;
    one_timer(&world, 70..=80).await;
}

#[tokio::test]
async fn a_renewed_session_is_told() {
    let world = due().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told_times(1).await;
    world.advance(LATEST);
    listener.was_told_times(2).await;
    let ends: Vec<_> = listener.told().into_iter().map(|session| session.unwrap().expires_at).collect();
    assert!(ends[1] > ends[0]);
}

#[tokio::test]
async fn one_that_fails_is_tried_again_at_growing_intervals() {
    let world = due().await;
    for bounds in [9..=20, 19..=40, 39..=80] {
        let attempts = world.count("refresh");
        refresh_fails(&world, 500, &json!({}));
        world.advance(if attempts == 0 { LATEST } else { pause(&world).await });
        world.arrived("refresh", attempts + 1).await;
        one_timer(&world, bounds).await;
        assert_eq!(world.count("refresh"), attempts + 1);
    }
    world.advance(pause(&world).await);
    world.arrived("refresh", 4).await;
    one_timer(&world, u64::from(EARLIEST) - 10..=u64::from(LATEST)).await;
}

#[tokio::test]
async fn what_the_server_asks_to_wait_for_is_waited_for_also_after_a_visit_to_the_background() {
    let world = due().await;
    refresh_fails(&world, 429, &json!({ "retry-after": "200" }));
    world.advance(LATEST);
    world.arrived("refresh", 1).await;
    one_timer(&world, 190..=200).await;
    world.client.set_foreground(false);
    eventually("no timer", || world.clock.timers().is_empty()).await;
    world.client.set_foreground(true);
    one_timer(&world, 190..=200).await;
    assert_eq!(world.count("refresh"), 1);
    world.advance(201);
    world.arrived("refresh", 2).await;
}

#[tokio::test]
async fn one_that_gains_nothing_is_no_loop() {
    let world = due().await;
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    let body = session_answer(&user.id, "user:basic", u64::from(LATEST) + 15);
    world.fault(json!({ "method": "POST", "path": "refresh", "body": body }));
    world.advance(LATEST);
    world.arrived("refresh", 1).await;
    one_timer(&world, 0..=20).await;
    for _ in 0..3 {
        world.client.mfa().methods(None).await.unwrap_err();
    }
    assert_eq!(world.count("refresh"), 1);
}

#[tokio::test]
async fn a_session_that_the_server_has_ended_is_not_asked_for_again() {
    let world = due().await;
    refresh_fails(&world, 401, &json!({}));
    world.fault(json!({ "method": "GET", "path": "session", "status": 401, "body": {} }));
    world.advance(LATEST);
    eventually("the end", || world.storage.records().is_empty()).await;
    eventually("no timer", || world.clock.timers().is_empty()).await;
    assert_eq!(world.count("refresh"), 1);
}

#[tokio::test]
async fn while_a_re_issue_is_under_way_there_is_no_other() {
    let world = due().await;
    let auth = world.client.auth();
    carried_out_late(&world, "refresh", 500);
    let refresh = tokio::spawn(async move { auth.refresh(None).await });
    world.arrived("refresh", 1).await;
    world.advance(LATEST);
    refresh.await.unwrap().unwrap();
    one_timer(&world, u64::from(EARLIEST) - 10..=u64::from(LATEST)).await;
    assert_eq!(world.count("refresh"), 1);
}

#[tokio::test]
async fn one_that_fails_is_told_to_whoever_calls_next() {
    let world = due().await;
    refresh_fails(&world, 500, &json!({}));
    world.advance(LATEST);
    world.arrived("refresh", 1).await;
    refresh_fails(&world, 503, &json!({}));
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
}
