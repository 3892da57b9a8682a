//! A legacy token lives in memory, within one session, and for a caller who is still there.

use std::time::Duration;

use serde_json::json;
use stepup_core::{CancelToken, ClientConfig, LegacyMfaFactor, LegacyTokenKind, Limits, StepUpError};
use stepup_test_support::{Totp, World, eventually};

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

#[tokio::test]
async fn i15_a_caller_who_has_gone_leaves_no_token_but_the_session_that_came() {
    let (mut world, totp) = legacy_world().await;
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    world.restart_with(ClientConfig { limits, ..world.config() });
    let (path, before) = ("users/mfa/auth/totp", world.count("users/mfa/auth/totp"));
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": 500 }));
    let (cancel, mfa) = (CancelToken::new(), world.client.mfa());
    let factor = LegacyMfaFactor::Totp { code: world.totp_code(&totp), device_id: None };
    let token = cancel.clone();
    let call = tokio::spawn(async move { mfa.create_legacy_token(factor, REUSABLE, Some(token)).await });
    world.arrived(path, before + 1).await;
    let stored = world.storage.text();
    cancel.cancel();
    assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    eventually("the session is stored", || world.storage.text() != stored).await;
    world.client.auth().refresh(None).await.unwrap();
    assert_gone(&world);
}
