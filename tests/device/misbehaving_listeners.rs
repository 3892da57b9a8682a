//! A listener that fails, panics, hangs or is slow costs nobody anything (I14).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use stepup_core::{ClientConfig, DeviceRegistrationStatus, Subscription};
use stepup_test_support::{EMAIL, ListenerMode, TestListener, World, eventually};

use crate::helpers::{APP, Phone, mailed_link, short_deadlines, two_phones};

type StatusListener = TestListener<DeviceRegistrationStatus>;

const NOT_REQUIRED: DeviceRegistrationStatus = DeviceRegistrationStatus::NotRequired;

fn awaiting() -> DeviceRegistrationStatus {
    DeviceRegistrationStatus::AwaitingLink { masked_email: "a•••@example.com".into() }
}

/// A phone that waits for its link and has restored its session, with a listener of this kind.
async fn observed(mode: ListenerMode, short: bool) -> (World, Phone, StatusListener, Arc<Subscription>) {
    let (world, _first, mut second) = two_phones().await;
    let config = ClientConfig {
        storage_namespace: Some("second".into()),
        app_links: vec![APP.into()],
        limits: None,
        deadlines: None,
        ..world.config()
    };
    second.restart_with(if short { short_deadlines(config) } else { config });
    second.client.restore(None).await.unwrap();
    let listener = TestListener::new(mode);
    let subscription = second.devices().subscribe(listener.shared()).unwrap();
    listener.was_told(&[awaiting()]).await;
    (world, second, listener, subscription)
}

#[tokio::test]
async fn i14_a_listener_that_fails_or_panics_is_told_the_next_value_all_the_same() {
    for mode in [ListenerMode::Fails, ListenerMode::Panics] {
        let (world, phone, listener, _subscription) = observed(mode, false).await;
        phone.complete(&mailed_link(&world, EMAIL)).await.unwrap();
        listener.was_told(&[awaiting(), NOT_REQUIRED]).await;
        eventually("the log tells", || phone.log.text().contains("listener")).await;
        assert!(!phone.log.text().contains("the host's fault"));
    }
}

#[tokio::test]
async fn i14_a_listener_that_hangs_is_given_up_and_told_the_next_value() {
    let (world, phone, listener, _subscription) = observed(ListenerMode::Hangs, true).await;
    phone.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    listener.was_told(&[awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn i14_a_listener_that_hangs_delays_neither_calls_nor_other_listeners() {
    let (world, phone, _listener, _subscription) = observed(ListenerMode::Hangs, false).await;
    let other = TestListener::default();
    let _other_subscription = phone.devices().subscribe(other.shared()).unwrap();
    other.was_told(&[awaiting()]).await;
    let begun = Instant::now();
    phone.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    phone.client.auth().refresh(None).await.unwrap();
    other.was_told(&[awaiting(), NOT_REQUIRED]).await;
    phone.client.shutdown();
    assert!(begun.elapsed() < Duration::from_secs(4), "shorter than the deadline: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_slow_listener_misses_what_came_and_went_and_never_the_latest() {
    let (world, phone, listener, _subscription) = observed(ListenerMode::Hangs, false).await;
    let auth = phone.client.auth();
    // Each of these is a change, and the listener is busy with the first value.
    auth.logout(None).await.unwrap();
    phone.sign_in(&world).await;
    auth.logout(None).await.unwrap();
    listener.set(ListenerMode::Works);
    listener.was_told(&[awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn a_slow_listener_is_not_told_what_it_knows_already() {
    let (world, phone, listener, _subscription) = observed(ListenerMode::Hangs, false).await;
    phone.client.auth().logout(None).await.unwrap();
    phone.sign_in(&world).await;
    listener.set(ListenerMode::Works);
    // The value is what it was when the call began, so there is nothing to tell until it changes.
    phone.client.auth().logout(None).await.unwrap();
    eventually("the latest value", || listener.told().last() == Some(&NOT_REQUIRED)).await;
    let told = listener.told();
    assert!(told.windows(2).all(|pair| pair[0] != pair[1]), "{told:?}");
}

#[tokio::test]
async fn a_subscription_may_be_cancelled_while_its_listener_hangs() {
    let (_world, phone, listener, subscription) = observed(ListenerMode::Hangs, false).await;
    subscription.cancel();
    phone.client.auth().logout(None).await.unwrap();
    listener.set(ListenerMode::Works);
    eventually("let go", || !listener.is_held()).await;
    assert_eq!(listener.told(), [awaiting()]);
}
