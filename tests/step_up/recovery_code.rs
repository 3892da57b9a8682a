//! Verifying with a recovery code.

use std::time::Duration;

use stepup_core::{CodeRefusal, Elevation, ErrorKind, StepUpError};
use stepup_test_support::World;

use crate::helpers::{EXPORT, SIGN, holds};

/// A user with an authenticator app, and their recovery codes.
async fn prepared() -> (World, Vec<String>) {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let codes = world.client.mfa().recovery_codes(None).await.unwrap();
    (world, codes.iter().map(|code| code.expose().to_owned()).collect())
}

async fn verify(world: &World, code: &str) -> Result<Elevation, StepUpError> {
    world.client.step_up().verify_recovery_code(code.into(), vec![EXPORT], None).await
}

#[track_caller]
fn assert_refused(result: Result<Elevation, StepUpError>, expected: CodeRefusal) {
    let Err(error @ StepUpError::InvalidCode { reason, .. }) = &result else { panic!("{result:?}") };
    assert_eq!((*reason, error.kind()), (expected, ErrorKind::AskUserAgain));
    assert_eq!(error.server_answer().is_some(), expected != CodeRefusal::Malformed);
}

#[tokio::test]
async fn a_recovery_code_elevates_a_user_with_a_factor() {
    let (world, codes) = prepared().await;
    let step_up = world.client.step_up();
    let verified = step_up.verify_recovery_code(codes[0].clone(), vec![SIGN, EXPORT], None).await.unwrap();
    assert_eq!(verified.scopes, [EXPORT, SIGN]);
    world.client.mfa().acknowledge_recovery_codes(None).await.unwrap();
    verify(&world, &codes[1]).await.unwrap();
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn a_recovery_code_serves_once() {
    let (world, codes) = prepared().await;
    verify(&world, &codes[0]).await.unwrap();
    assert_refused(verify(&world, &codes[0]).await, CodeRefusal::Wrong);
    assert!(holds(&world, EXPORT), "what was granted before stays");
    verify(&world, &codes[1]).await.unwrap();
}

#[tokio::test]
async fn new_recovery_codes_void_the_old_ones() {
    let (world, old) = prepared().await;
    let new = world.client.mfa().regenerate_recovery_codes(None).await.unwrap();
    assert_refused(verify(&world, &old[0]).await, CodeRefusal::Wrong);
    verify(&world, new[0].expose()).await.unwrap();
}

#[tokio::test]
async fn a_recovery_code_keeps_its_case_and_loses_its_blanks() {
    let (world, codes) = prepared().await;
    let code = codes.iter().find(|code| code.to_lowercase() != **code).unwrap();
    assert_refused(verify(&world, &code.to_lowercase()).await, CodeRefusal::Wrong);
    verify(&world, &format!(" {}-{}\n", &code[..5], &code[5..])).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_a_recovery_code_is_not_sent() {
    let (world, codes) = prepared().await;
    for typed in ["", " - ", "abc", "a/b/c/d/e", "äöüß1234", "abcd\u{0}efgh", &"x".repeat(10_000)] {
        assert_refused(verify(&world, typed).await, CodeRefusal::Malformed);
    }
    assert_eq!(world.count("users/mfa/auth/recovery"), 0);
    verify(&world, &codes[0]).await.unwrap();
}

#[tokio::test]
async fn a_wrong_recovery_code_is_refused_also_without_any_codes() {
    let (world, _) = prepared().await;
    assert_refused(verify(&world, "abcdefghij").await, CodeRefusal::Wrong);
    let other = World::new().await;
    other.sign_in().await;
    assert_refused(verify(&other, "abcdefghij").await, CodeRefusal::Wrong);
}

#[tokio::test]
async fn too_many_wrong_recovery_codes_are_told_with_the_time_to_wait() {
    let (world, codes) = prepared().await;
    for _ in 0..5 {
        assert_refused(verify(&world, "abcdefghij").await, CodeRefusal::Wrong);
    }
    let refused = verify(&world, &codes[0]).await.unwrap_err();
    assert!(matches!(refused, StepUpError::RateLimited { .. }), "{refused:?}");
    assert!(refused.retry_after().unwrap() > Duration::from_secs(290), "{refused:?}");
    world.sandbox.clock().advance(301);
    verify(&world, &codes[0]).await.unwrap();
}
