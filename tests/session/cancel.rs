//! A call that is cancelled before its request is handed over changes nothing (I15).

use std::sync::Arc;

use stepup_core::{CancelToken, ClientConfig, ErrorKind, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, KeyMode, StorageMode, World, eventually};

use crate::helpers::{
    begin, begin_refresh, carried_out_late, holds, patient_world, session_token, sign_in_with_tokens, user_id,
};

const VERIFY: &str = "emailVerifications/verify";

fn scopes() -> Vec<TokenScope> {
    vec![TokenScope::WALLET_EXPORT]
}

#[tokio::test]
async fn i15_a_token_that_is_cancelled_already_ends_a_call_before_it_begins() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.storage.clear_calls();
    let requests = world.sandbox.log().exchanges().len();
    let keys = world.keys.calls().len();
    let cancel = CancelToken::new();
    cancel.cancel();
    assert!(cancel.is_cancelled());
    let token = || Some(Arc::clone(&cancel));
    let (auth, step_up) = (world.client.auth(), world.client.step_up());
    for error in [
        world.client.restore(token()).await.unwrap_err(),
        auth.send_email_otp(EMAIL.into(), token()).await.unwrap_err(),
        auth.sign_in_with_otp("123456".into(), None, token()).await.unwrap_err(),
        auth.session(token()).await.unwrap_err(),
        auth.refresh(token()).await.unwrap_err(),
        auth.complete_mfa_totp("123456".into(), None, token()).await.unwrap_err(),
        auth.logout(token()).await.unwrap_err(),
        step_up.check(TokenScope::WALLET_EXPORT, token()).await.unwrap_err(),
        step_up.verify_totp("123456".into(), scopes(), None, token()).await.unwrap_err(),
        step_up.take_elevated_access_token(TokenScope::WALLET_EXPORT, token()).await.unwrap_err(),
        world.client.mfa().methods(token()).await.unwrap_err(),
    ] {
        assert_eq!((&error, error.kind()), (&StepUpError::Cancelled, ErrorKind::Cancelled));
    }
    assert!(world.storage.calls().is_empty());
    assert_eq!((world.sandbox.log().exchanges().len(), world.keys.calls().len()), (requests, keys));
    assert!(user_id(&world).await.is_some());
}

#[tokio::test]
async fn i15_a_verify_that_is_cancelled_before_it_is_sent_changes_nothing() {
    let world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let (sent, stored) = (world.count(VERIFY), world.storage.text());
    // Stops where the request is signed.
    world.keys.set(KeyMode::Hangs);
    let signatures = world.keys.count("sign");
    let (step_up, cancel, code) = (world.client.step_up(), CancelToken::new(), world.code(EMAIL));
    let (typed, token) = (code.clone(), Arc::clone(&cancel));
    let verify = begin(async move { step_up.verify_otp(typed, scopes(), None, Some(token)).await });
    eventually("the signature is asked for", || world.keys.count("sign") > signatures).await;
    cancel.cancel();
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    world.keys.set(KeyMode::Works);
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count(VERIFY), sent);
    assert!(holds(&world, TokenScope::WALLET_EXPORT) && holds(&world, TokenScope::CREDENTIAL_LINK));
    assert_ne!(world.storage.text(), stored, "the refresh came through");
    // The code is still good.
    world.client.step_up().verify_otp(code, scopes(), None, None).await.unwrap();
}

#[tokio::test]
async fn i15_a_verify_that_is_cancelled_while_the_session_key_is_looked_up_is_not_sent() {
    let mut world = patient_world().await;
    world.sign_in().await;
    world.restart_with(ClientConfig { deadlines: None, ..world.config() });
    world.client.restore(None).await.unwrap();
    // The last thing before the request is handed over.
    world.keys.set(KeyMode::Hangs);
    let lookups = world.keys.count("public_key");
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let verify =
        begin(async move { step_up.verify_totp("123456".into(), scopes(), None, Some(token)).await });
    eventually("the key is looked up", || world.keys.count("public_key") > lookups).await;
    cancel.cancel();
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    world.keys.set(KeyMode::Works);
    // Has its turn after whatever is left of the verify.
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count("users/mfa/auth/totp"), 0);
}

#[tokio::test]
async fn i15_a_future_that_is_dropped_before_the_request_is_sent_changes_nothing() {
    let world = patient_world().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    world.keys.set(KeyMode::Hangs);
    let (auth, code) = (world.client.auth(), world.code(EMAIL));
    let typed = code.clone();
    let sign_in = begin(async move { auth.sign_in_with_otp(typed, None, None).await });
    eventually("a key is asked for", || !world.keys.calls().is_empty()).await;
    sign_in.abort();
    assert!(sign_in.await.unwrap_err().is_cancelled());
    world.keys.set(KeyMode::Works);
    assert_eq!(user_id(&world).await, None);
    assert_eq!(world.count("emailVerifications/signin"), 0);
    world.client.auth().sign_in_with_otp(code, None, None).await.unwrap();
}

#[tokio::test]
async fn i15_a_call_that_waits_for_the_storage_is_cancelled_at_once() {
    let mut world = patient_world().await;
    let user = world.sign_in().await.user.id;
    world.restart_with(ClientConfig { deadlines: None, ..world.config() });
    let reads = world.storage.count("get");
    world.storage.set(StorageMode::Hangs);
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let session = begin(async move { auth.session(Some(token)).await });
    eventually("the read", || world.storage.count("get") > reads).await;
    cancel.cancel();
    assert_eq!(session.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    world.storage.set(StorageMode::Works);
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn i15_a_call_that_is_cancelled_while_it_waits_for_its_turn_is_not_sent() {
    let world = patient_world().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let signatures = world.keys.count("sign");
    carried_out_late(&world, "refresh");
    let refresh = begin_refresh(&world);
    world.arrived("refresh", 1).await;
    let (step_up, cancel, code) = (world.client.step_up(), CancelToken::new(), world.code(EMAIL));
    let token = Arc::clone(&cancel);
    let verify = begin(async move { step_up.verify_otp(code, scopes(), None, Some(token)).await });
    // Comes and goes while the verify waits.
    world.client.mfa().methods(None).await.unwrap();
    cancel.cancel();
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert!(!refresh.is_finished());
    refresh.await.unwrap().unwrap();
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count(VERIFY), 0);
    assert_eq!(world.keys.count("sign"), signatures + 2, "those of the refreshes");
}

#[tokio::test]
async fn one_token_ends_every_call_that_holds_it() {
    let world = patient_world().await;
    world.sign_in().await;
    world.storage.clear_calls();
    world.keys.set(KeyMode::Hangs);
    let cancel = CancelToken::new();
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let (auth, token) = (world.client.auth(), Arc::clone(&cancel));
            begin(async move { auth.refresh(Some(token)).await })
        })
        .collect();
    eventually("a signature is asked for", || world.keys.count("sign") == 2).await;
    cancel.cancel();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    }
    assert_eq!(world.count("refresh"), 0);
    world.keys.set(KeyMode::Works);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn a_cancel_after_the_end_changes_nothing() {
    let world = World::new().await;
    let cancel = CancelToken::new();
    world.client.auth().send_email_otp(EMAIL.into(), Some(Arc::clone(&cancel))).await.unwrap();
    let options = Some(SignInOptions::default());
    let code = world.code(EMAIL);
    world.client.auth().sign_in_with_otp(code, options, Some(Arc::clone(&cancel))).await.unwrap();
    let token = session_token(&world).await;
    cancel.cancel();
    assert_eq!(session_token(&world).await, token);
    world.client.auth().refresh(None).await.unwrap();
}
