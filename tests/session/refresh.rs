//! Renewing the session.

use serde_json::json;
use stepup_core::{ErrorKind, NetworkFailure, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};

use crate::helpers::{
    begin, begin_refresh, carried_out_late, holds, patient_world, refused, session_token,
    sign_in_with_tokens, user_id,
};

#[tokio::test]
async fn a_refresh_replaces_the_session_in_memory_and_storage() {
    let world = World::new().await;
    world.sign_in().await;
    let old = session_token(&world).await;
    let session = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.client.auth().session(None).await, Ok(Some(session)));
    let new = session_token(&world).await;
    assert_ne!(new, old);
    let stored = world.storage.text();
    assert!(stored.contains(&new) && !stored.contains(&old));
    // The server has dropped the old one, so the next call shows which one is used.
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn i07_concurrent_refreshes_make_one_request() {
    let world = patient_world().await;
    world.sign_in().await;
    carried_out_late(&world, "refresh");
    let calls: Vec<_> = (0..10).map(|_| begin_refresh(&world)).collect();
    let mut sessions = Vec::new();
    for call in calls {
        sessions.push(call.await.unwrap().unwrap());
    }
    assert_eq!(world.count("refresh"), 1);
    assert!(sessions.windows(2).all(|pair| pair[0] == pair[1]));
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn a_refresh_after_a_refresh_is_one_of_its_own() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.auth().refresh(None).await.unwrap();
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count("refresh"), 2);
}

#[tokio::test]
async fn i03_a_reissued_session_keeps_its_elevated_tokens() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.client.auth().refresh(None).await.unwrap();
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    assert_eq!(world.protected(TokenScope::WALLET_EXPORT).await, Ok(200));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
}

#[tokio::test]
async fn i10_a_refresh_that_fails_is_not_repeated_and_changes_nothing() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let stored = world.storage.text();
    refused(&world, "POST", "refresh", 503);
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
    assert_eq!((error.kind(), world.count("refresh")), (ErrorKind::RetryLater, 1));
    assert_eq!(world.storage.text(), stored);
    assert_eq!(user_id(&world).await, Some(user));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i10_a_refresh_without_an_answer_ends_by_the_time_limit() {
    let world = World::new().await;
    world.sign_in().await;
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "hang": true }));
    let error = world.client.auth().refresh(None).await.unwrap_err();
    let timed_out = matches!(error, StepUpError::Network { failure: NetworkFailure::TimedOut, .. });
    assert!(timed_out, "{error:?}");
    assert_eq!(error.kind(), ErrorKind::RetryLater);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i07_a_session_is_written_down_before_the_next_one_is_asked_for() {
    let world = patient_world().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let writes = world.storage.count("put");
    world.storage.hold("put");
    let (step_up, code) = (world.client.step_up(), world.code(EMAIL));
    let scopes = vec![TokenScope::WALLET_EXPORT];
    let verify = begin(async move { step_up.verify_otp(code, scopes, None, None).await });
    eventually("the write", || world.storage.count("put") > writes).await;
    let auth = world.client.auth();
    let next = begin(async move { auth.complete_mfa_totp("123456".into(), None, None).await });
    // Calls that wait for no write come and go meanwhile.
    for _ in 0..5 {
        world.client.mfa().methods(None).await.unwrap();
    }
    assert_eq!(world.count("users/mfa/auth/totp"), 0);
    world.storage.release("put");
    verify.await.unwrap().unwrap();
    next.await.unwrap().unwrap_err();
    assert_eq!(world.count("users/mfa/auth/totp"), 1);
    assert!(world.storage.text().contains(&session_token(&world).await));
}
