//! Verifying with a code by e-mail: what does not work, and that it does no harm.

use std::time::Duration;

use serde_json::json;
use stepup_core::{CodeRefusal, Elevation, ErrorKind, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, holds};

/// Signed in, and a code is on its way.
async fn code_sent() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    world
}

async fn verify(world: &World, code: &str) -> Result<Elevation, StepUpError> {
    world.client.step_up().verify_otp(code.into(), vec![EXPORT], None, None).await
}

/// A code that is not the one that was sent.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[track_caller]
fn assert_refused(result: Result<Elevation, StepUpError>, expected: CodeRefusal, was_sent: bool) {
    let Err(StepUpError::InvalidCode { reason, answer }) = result else { panic!("{result:?}") };
    assert_eq!(reason, expected);
    assert_eq!(answer.is_some(), was_sent);
    assert!(answer.is_none_or(|answer| answer.status == 422 && answer.code.is_some()));
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_the_right_one_still_works() {
    let world = code_sent().await;
    let refused = verify(&world, &wrong(&world.code(EMAIL))).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::AskUserAgain);
    assert_refused(refused, CodeRefusal::Wrong, true);
    assert!(!holds(&world, EXPORT));
    verify(&world, &world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn an_expired_code_is_refused_and_a_new_one_works() {
    let world = code_sent().await;
    world.sandbox.clock().advance(601);
    let refused = verify(&world, &world.code(EMAIL)).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::AskUserAgain);
    assert_refused(refused, CodeRefusal::Expired, true);
    world.verify_by_email(&[EXPORT]).await.unwrap();
}

#[tokio::test]
async fn a_code_serves_once() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    let code = world.code(EMAIL);
    verify(&world, &code).await.unwrap();
    // The core knows that the verification is over.
    let by_id = world.client.step_up().verify_otp(code.clone(), vec![EXPORT], Some(sent.id), None).await;
    for again in [by_id, verify(&world, &code).await] {
        let Err(StepUpError::InvalidArgument { argument, .. }) = again else { panic!("{again:?}") };
        assert_eq!(argument, "verification_id");
    }
    assert_eq!(world.count("emailVerifications/verify"), 1);
}

#[tokio::test]
async fn a_code_used_elsewhere_is_refused() {
    let world = code_sent().await;
    let code = world.code(EMAIL);
    // The answer to the first use is lost, so the core does not know that the code is used.
    world.fault(json!({ "method": "POST", "path": "emailVerifications/verify", "count": 1, "cut": "amid" }));
    let lost = verify(&world, &code).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::RetryLater, "{lost:?}");
    // The session was re-issued to nobody; whoever asks is told to sign in again.
    let again = verify(&world, &code).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::SignInAgain, "{again:?}");
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn too_many_wrong_codes_end_the_verification() {
    let world = code_sent().await;
    let code = world.code(EMAIL);
    for _ in 0..3 {
        assert_refused(verify(&world, &wrong(&code)).await, CodeRefusal::Wrong, true);
    }
    let refused = verify(&world, &code).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_refused(refused, CodeRefusal::TooManyAttempts, true);
    assert!(!holds(&world, EXPORT));
    world.verify_by_email(&[EXPORT]).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_a_code_is_not_sent() {
    let world = code_sent().await;
    for typed in
        ["", " ", "12345", "1234567", "12345a", "-12345", "12345.6", &"1".repeat(10_000), "12345\u{0}"]
    {
        let refused = verify(&world, typed).await;
        assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::AskUserAgain);
        assert_refused(refused, CodeRefusal::Malformed, false);
    }
    assert_eq!(world.count("emailVerifications/verify"), 0);
    verify(&world, &world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn scopes_that_cannot_be_asked_for_are_refused_before_the_code_is_spent() {
    let world = code_sent().await;
    let long = "x".repeat(10_000);
    let scopes = ["", " ", "wallet export", "wallet:export\n", "a\u{0}", &long];
    let mut lists: Vec<Vec<TokenScope>> = scopes.map(|scope| vec![EXPORT, scope.into()]).into();
    lists.push(vec![]);
    for list in lists {
        let code = world.code(EMAIL);
        let refused = world.client.step_up().verify_otp(code, list.clone(), None, None).await;
        let Err(StepUpError::InvalidArgument { argument, .. }) = &refused else { panic!("{refused:?}") };
        assert!(argument.starts_with("scope"), "{argument}");
    }
    // One that only the server knows to be impossible.
    let code = world.code(EMAIL);
    let refused = world.client.step_up().verify_otp(code, vec!["nonsense".into()], None, None).await;
    assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    assert_eq!(world.count("emailVerifications/verify"), 1);
    verify(&world, &world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn a_verification_that_is_not_known_is_refused_without_a_request() {
    let world = World::new().await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    let unknown = Some("00000000-0000-4000-8000-000000000000".into());
    for id in [None, Some("".into()), unknown] {
        let verified = step_up.verify_otp("123456".into(), vec![EXPORT], id.clone(), None).await.map(drop);
        let resent = step_up.resend_otp(id, None).await.map(drop);
        for refused in [verified, resent] {
            assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
        }
    }
    assert_eq!((world.count("emailVerifications/verify"), world.count("emailVerifications/retry")), (0, 0));
}

#[tokio::test]
async fn fault_37_a_code_of_a_sign_in_does_not_verify() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    for id in [None, Some(sent.id)] {
        let code = world.code(EMAIL);
        let refused = world.client.step_up().verify_otp(code, vec![EXPORT], id, None).await;
        assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    }
    assert_eq!(world.count("emailVerifications/verify"), 0);
}

#[tokio::test]
async fn a_code_of_the_session_before_does_not_verify() {
    let world = code_sent().await;
    let code = world.code(EMAIL);
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(verify(&world, &code).await, Err(StepUpError::NotSignedIn { answer: None }));
    world.sign_in_as("bob@example.com").await;
    assert!(matches!(verify(&world, &code).await, Err(StepUpError::InvalidArgument { .. })));
    assert_eq!(world.count("emailVerifications/verify"), 0);
}

#[tokio::test]
async fn too_many_codes_are_told_with_the_time_to_wait() {
    let world = code_sent().await;
    // The sign-in's code was the first of the three that are allowed.
    world.client.step_up().resend_otp(None, None).await.unwrap();
    for refused in [
        world.client.step_up().resend_otp(None, None).await.unwrap_err(),
        world.client.step_up().send_otp(None, None).await.unwrap_err(),
    ] {
        assert!(matches!(refused, StepUpError::RateLimited { .. }), "{refused:?}");
        assert_eq!(refused.kind(), ErrorKind::RetryLater);
        let wait = refused.retry_after().unwrap();
        assert!(wait > Duration::from_secs(500) && wait <= Duration::from_secs(601), "{wait:?}");
    }
    // What was sent before still counts.
    verify(&world, &world.code(EMAIL)).await.unwrap();
}
