//! A session that has run out ends on this device, without a request.

use serde_json::json;
use stepup_core::{CheckReason, SignInOutcome, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, StorageMode, World, eventually};

use crate::helpers::{
    OTHER, assert_no_session, assert_signed_out, begin, begin_refresh, carried_out_late, holds_no_token,
    patient_world, sign_in_with_tokens, user_id,
};

/// The session of `sign_in_with_tokens` runs out, which the client learns from the next answer.
async fn run_out(world: &World) {
    world.sandbox.clock().advance(7_201);
    // Refused, and so the client learns what time it is.
    world.client.auth().send_email_otp("ada@localhost".into(), None).await.unwrap_err();
}

#[tokio::test]
async fn i03_a_session_that_has_run_out_is_cleared_everywhere_without_a_request() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    run_out(&world).await;
    assert!(holds_no_token(&world), "before anything was asked");
    let requests = world.sandbox.log().exchanges().len();
    assert_signed_out(&world).await;
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    let check = world.client.step_up().check(TokenScope::WALLET_SIGN, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::NotSignedIn));
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
}

#[tokio::test]
async fn i03_an_elevated_token_runs_out_on_its_own() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.sandbox.clock().advance(301);
    world.client.mfa().methods(None).await.unwrap();
    assert!(!world.client.step_up().has_elevated_access_token(TokenScope::WALLET_EXPORT));
    assert!(world.client.step_up().has_elevated_access_token(TokenScope::CREDENTIAL_LINK));
    world.sandbox.clock().advance(300);
    world.client.mfa().methods(None).await.unwrap();
    assert!(holds_no_token(&world));
    assert_eq!(world.client.step_up().elevation(TokenScope::CREDENTIAL_LINK), None);
    assert!(world.client.auth().session(None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_session_that_ran_out_while_the_app_was_away_is_not_restored() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.client.shutdown();
    world.clock.set_ahead(7_201);
    world.client = world.open().unwrap();
    world.client.restore(None).await.unwrap();
    assert!(holds_no_token(&world));
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn an_expiry_that_the_server_notices_first_ends_the_session() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.sandbox.clock().advance(7_201);
    let error = world.client.mfa().methods(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert!(world.storage.records().is_empty());
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn after_an_expiry_the_next_sign_in_has_a_new_session_key_and_the_old_device_key() {
    let world = World::new().await;
    world.sign_in().await;
    run_out(&world).await;
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    world.sign_in_as(EMAIL).await;
    let sign_ins = world.requests("emailVerifications/signin");
    assert_ne!(sign_ins[0]["body"]["sessionPublicKey"], sign_ins[1]["body"]["sessionPublicKey"]);
    let device = "x-dynamic-device-publickey";
    assert_eq!(sign_ins[0]["headers"][device], sign_ins[1]["headers"][device]);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i03_a_deletion_that_failed_is_made_up_for() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    run_out(&world).await;
    world.storage.set(StorageMode::Fails);
    assert_eq!(world.client.auth().session(None).await, Ok(None), "signed out all the same");
    world.storage.set(StorageMode::Works);
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    eventually("the deletion", || world.storage.records().is_empty()).await;
}

#[tokio::test]
async fn a_refresh_that_comes_too_late_does_not_revive_the_session() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    run_out(&world).await;
    world.storage.clear_calls();
    world.fault(json!({ "method": "POST", "path": "refresh", "status": 500, "body": {} }));
    let calls: Vec<_> = (0..3).map(|_| begin_refresh(&world)).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::NotSignedIn { answer: None });
    }
    assert_eq!(world.count("refresh"), 0);
    assert_eq!(world.storage.count("delete"), 1);
}

#[tokio::test]
async fn a_sign_in_under_way_survives_the_end_of_the_session_before() {
    let mut world = patient_world().await;
    let policy = world.sandbox.policy().merged(&json!({ "otpLifeSeconds": 86_400 })).unwrap();
    world.sandbox.set_policy(policy);
    sign_in_with_tokens(&world).await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    let (auth, code) = (world.client.auth(), world.code(OTHER));
    carried_out_late(&world, "emailVerifications/signin");
    let sign_in = begin(async move { auth.sign_in_with_otp(code, None, None).await });
    world.arrived("emailVerifications/signin", 2).await;
    run_out(&world).await;
    assert_no_session(&world).await;
    let SignInOutcome::Done { session, .. } = sign_in.await.unwrap().unwrap();
    assert_eq!(session.user.email.as_deref(), Some(OTHER));
    // With the key that was announced, also after a restart.
    world.restart();
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(user_id(&world).await, Some(session.user.id));
}
