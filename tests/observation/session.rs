//! Observing who is signed in, until when, and what is still to be done (fault 16).

use std::time::Duration;

use serde_json::json;
use stepup_core::{OnboardingDuty, Session, SessionTokenKind};
use stepup_test_support::{World, eventually};

use crate::helpers::{LIFE, OTHER, one_timer, requests, session_answer, sign_in_elevated, subscribe};

fn expiry(session: &Option<Session>) -> std::time::SystemTime {
    session.as_ref().unwrap().expires_at
}

#[tokio::test]
async fn the_present_session_is_told_first_and_then_each_change() {
    let world = World::new().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[None]).await;
    let ada = world.sign_in().await;
    listener.was_told(&[None, Some(ada.clone())]).await;
    let (late, _late_subscription) = subscribe(&world);
    late.was_told(&[Some(ada.clone())]).await;
    let grace = world.sign_in_as(OTHER).await;
    late.was_told(&[Some(ada.clone()), Some(grace.clone())]).await;
    world.client.auth().logout(None).await.unwrap();
    listener.was_told(&[None, Some(ada), Some(grace), None]).await;
}

#[tokio::test]
async fn fault_16_a_renewed_session_is_told_with_its_new_end_and_the_timer_moves_with_it() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[Some(first.clone())]).await;
    one_timer(&world, 7_190..=7_200).await;
    world.advance(1_000);
    one_timer(&world, 6_190..=6_200).await;
    let second = world.client.auth().refresh(None).await.unwrap();
    assert!(second.expires_at >= first.expires_at + Duration::from_secs(990));
    listener.was_told(&[Some(first.clone()), Some(second.clone())]).await;
    one_timer(&world, 7_190..=7_200).await;
    // The end of the first one passes, and nothing happens.
    world.clock.advance(6_250);
    one_timer(&world, 900..=960).await;
    assert_eq!(listener.told(), [Some(first), Some(second)]);
}

#[tokio::test]
async fn fault_16_a_session_that_runs_out_is_told_at_its_end_without_a_call() {
    let world = World::new().await;
    let session = sign_in_elevated(&world).await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[Some(session.clone())]).await;
    let requests_before = requests(&world);
    world.clock.advance(i64::from(LIFE) - 20);
    one_timer(&world, 0..=20).await;
    assert_eq!(listener.told(), [Some(session.clone())]);
    world.clock.advance(21);
    listener.was_told(&[Some(session), None]).await;
    assert_eq!(requests(&world), requests_before);
    eventually("nothing is left to wait for", || world.clock.timers().is_empty()).await;
    assert!(world.client.auth().session(None).await.unwrap().is_none());
}

#[tokio::test]
async fn i22_a_clock_that_turns_out_to_be_wrong_moves_the_end_that_is_told() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[Some(first.clone())]).await;
    world.clock.set_ahead(1_200);
    one_timer(&world, 5_900..=6_000).await;
    // Only now is it known that no time has passed.
    world.client.mfa().methods(None).await.unwrap();
    listener.was_told_times(2).await;
    let moved = expiry(&listener.told()[1]).duration_since(first.expires_at).unwrap();
    assert!((1_195..=1_205).contains(&moved.as_secs()), "{moved:?}");
    one_timer(&world, 7_100..=7_200).await;
}

#[tokio::test]
async fn fault_16_duties_are_told_as_they_come_and_go() {
    let world = World::new().await;
    let session = world.sign_in().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told_times(1).await;
    let body = session_answer(&session.user.id, "user:basic requiresAdditionalAuth", 7_200);
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": body }));
    world.client.auth().refresh(None).await.unwrap();
    listener.was_told_times(2).await;
    let body = session_answer(&session.user.id, "user:basic", 7_200);
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": body }));
    world.client.auth().refresh(None).await.unwrap();
    listener.was_told_times(3).await;
    let duties: Vec<_> = listener.told().into_iter().map(|session| session.unwrap().duties).collect();
    assert_eq!(duties, [vec![], vec![OnboardingDuty::CompleteMfa], vec![]]);
}

#[tokio::test]
async fn a_restored_session_is_told() {
    let mut world = World::new().await;
    let session = world.sign_in().await;
    world.restart();
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[None]).await;
    world.client.restore(None).await.unwrap();
    listener.was_told_times(2).await;
    assert_eq!(listener.told()[1].as_ref().unwrap().user, session.user);
}

#[tokio::test]
async fn the_end_by_the_server_is_told() {
    let world = World::new().await;
    let session = world.sign_in().await;
    let (listener, _subscription) = subscribe(&world);
    listener.was_told(&[Some(session.clone())]).await;
    let token = world.client.auth().session_token(SessionTokenKind::Minified, None).await.unwrap();
    world.revoke(token.unwrap().expose()).await;
    world.client.mfa().methods(None).await.unwrap_err();
    listener.was_told(&[Some(session), None]).await;
}

#[tokio::test]
async fn a_re_issue_that_changes_nothing_that_is_told_is_not_told() {
    let world = World::new().await;
    let session = world.sign_in().await;
    let body = session_answer(&session.user.id, "user:basic", 7_200);
    world.fault(json!({ "method": "POST", "path": "refresh", "body": body }));
    world.client.auth().refresh(None).await.unwrap();
    let (listener, _subscription) = subscribe(&world);
    listener.was_told_times(1).await;
    world.client.auth().refresh(None).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    listener.knows(&None).await;
    assert_eq!(listener.told().len(), 2);
}
