//! Observing whether this device has to be registered (fault 48).

use std::sync::{Arc, Mutex};

use stepup_core::{
    DeviceRegistrationListener, DeviceRegistrationStatus, PlatformError, StepUpClient, StepUpError,
    Subscription,
};
use stepup_test_support::{EMAIL, TestListener, eventually};

use crate::helpers::{Phone, mailed_link, requests, two_phones, world};

const NOT_REQUIRED: DeviceRegistrationStatus = DeviceRegistrationStatus::NotRequired;

fn awaiting() -> DeviceRegistrationStatus {
    DeviceRegistrationStatus::AwaitingLink { masked_email: "a•••@example.com".into() }
}

fn subscribe(phone: &Phone) -> (TestListener<DeviceRegistrationStatus>, Arc<Subscription>) {
    let listener = TestListener::default();
    let subscription = phone.devices().subscribe(listener.shared()).unwrap();
    (listener, subscription)
}

#[tokio::test]
async fn fault_48_a_listener_is_told_when_it_becomes_required_and_when_it_is_done() {
    let world = world().await;
    Phone::new(&world, "first", "").sign_in(&world).await;
    let phone = Phone::new(&world, "second", "");
    let (listener, _subscription) = subscribe(&phone);
    listener.was_told(&[NOT_REQUIRED]).await;
    phone.sign_in(&world).await;
    listener.was_told(&[NOT_REQUIRED, awaiting()]).await;
    phone.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    listener.was_told(&[NOT_REQUIRED, awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn only_changes_are_told() {
    let (_world, _first, second) = two_phones().await;
    let (listener, _subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    for _ in 0..2 {
        second.client.auth().refresh(None).await.unwrap();
    }
    second.client.auth().logout(None).await.unwrap();
    listener.was_told(&[awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn a_restored_session_is_told() {
    let (_world, _first, mut second) = two_phones().await;
    second.restart();
    let (listener, _subscription) = subscribe(&second);
    listener.was_told(&[NOT_REQUIRED]).await;
    second.client.restore(None).await.unwrap();
    listener.was_told(&[NOT_REQUIRED, awaiting()]).await;
}

#[tokio::test]
async fn the_end_of_the_session_is_told_however_it_ends() {
    let (world, _first, second) = two_phones().await;
    let (listener, _subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    let kind = stepup_core::SessionTokenKind::Minified;
    let token = second.client.auth().session_token(kind, None).await.unwrap().unwrap();
    world.revoke(token.expose()).await;
    let error = second.client.auth().refresh(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }));
    listener.was_told(&[awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn i21_subscribing_reads_and_sends_nothing() {
    let (world, _first, mut second) = two_phones().await;
    second.restart();
    let (reads, keys, sent) = (second.storage.calls().len(), second.keys.calls().len(), requests(&world));
    let (listener, _subscription) = subscribe(&second);
    listener.was_told(&[NOT_REQUIRED]).await;
    assert_eq!(
        (second.storage.calls().len(), second.keys.calls().len(), requests(&world)),
        (reads, keys, sent)
    );
}

/// Something happens that a listener would be told, and one that is still there is.
async fn change_and_wait(phone: &Phone) {
    let (fence, _subscription) = subscribe(phone);
    fence.was_told(&[awaiting()]).await;
    phone.client.auth().logout(None).await.unwrap();
    fence.was_told(&[awaiting(), NOT_REQUIRED]).await;
}

#[tokio::test]
async fn a_subscription_that_is_cancelled_tells_no_more_and_lets_the_listener_go() {
    let (_world, _first, second) = two_phones().await;
    let (listener, subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    subscription.cancel();
    subscription.cancel();
    change_and_wait(&second).await;
    assert_eq!(listener.told(), [awaiting()]);
    eventually("let go", || !listener.is_held()).await;
}

#[tokio::test]
async fn a_subscription_that_is_dropped_tells_no_more() {
    let (_world, _first, second) = two_phones().await;
    let (listener, subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    drop(subscription);
    change_and_wait(&second).await;
    assert_eq!(listener.told(), [awaiting()]);
    eventually("let go", || !listener.is_held()).await;
}

#[tokio::test]
async fn shutdown_ends_subscriptions_and_allows_no_more() {
    let (_world, _first, second) = two_phones().await;
    let (listener, subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    second.client.shutdown();
    eventually("let go", || !listener.is_held()).await;
    assert_eq!(listener.told(), [awaiting()]);
    let refused = second.devices().subscribe(listener.shared()).map(drop);
    assert_eq!(refused, Err(StepUpError::ClientClosed));
    subscription.cancel();
}

#[tokio::test]
async fn a_subscription_does_not_keep_the_client() {
    let (world, _first, mut second) = two_phones().await;
    let (listener, subscription) = subscribe(&second);
    listener.was_told(&[awaiting()]).await;
    // Let go of without `shutdown`: the place in the process is free all the same.
    let other = Phone::new(&world, "third", "");
    second.client = Arc::clone(&other.client);
    eventually("let go", || !listener.is_held()).await;
    Phone::new(&world, "second", "");
    drop(subscription);
}

/// Calls back into the client and ends its own subscription.
#[derive(Default)]
struct Reentrant {
    client: Mutex<Option<Arc<StepUpClient>>>,
    subscription: Mutex<Option<Arc<Subscription>>>,
    answers: Mutex<Vec<bool>>,
}

#[async_trait::async_trait]
impl DeviceRegistrationListener for Reentrant {
    async fn status_changed(&self, status: DeviceRegistrationStatus) -> Result<(), PlatformError> {
        let Some(client) = self.client.lock().unwrap().clone() else { return Ok(()) };
        let is_required = client.device_registration().is_required();
        let session = client.auth().session(None).await.unwrap();
        client.auth().refresh(None).await.unwrap();
        if let Some(subscription) = self.subscription.lock().unwrap().take() {
            subscription.cancel();
        }
        self.answers.lock().unwrap().push(is_required && session.is_some() && status != NOT_REQUIRED);
        Ok(())
    }
}

#[tokio::test]
async fn i13_a_listener_may_call_back_into_the_client_and_end_its_subscription() {
    let (_world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    second.client.restore(None).await.unwrap();
    let listener = Arc::new(Reentrant::default());
    *listener.client.lock().unwrap() = Some(Arc::clone(&second.client));
    let shared = Arc::clone(&listener);
    let subscription = second.devices().subscribe(shared).unwrap();
    *listener.subscription.lock().unwrap() = Some(Arc::clone(&subscription));
    eventually("the call comes to its end", || *listener.answers.lock().unwrap() == [true]).await;
    *listener.client.lock().unwrap() = None;
}
