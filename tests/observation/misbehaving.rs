//! A listener that fails, panics, hangs, is slow or calls back costs nobody anything (I13, I14).

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use stepup_core::{PlatformError, Session, SessionListener, StepUpClient, Subscription};
use stepup_test_support::{ListenerMode, TestLog, World, eventually};

use crate::helpers::{
    SessionTestListener, patient_world, sign_in_elevated, subscribe, subscribe_elevations, subscribe_state,
};

#[tokio::test]
async fn i14_a_listener_that_fails_or_panics_is_told_the_next_value_all_the_same() {
    for mode in [ListenerMode::Fails, ListenerMode::Panics] {
        let mut world = World::new().await;
        let log = TestLog::default();
        let platform = world.platform().with_log_sink(Arc::new(log.clone()));
        world.restart_on(world.config(), platform);
        sign_in_elevated(&world).await;
        let ((session, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
        let (state, _third) = subscribe_state(&world);
        session.set(mode);
        elevations.set(mode);
        state.set(mode);
        session.was_told_times(1).await;
        elevations.was_told_times(1).await;
        state.was_told_times(1).await;
        let sent = world.client.step_up().send_otp(None, None).await.unwrap();
        eventually("the code", || {
            state.told().last().is_some_and(|state| state.pending_code.as_ref() == Some(&sent))
        })
        .await;
        world.client.auth().logout(None).await.unwrap();
        session.knows(&None).await;
        elevations.knows(&vec![]).await;
        eventually("the log tells", || log.text().contains("listener")).await;
        assert!(!log.text().contains("the host's fault"));
    }
}

#[tokio::test]
async fn i14_a_listener_that_hangs_is_given_up_and_told_the_next_value() {
    let world = World::new().await;
    world.sign_in().await;
    let listener = SessionTestListener::new(ListenerMode::Hangs);
    let _subscription = world.client.auth().subscribe(listener.shared()).unwrap();
    listener.was_told_times(1).await;
    world.client.auth().logout(None).await.unwrap();
    listener.knows(&None).await;
}

#[tokio::test]
async fn i14_a_listener_that_hangs_delays_neither_calls_nor_other_listeners() {
    let world = patient_world().await;
    let session = world.sign_in().await;
    let hanging = SessionTestListener::new(ListenerMode::Hangs);
    let _hanging = world.client.auth().subscribe(hanging.shared()).unwrap();
    let (other, _other) = subscribe(&world);
    other.was_told(&[Some(session.clone())]).await;
    let begun = Instant::now();
    world.client.auth().logout(None).await.unwrap();
    other.was_told(&[Some(session), None]).await;
    world.client.shutdown();
    assert!(begun.elapsed() < Duration::from_secs(4), "shorter than the deadline: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_slow_listener_misses_what_came_and_went_and_never_the_latest() {
    let world = patient_world().await;
    let first = world.sign_in().await;
    let listener = SessionTestListener::new(ListenerMode::Hangs);
    let _subscription = world.client.auth().subscribe(listener.shared()).unwrap();
    listener.was_told_times(1).await;
    // Each of these is a change, and the listener is busy with the first value.
    world.client.auth().logout(None).await.unwrap();
    world.sign_in_as("grace@example.com").await;
    world.client.auth().logout(None).await.unwrap();
    let last = world.sign_in_as("alan@example.com").await;
    listener.set(ListenerMode::Works);
    listener.was_told(&[Some(first), Some(last)]).await;
}

#[tokio::test]
async fn a_slow_listener_is_told_an_end_that_came_while_it_was_busy() {
    let world = patient_world().await;
    let session = world.sign_in().await;
    let listener = SessionTestListener::new(ListenerMode::Hangs);
    let _subscription = world.client.auth().subscribe(listener.shared()).unwrap();
    listener.was_told_times(1).await;
    world.clock.advance(7_201);
    listener.set(ListenerMode::Works);
    listener.was_told(&[Some(session), None]).await;
}

#[tokio::test]
async fn a_subscription_may_be_cancelled_while_its_listener_hangs() {
    let world = patient_world().await;
    world.sign_in().await;
    let listener = SessionTestListener::new(ListenerMode::Hangs);
    let subscription = world.client.auth().subscribe(listener.shared()).unwrap();
    listener.was_told_times(1).await;
    subscription.cancel();
    world.client.auth().logout(None).await.unwrap();
    listener.set(ListenerMode::Works);
    eventually("let go", || !listener.is_held()).await;
    assert_eq!(listener.told().len(), 1);
}

/// Calls back into the client, sync and async, and ends its own subscription.
#[derive(Default)]
struct Reentrant {
    client: Mutex<Option<Arc<StepUpClient>>>,
    subscription: Mutex<Option<Arc<Subscription>>>,
    renewed: Mutex<Vec<Session>>,
}

#[async_trait::async_trait]
impl SessionListener for Reentrant {
    async fn session_changed(&self, session: Option<Session>) -> Result<(), PlatformError> {
        let Some(client) = self.client.lock().unwrap().clone() else { return Ok(()) };
        client.set_foreground(true);
        assert!(client.step_up().elevations().is_empty());
        client.step_up().reset();
        let renewed = client.auth().refresh(None).await.unwrap();
        if let Some(subscription) = self.subscription.lock().unwrap().take() {
            subscription.cancel();
        }
        assert!(session.is_some());
        self.renewed.lock().unwrap().push(renewed);
        Ok(())
    }
}

#[tokio::test]
async fn i13_a_listener_may_call_back_into_the_client_and_end_its_subscription() {
    let world = patient_world().await;
    world.sign_in().await;
    let listener = Arc::new(Reentrant::default());
    *listener.client.lock().unwrap() = Some(Arc::clone(&world.client));
    let shared = Arc::clone(&listener);
    let subscription = world.client.auth().subscribe(shared).unwrap();
    *listener.subscription.lock().unwrap() = Some(subscription);
    eventually("the call comes to its end", || listener.renewed.lock().unwrap().len() == 1).await;
    world.client.auth().logout(None).await.unwrap();
    eventually("let go", || Arc::strong_count(&listener) == 1).await;
    assert_eq!(listener.renewed.lock().unwrap().len(), 1);
    *listener.client.lock().unwrap() = None;
}
