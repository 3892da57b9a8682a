//! A legacy token lives in memory, within one session, and for a caller who is still there.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use stepup_core::{
    CancelToken, ClientConfig, LegacyMfaFactor, LegacyTokenKind, Limits, OnboardingDuty, Session, StepUpError,
};
use stepup_test_support::{TestKeys, TestStorage, Totp, World, eventually};
use tokio::task::JoinHandle;

use crate::helpers::{create_token, legacy_world};

const REUSABLE: LegacyTokenKind = LegacyTokenKind::Reusable;

async fn with_token() -> (World, Totp) {
    let (world, totp) = legacy_world().await;
    create_token(&world, &totp, REUSABLE).await.unwrap();
    assert!(world.client.mfa().has_legacy_token());
    (world, totp)
}

#[track_caller]
fn assert_gone(world: &World) {
    assert!(!world.client.mfa().has_legacy_token());
    assert_eq!(world.client.mfa().consume_legacy_token(), None);
}

#[tokio::test]
async fn i03_it_ends_with_a_logout() {
    let (world, _) = with_token().await;
    world.client.auth().logout(None).await.unwrap();
    assert_gone(&world);
    world.sandbox.clock().advance(601);
    world.sign_in().await;
    assert_gone(&world);
}

#[tokio::test]
async fn i03_fault_03_it_ends_when_somebody_else_signs_in() {
    let (world, _) = with_token().await;
    world.sign_in_as("grace@example.com").await;
    assert_gone(&world);
}

#[tokio::test]
async fn i03_it_ends_with_a_session_that_runs_out() {
    let (world, _) = with_token().await;
    world.clock.set_ahead(8_000);
    assert_gone(&world);
}

#[tokio::test]
async fn i05_fault_14_it_is_never_in_the_storage_and_not_there_after_a_restart() {
    let (mut world, _) = with_token().await;
    let token = world.client.mfa().consume_legacy_token().unwrap();
    world.client.auth().refresh(None).await.unwrap();
    assert!(world.storage.text().contains("session") && !world.storage.text().contains(token.expose()));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(world.client.auth().session(None).await.unwrap().is_some());
    assert_gone(&world);
}

#[tokio::test]
async fn a_closed_client_hands_out_nothing() {
    let (world, _) = with_token().await;
    let mfa = world.client.mfa();
    world.client.shutdown();
    assert_eq!(mfa.consume_legacy_token(), None);
    assert_eq!(mfa.legacy_headers(None).await, Err(StepUpError::ClientClosed));
}

/// A creation whose answer comes late; when this returns, its request has arrived.
async fn begin_late(cancel: Option<Arc<CancelToken>>) -> (World, JoinHandle<Result<Session, StepUpError>>) {
    let (mut world, totp) = legacy_world().await;
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    world.restart_with(ClientConfig { limits, ..world.config() });
    let (path, before) = ("users/mfa/auth/totp", world.count("users/mfa/auth/totp"));
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": 500 }));
    let (mfa, code) = (world.client.mfa(), world.totp_code(&totp));
    let factor = LegacyMfaFactor::Totp { code, device_id: None };
    let call = tokio::spawn(async move { mfa.create_legacy_token(factor, REUSABLE, cancel).await });
    world.arrived(path, before + 1).await;
    (world, call)
}

#[tokio::test]
async fn i04_one_that_comes_after_the_logout_is_nobodys() {
    let (world, call) = begin_late(None).await;
    world.client.auth().logout(None).await.unwrap();
    let late = call.await.unwrap().unwrap_err();
    assert!(matches!(late, StepUpError::NotSignedIn { .. }), "{late:?}");
    assert_gone(&world);
    world.sandbox.clock().advance(601);
    world.sign_in_as("grace@example.com").await;
    assert_gone(&world);
}

#[tokio::test]
async fn while_this_device_waits_for_its_registration_none_is_created() {
    let mut world = World::with_policy(json!({ "deviceRegistration": true })).await;
    world.sign_in().await;
    // The same app on another phone.
    world.client.shutdown();
    (world.storage, world.keys) = (TestStorage::default(), TestKeys::default());
    world.client = world.open().unwrap();
    let session = world.sign_in().await;
    assert_eq!(session.duties, [OnboardingDuty::RegisterDevice]);
    let requests = world.sandbox.log().exchanges().len();
    let mfa = world.client.mfa();
    let refused = mfa.create_legacy_token(LegacyMfaFactor::Passkey, REUSABLE, None).await;
    assert_eq!(refused, Err(StepUpError::DeviceRegistrationRequired));
    assert_eq!(mfa.legacy_headers(None).await, Err(StepUpError::DeviceRegistrationRequired));
    assert_eq!((world.passkeys.ceremonies(), world.sandbox.log().exchanges().len()), (0, requests));
}

#[tokio::test]
async fn i15_a_caller_who_has_gone_leaves_no_token_but_the_session_that_came() {
    let cancel = CancelToken::new();
    let (world, call) = begin_late(Some(cancel.clone())).await;
    let stored = world.storage.text();
    cancel.cancel();
    assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    eventually("the session is stored", || world.storage.text() != stored).await;
    world.client.auth().refresh(None).await.unwrap();
    assert_gone(&world);
}
