//! Coming to the foreground and leaving it.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::json;
use stepup_core::{Clock, StepUpClient, TokenScope};
use stepup_test_support::{TestClock, World, eventually};

use crate::helpers::{LIFE, one_timer, requests, sign_in_elevated, subscribe, subscribe_elevations};

#[tokio::test]
async fn in_the_background_there_is_no_timer_and_no_renewal() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    one_timer(&world, 6_830..=6_900).await;
    world.client.set_foreground(false);
    eventually("no timer", || world.clock.timers().is_empty()).await;
    world.advance(LIFE - 100);
    world.client.mfa().methods(None).await.unwrap();
    assert!(world.clock.timers().is_empty());
    assert_eq!(world.count("refresh"), 0);
}

#[tokio::test]
async fn i21_without_foreground_and_listeners_there_is_no_timer() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    world.verify_by_email(&[TokenScope::WALLET_EXPORT]).await.unwrap();
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.clock.timers_begun(), 0);
}

#[tokio::test]
async fn i21_where_nothing_can_run_out_there_is_no_timer() {
    let world = World::new().await;
    world.client.set_foreground(true);
    let ((session, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
    session.was_told_times(1).await;
    elevations.was_told_times(1).await;
    world.client.auth().send_email_otp("ada@example.com".into(), None).await.unwrap();
    assert_eq!(world.clock.timers_begun(), 0);
}

#[tokio::test]
async fn a_sign_in_while_in_the_foreground_begins_the_timer_and_a_logout_ends_it() {
    let world = World::new().await;
    world.client.set_foreground(true);
    assert_eq!(world.clock.timers_begun(), 0);
    world.sign_in().await;
    one_timer(&world, 6_830..=6_900).await;
    world.client.auth().logout(None).await.unwrap();
    eventually("no timer", || world.clock.timers().is_empty()).await;
}

#[tokio::test]
async fn a_session_that_is_restored_while_in_the_foreground_is_looked_after() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.client.set_foreground(true);
    world.client.restore(None).await.unwrap();
    one_timer(&world, 6_700..=6_900).await;
}

#[tokio::test]
async fn shutdown_ends_the_timer_and_nothing_begins_afterwards() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    one_timer(&world, 6_830..=6_900).await;
    world.client.shutdown();
    eventually("no timer", || world.clock.timers().is_empty()).await;
    let begun = world.clock.timers_begun();
    world.client.set_foreground(false);
    world.client.set_foreground(true);
    assert_eq!(world.clock.timers_begun(), begun);
}

#[tokio::test]
async fn coming_back_when_a_renewal_is_overdue_makes_it_at_once() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    world.client.set_foreground(false);
    world.advance(LIFE - 100);
    assert_eq!(world.count("refresh"), 0);
    world.client.set_foreground(true);
    world.arrived("refresh", 1).await;
    one_timer(&world, 6_830..=6_900).await;
    assert_eq!(world.count("refresh"), 1);
}

#[tokio::test]
async fn coming_back_ends_a_session_that_has_run_out() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    world.client.set_foreground(true);
    world.client.set_foreground(false);
    world.clock.advance(i64::from(LIFE) + 1);
    let before = requests(&world);
    world.client.set_foreground(true);
    eventually("the end", || world.storage.records().is_empty()).await;
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn in_the_foreground_a_session_that_runs_out_is_ended_when_it_does() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    world.client.set_foreground(true);
    one_timer(&world, 6_830..=6_900).await;
    world.fault(json!({ "method": "POST", "path": "refresh", "status": 500, "body": {} }));
    world.advance(LIFE + 1);
    eventually("the end", || world.storage.records().is_empty()).await;
}

/// Timers stop while a phone sleeps: its clock moves on, and no timer ends.
struct Asleep(TestClock);

impl Clock for Asleep {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn wait(&self, _duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn fault_16_coming_back_tells_what_has_run_out_while_the_phone_slept() {
    let mut world = World::new().await;
    world.client.shutdown();
    let asleep = Arc::new(Asleep(world.clock.clone()));
    world.client = StepUpClient::with_clock(world.config(), world.platform(), asleep).unwrap();
    let session = sign_in_elevated(&world).await;
    let ((sessions, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
    sessions.was_told_times(1).await;
    elevations.was_told_times(1).await;
    world.clock.advance(i64::from(LIFE) + 1);
    assert_eq!((sessions.told().len(), elevations.told().len()), (1, 1));
    world.client.set_foreground(true);
    sessions.was_told(&[Some(session), None]).await;
    elevations.knows(&vec![]).await;
}

/// What needs the environment's settings.
async fn need_settings(world: &World) {
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn fault_17_old_settings_that_were_needed_before_are_renewed_when_the_app_comes_back() {
    let world = World::new().await;
    world.sign_in().await;
    need_settings(&world).await;
    let read = world.count("settings");
    assert_eq!(read, 1, "they were needed");
    world.client.set_foreground(true);
    world.client.set_foreground(false);
    world.advance(301);
    assert_eq!(world.count("settings"), read);
    world.client.set_foreground(true);
    world.arrived("settings", read + 1).await;
    world.client.set_foreground(false);
    world.client.set_foreground(true);
    need_settings(&world).await;
    assert_eq!(world.count("settings"), read + 1, "they are fresh");
}

#[tokio::test]
async fn settings_that_nobody_needed_are_not_read() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    world.client.set_foreground(false);
    world.advance(301);
    world.client.set_foreground(true);
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count("settings"), 0);
}
