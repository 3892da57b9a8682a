//! A call that is cancelled after its request was handed over: the session it brings is kept, the elevated
//! token is not (I15).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use stepup_core::{CancelToken, Elevation, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};
use tokio::task::JoinHandle;

use crate::helpers::{
    assert_signed_out, begin, begin_refresh, carried_out_late, holds, holds_session, patient_world,
    session_token, stored_elevations, user_id,
};

const VERIFY: &str = "emailVerifications/verify";

/// Shorter than a late answer takes.
const AT_ONCE: Duration = Duration::from_millis(700);

type Verify = JoinHandle<Result<Elevation, StepUpError>>;

/// Begins a verify for a token that would be stored.
fn begin_verify(world: &World) -> (Verify, Arc<CancelToken>) {
    let (step_up, cancel, code) = (world.client.step_up(), CancelToken::new(), world.code(EMAIL));
    let token = Arc::clone(&cancel);
    let scopes = vec![TokenScope::CREDENTIAL_LINK];
    (begin(async move { step_up.verify_otp(code, scopes, None, Some(token)).await }), cancel)
}

/// A world in which a verify is under way that will be answered late.
async fn verifying() -> (World, Verify, Arc<CancelToken>) {
    let world = patient_world().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    carried_out_late(&world, VERIFY);
    let (verify, cancel) = begin_verify(&world);
    world.arrived(VERIFY, 1).await;
    (world, verify, cancel)
}

/// The session that came is in memory and storage, and nothing came with it.
async fn assert_session_without_token(mut world: World, old: &str) {
    eventually("the session is stored", || holds_session(&world) && !world.storage.text().contains(old))
        .await;
    assert_ne!(session_token(&world).await, old);
    assert!(!holds(&world, TokenScope::CREDENTIAL_LINK));
    assert_eq!(stored_elevations(&world), 0);
    // The server has dropped the old session, so this shows which one is used, also by the next process.
    world.client.mfa().methods(None).await.unwrap();
    world.restart();
    world.client.mfa().methods(None).await.unwrap();
    assert!(!holds(&world, TokenScope::CREDENTIAL_LINK));
}

#[tokio::test]
async fn i15_a_verify_that_is_cancelled_after_it_was_sent_keeps_the_session_and_not_the_token() {
    let (world, verify, cancel) = verifying().await;
    let old = session_token(&world).await;
    let begun = Instant::now();
    cancel.cancel();
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    assert_session_without_token(world, &old).await;
}

#[tokio::test]
async fn i15_a_verify_whose_future_is_dropped_keeps_the_session_and_not_the_token() {
    let (world, verify, _) = verifying().await;
    let old = session_token(&world).await;
    verify.abort();
    assert!(verify.await.unwrap_err().is_cancelled());
    assert_session_without_token(world, &old).await;
}

#[tokio::test]
async fn i15_a_verify_that_is_cancelled_while_its_answer_is_written_down_keeps_no_token() {
    let world = patient_world().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let old = session_token(&world).await;
    let writes = world.storage.count("put");
    world.storage.hold("put");
    let (verify, cancel) = begin_verify(&world);
    eventually("the write", || world.storage.count("put") > writes).await;
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    cancel.cancel();
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert!(!holds(&world, TokenScope::CREDENTIAL_LINK));
    world.storage.release("put");
    eventually("and is written no more", || {
        world.storage.is_at_rest() && world.storage.count("put") == writes + 2
    })
    .await;
    assert_session_without_token(world, &old).await;
}

#[tokio::test]
async fn i15_a_refresh_that_is_cancelled_after_it_was_sent_keeps_the_session() {
    let world = patient_world().await;
    world.sign_in().await;
    let old = session_token(&world).await;
    carried_out_late(&world, "refresh");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let refresh = begin(async move { auth.refresh(Some(token)).await });
    world.arrived("refresh", 1).await;
    cancel.cancel();
    assert_eq!(refresh.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert_session_without_token(world, &old).await;
}

#[tokio::test]
async fn i15_a_sign_in_that_is_cancelled_after_it_was_sent_signs_in_without_permissions() {
    let world = patient_world().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    carried_out_late(&world, "emailVerifications/signin");
    let (auth, cancel, code) = (world.client.auth(), CancelToken::new(), world.code(EMAIL));
    let token = Arc::clone(&cancel);
    let options =
        SignInOptions { requested_scopes: vec![TokenScope::CREDENTIAL_LINK], ..SignInOptions::default() };
    let sign_in = begin(async move { auth.sign_in_with_otp(code, Some(options), Some(token)).await });
    world.arrived("emailVerifications/signin", 1).await;
    cancel.cancel();
    assert_eq!(sign_in.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert_eq!(user_id(&world).await, None, "not yet");
    assert_session_without_token(world, "nothing").await;
}

#[tokio::test]
async fn i15_a_sign_in_that_is_cancelled_and_then_revoked_signs_nobody_in() {
    let world = patient_world().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    carried_out_late(&world, "emailVerifications/signin");
    let (auth, code) = (world.client.auth(), world.code(EMAIL));
    let sign_in = begin(async move { auth.sign_in_with_otp(code, None, None).await });
    world.arrived("emailVerifications/signin", 1).await;
    sign_in.abort();
    world.client.auth().logout(None).await.unwrap();
    let answered = || world.requests("emailVerifications/signin")[0]["status"].is_number();
    eventually("the answer", answered).await;
    // Goes out after whatever the answer brought.
    world.client.auth().send_email_otp("ada@localhost".into(), None).await.unwrap_err();
    assert_signed_out(&world).await;
    world.sign_in().await;
}

#[tokio::test]
async fn i15_i07_cancelling_one_of_several_refreshes_does_not_cancel_the_others() {
    let world = patient_world().await;
    world.sign_in().await;
    carried_out_late(&world, "refresh");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let first = begin(async move { auth.refresh(Some(token)).await });
    world.arrived("refresh", 1).await;
    let others: Vec<_> = (0..3).map(|_| begin_refresh(&world)).collect();
    world.client.auth().session(None).await.unwrap();
    cancel.cancel();
    assert_eq!(first.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(world.count("refresh"), 1);
    world.client.mfa().methods(None).await.unwrap();
}
