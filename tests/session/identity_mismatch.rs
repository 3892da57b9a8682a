//! An answer that names another user is discarded, all of it (I4).

use serde_json::Value;
use stepup_core::{Elevation, ErrorKind, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{
    answered, holds, holds_no_token, reusable_token, session_answer, session_token, sign_in_with_tokens,
    user_id,
};

const STRANGER: &str = "00000000-0000-4000-8000-000000000001";
const VERIFY: &str = "emailVerifications/verify";

fn assert_mismatch<T: std::fmt::Debug>(answer: Result<T, StepUpError>) {
    let error = answer.unwrap_err();
    assert_eq!((&error, error.kind()), (&StepUpError::IdentityMismatch, ErrorKind::SignInAgain));
}

fn with_token(mut answer: Value, subject: &str) -> Value {
    answer["elevatedAccessToken"] = reusable_token(subject, &TokenScope::CREDENTIAL_LINK).into();
    answer
}

/// Verifies with the code that was sent last. An answer of the test's leaves the code unused.
async fn verify(world: &World) -> Result<Elevation, StepUpError> {
    let scopes = vec![TokenScope::CREDENTIAL_LINK];
    world.client.step_up().verify_otp(world.code(EMAIL), scopes, None, None).await
}

#[tokio::test]
async fn i04_a_refresh_that_brings_another_user_is_discarded() {
    let world = World::new().await;
    let user = sign_in_with_tokens(&world).await;
    let (token, stored) = (session_token(&world).await, world.storage.text());
    answered(&world, "refresh", session_answer(STRANGER));
    assert_mismatch(world.client.auth().refresh(None).await);
    assert_eq!(user_id(&world).await, Some(user));
    assert_eq!((session_token(&world).await, world.storage.text()), (token, stored));
    // The handler was not run, so the session is a good one.
    world.client.auth().refresh(None).await.unwrap();
    assert!(holds(&world, TokenScope::WALLET_EXPORT) && holds(&world, TokenScope::CREDENTIAL_LINK));
}

#[tokio::test]
async fn i04_a_verify_that_brings_another_user_is_discarded_with_its_token() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let stored = world.storage.text();
    world.client.step_up().send_otp(None, None).await.unwrap();
    for subject in [STRANGER, &user] {
        let answer = with_token(session_answer(STRANGER), subject);
        answered(&world, VERIFY, answer);
        assert_mismatch(verify(&world).await);
    }
    assert!(holds_no_token(&world));
    assert_eq!((user_id(&world).await, world.storage.text()), (Some(user), stored));
    verify(&world).await.unwrap();
}

#[tokio::test]
async fn i04_a_token_of_another_user_is_discarded_with_its_session() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let (token, stored) = (session_token(&world).await, world.storage.text());
    let answer = with_token(session_answer(&user), STRANGER);
    answered(&world, VERIFY, answer);
    world.client.step_up().send_otp(None, None).await.unwrap();
    assert_mismatch(verify(&world).await);
    assert!(holds_no_token(&world));
    assert_eq!((session_token(&world).await, world.storage.text()), (token, stored));
}

#[tokio::test]
async fn i04_a_sign_in_with_a_token_of_another_user_signs_nobody_in() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let answer = with_token(session_answer("a-user"), STRANGER);
    answered(&world, "emailVerifications/signin", answer);
    let requested_scopes = vec![TokenScope::CREDENTIAL_LINK];
    let options = SignInOptions { requested_scopes, ..SignInOptions::default() };
    assert_mismatch(world.client.auth().sign_in_with_otp(world.code(EMAIL), Some(options), None).await);
    assert_eq!(user_id(&world).await, None);
    assert!(holds_no_token(&world) && world.storage.records().is_empty());
}

#[tokio::test]
async fn i04_a_completion_that_brings_another_user_is_discarded() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let stored = world.storage.text();
    answered(&world, "users/mfa/auth/totp", session_answer(STRANGER));
    assert_mismatch(world.client.auth().complete_mfa_totp("123456".into(), None, None).await);
    assert_eq!((user_id(&world).await, world.storage.text()), (Some(user), stored));
}
