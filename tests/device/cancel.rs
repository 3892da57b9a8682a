//! A completion that is cancelled (I15): before the hand-over nothing has happened, afterwards it is
//! finished.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{CancelToken, ClientConfig, LinkRefusal, OnboardingDuty, StepUpError};
use stepup_test_support::{EMAIL, KeyMode, World, eventually};

use crate::helpers::{
    APP, COMPLETE, Phone, begin, begin_complete, carried_out_late, mailed_link, registered, two_phones,
};

/// A phone that waits for its link, and will not be impatient with callbacks.
async fn waiting() -> (World, Phone, String) {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    let link = mailed_link(&world, EMAIL);
    (world, second, link)
}

/// Nothing was sent, and the link still works.
async fn assert_nothing_happened(world: &World, phone: &Phone, link: &str) {
    assert_eq!(phone.session().await.unwrap().duties, [OnboardingDuty::RegisterDevice]);
    // Comes behind whatever might still be on its way.
    phone.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count(COMPLETE), 0);
    assert_eq!(phone.complete(link).await.unwrap().duties, []);
    assert_eq!(world.count(COMPLETE), 1);
}

#[tokio::test]
async fn i15_cancelled_before_it_begins() {
    let (world, phone, link) = waiting().await;
    let cancel = CancelToken::new();
    cancel.cancel();
    let (devices, token) = (phone.devices(), || Some(Arc::clone(&cancel)));
    let keys = phone.keys.calls().len();
    for error in [
        devices.complete(link.clone(), token()).await.unwrap_err(),
        devices.list(token()).await.unwrap_err(),
        devices.revoke("1".into(), token()).await.unwrap_err(),
        devices.revoke_all(token()).await.unwrap_err(),
    ] {
        assert_eq!(error, StepUpError::Cancelled);
    }
    assert_eq!(phone.keys.calls().len(), keys);
    assert_nothing_happened(&world, &phone, &link).await;
}

#[tokio::test]
async fn i15_cancelled_while_the_storage_is_read() {
    let (world, phone, link) = waiting().await;
    phone.storage.hold("get");
    let reads = phone.storage.count("get");
    let (complete, cancel) = begin_complete(&phone, &link);
    eventually("the read", || phone.storage.count("get") > reads).await;
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    phone.storage.release("get");
    assert_nothing_happened(&world, &phone, &link).await;
}

#[tokio::test]
async fn i15_cancelled_while_another_call_re_issues_the_session() {
    let (world, phone, link) = waiting().await;
    carried_out_late(&world, "refresh");
    let auth = phone.client.auth();
    let refresh = begin(async move { auth.refresh(None).await });
    world.arrived("refresh", 1).await;
    let (complete, cancel) = begin_complete(&phone, &link);
    phone.session().await.unwrap();
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    refresh.await.unwrap().unwrap();
    assert_nothing_happened(&world, &phone, &link).await;
}

#[tokio::test]
async fn i15_cancelled_while_a_nonce_is_fetched() {
    let (world, phone, link) = waiting().await;
    world.fault(json!({ "method": "GET", "path": "nonces", "count": 1, "latencyMs": 500 }));
    let fetched = world.count("nonces");
    let (complete, cancel) = begin_complete(&phone, &link);
    world.arrived("nonces", fetched + 1).await;
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert_nothing_happened(&world, &phone, &link).await;
}

#[tokio::test]
async fn i15_cancelled_while_the_keystore_signs() {
    let (world, phone, link) = waiting().await;
    phone.client.restore(None).await.unwrap();
    phone.keys.set(KeyMode::Hangs);
    let asked = phone.keys.calls().len();
    let (complete, cancel) = begin_complete(&phone, &link);
    eventually("the keystore is asked", || phone.keys.calls().len() > asked).await;
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    phone.keys.set(KeyMode::Works);
    assert_nothing_happened(&world, &phone, &link).await;
}

/// Afterwards the device is registered, on the server and here, and the link is spent.
async fn assert_registered(world: &World, mut phone: Phone, link: &str) {
    registered(&phone).await;
    let error = phone.complete(link).await;
    assert!(
        matches!(error, Ok(_) | Err(StepUpError::InvalidRegistrationLink { reason: LinkRefusal::Used, .. })),
        "{error:?}"
    );
    assert_eq!(world.count(COMPLETE), 1, "the token is not sent twice");
    eventually("it is written down", || {
        phone.storage.is_at_rest() && !phone.storage.text().contains("device:register")
    })
    .await;
    phone.restart();
    assert_eq!(phone.devices().list(None).await.unwrap().len(), 2);
    assert_eq!(phone.session().await.unwrap().duties, []);
}

#[tokio::test]
async fn i15_a_completion_that_is_cancelled_after_it_was_sent_registers_the_device() {
    let (world, phone, link) = waiting().await;
    carried_out_late(&world, COMPLETE);
    let (complete, cancel) = begin_complete(&phone, &link);
    world.arrived(COMPLETE, 1).await;
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert!(phone.devices().is_required(), "not yet");
    assert_registered(&world, phone, &link).await;
}

#[tokio::test]
async fn i15_a_completion_whose_future_is_dropped_registers_the_device() {
    let (world, phone, link) = waiting().await;
    carried_out_late(&world, COMPLETE);
    let (complete, _cancel) = begin_complete(&phone, &link);
    world.arrived(COMPLETE, 1).await;
    complete.abort();
    assert!(complete.await.unwrap_err().is_cancelled());
    assert_registered(&world, phone, &link).await;
}

#[tokio::test]
async fn i15_i17_who_opens_the_link_again_after_a_cancel_gets_the_answer_of_the_first_request() {
    let (world, phone, link) = waiting().await;
    carried_out_late(&world, COMPLETE);
    let (complete, cancel) = begin_complete(&phone, &link);
    world.arrived(COMPLETE, 1).await;
    cancel.cancel();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert_eq!(phone.complete(&link).await.unwrap().duties, []);
    assert_eq!(world.count(COMPLETE), 1);
}

#[tokio::test]
async fn i15_a_completion_ends_with_the_client() {
    let (world, mut phone, link) = waiting().await;
    phone.client.restore(None).await.unwrap();
    phone.keys.set(KeyMode::Hangs);
    let asked = phone.keys.calls().len();
    let (complete, _cancel) = begin_complete(&phone, &link);
    eventually("the keystore is asked", || phone.keys.calls().len() > asked).await;
    phone.client.shutdown();
    assert_eq!(complete.await.unwrap().unwrap_err(), StepUpError::ClientClosed);
    assert_eq!(phone.complete(&link).await.unwrap_err(), StepUpError::ClientClosed);
    phone.keys.set(KeyMode::Works);
    phone.restart_with(ClientConfig { deadlines: None, ..config_of(&world) });
    assert_nothing_happened(&world, &phone, &link).await;
}

fn config_of(world: &World) -> ClientConfig {
    ClientConfig { storage_namespace: Some("second".into()), app_links: vec![APP.into()], ..world.config() }
}
