//! Codes that do not sign in.

use stepup_core::{
    CodeRefusal, ErrorKind, PhoneNumber, SignInOptions, SignInOutcome, StepUpError, TokenScope,
    VerificationId,
};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{OTHER, holds_session, user_id};

const SIGN_IN: &str = "emailVerifications/signin";

async fn sign_in(
    world: &World,
    code: &str,
    id: Option<VerificationId>,
) -> Result<SignInOutcome, StepUpError> {
    let options = SignInOptions { verification_id: id, ..SignInOptions::default() };
    world.client.auth().sign_in_with_otp(code.into(), Some(options), None).await
}

/// A code that is not this one.
fn other_code(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn assert_refused(error: &StepUpError, expected: CodeRefusal, kind: ErrorKind) {
    assert!(matches!(error, StepUpError::InvalidCode { reason, .. } if *reason == expected), "{error:?}");
    assert_eq!(error.kind(), kind);
}

fn assert_names_no_code(error: &StepUpError) {
    let is_so =
        matches!(error, StepUpError::InvalidArgument { argument, .. } if argument == "verification_id");
    assert!(is_so, "{error:?}");
}

#[tokio::test]
async fn a_wrong_code_may_be_typed_again() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let code = world.code(EMAIL);
    let wrong = sign_in(&world, &other_code(&code), None).await.unwrap_err();
    assert_refused(&wrong, CodeRefusal::Wrong, ErrorKind::AskUserAgain);
    assert_eq!(wrong.server_answer().unwrap().code.as_deref(), Some("wrong_email_verification_token"));
    assert_eq!(user_id(&world).await, None);
    assert!(!holds_session(&world));
    sign_in(&world, &code, None).await.unwrap();
}

#[tokio::test]
async fn an_expired_code_is_told_apart_from_a_wrong_one() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    world.sandbox.clock().advance(601);
    let expired = sign_in(&world, &world.code(EMAIL), None).await.unwrap_err();
    assert_refused(&expired, CodeRefusal::Expired, ErrorKind::AskUserAgain);
    world.client.auth().resend_otp(None, None).await.unwrap();
    sign_in(&world, &world.code(EMAIL), None).await.unwrap();
}

#[tokio::test]
async fn after_too_many_wrong_codes_not_even_the_right_one_signs_in() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let code = world.code(EMAIL);
    for _ in 0..3 {
        let wrong = sign_in(&world, &other_code(&code), None).await.unwrap_err();
        assert_refused(&wrong, CodeRefusal::Wrong, ErrorKind::AskUserAgain);
    }
    let dead = sign_in(&world, &code, None).await.unwrap_err();
    assert_refused(&dead, CodeRefusal::TooManyAttempts, ErrorKind::ChooseAnotherMethod);
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    sign_in(&world, &world.code(EMAIL), None).await.unwrap();
}

#[tokio::test]
async fn a_code_by_sms_is_refused_as_one_by_email_is() {
    let world = World::new().await;
    let phone = PhoneNumber::new("1", "2025550167");
    world.client.auth().send_sms_otp(phone, None).await.unwrap();
    let code = world.code("+12025550167");
    for _ in 0..3 {
        let wrong = sign_in(&world, &other_code(&code), None).await.unwrap_err();
        assert_refused(&wrong, CodeRefusal::Wrong, ErrorKind::AskUserAgain);
    }
    let dead = sign_in(&world, &code, None).await.unwrap_err();
    assert_refused(&dead, CodeRefusal::TooManyAttempts, ErrorKind::ChooseAnotherMethod);
    world.sandbox.clock().advance(601);
    let expired = sign_in(&world, &code, None).await.unwrap_err();
    assert_refused(&expired, CodeRefusal::Expired, ErrorKind::AskUserAgain);
    assert_eq!(world.count("smsVerifications/signin"), 5);
    world.client.auth().resend_otp(None, None).await.unwrap();
    sign_in(&world, &world.code("+12025550167"), None).await.unwrap();
}

#[tokio::test]
async fn a_used_code_does_not_sign_in_again() {
    let world = World::new().await;
    let sent = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let code = world.code(EMAIL);
    sign_in(&world, &code, None).await.unwrap();
    let before = world.count(SIGN_IN);
    assert_names_no_code(&sign_in(&world, &code, Some(sent.id)).await.unwrap_err());
    assert_names_no_code(&sign_in(&world, &code, None).await.unwrap_err());
    assert_eq!(world.count(SIGN_IN), before);
}

#[tokio::test]
async fn a_code_that_is_submitted_twice_at_once_signs_in_once() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let code = world.code(EMAIL);
    let (first, second) = tokio::join!(sign_in(&world, &code, None), sign_in(&world, &code, None));
    let refused = match (first, second) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("{both:?}"),
    };
    assert_refused(&refused, CodeRefusal::Expired, ErrorKind::AskUserAgain);
    assert!(user_id(&world).await.is_some());
    // The session that came is the one that holds.
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_a_code_is_not_sent_and_costs_no_attempt() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    for typed in ["", "12345", "1234567", "12345a", "12 34 5", "a".repeat(10_000).as_str()] {
        let error = sign_in(&world, typed, None).await.unwrap_err();
        assert_refused(&error, CodeRefusal::Malformed, ErrorKind::AskUserAgain);
        assert_eq!(error.server_answer(), None);
    }
    assert_eq!(world.count(SIGN_IN), 0);
    sign_in(&world, &world.code(EMAIL), None).await.unwrap();
}

#[tokio::test]
async fn a_verification_that_nobody_began_is_refused_without_a_request() {
    let world = World::new().await;
    assert_names_no_code(&sign_in(&world, "123456", None).await.unwrap_err());
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let unknown = Some("00000000-0000-4000-8000-000000000000".into());
    assert_names_no_code(&sign_in(&world, &world.code(EMAIL), unknown).await.unwrap_err());
    assert_eq!(world.count(SIGN_IN), 0);
}

#[tokio::test]
async fn a_verification_that_the_server_has_forgotten_wants_a_new_code() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let code = world.code(EMAIL);
    world.sandbox.reset();
    let unknown = sign_in(&world, &code, None).await.unwrap_err();
    assert_refused(&unknown, CodeRefusal::Expired, ErrorKind::AskUserAgain);
}

#[tokio::test]
async fn a_code_of_another_verification_does_not_sign_in() {
    let world = World::new().await;
    let auth = world.client.auth();
    let first = auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    auth.send_email_otp(OTHER.into(), None).await.unwrap();
    let error = sign_in(&world, &world.code(OTHER), Some(first.id)).await.unwrap_err();
    assert_refused(&error, CodeRefusal::Wrong, ErrorKind::AskUserAgain);
    assert_eq!(user_id(&world).await, None);
}

#[tokio::test]
async fn fault_37_a_step_up_code_does_not_sign_in_and_a_sign_in_code_does_not_step_up() {
    let world = World::new().await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    let for_step_up = step_up.send_otp(None, None).await.unwrap();
    let code = world.code(EMAIL);
    let before = world.count(SIGN_IN);
    assert_names_no_code(&sign_in(&world, &code, Some(for_step_up.id)).await.unwrap_err());
    assert_names_no_code(&sign_in(&world, &code, None).await.unwrap_err());
    assert_eq!(world.count(SIGN_IN), before);

    let for_sign_in = world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    let scopes = vec![TokenScope::WALLET_EXPORT];
    let refused = step_up.verify_otp(world.code(OTHER), scopes.clone(), Some(for_sign_in.id), None).await;
    assert_names_no_code(&refused.unwrap_err());
    assert_eq!(world.count("emailVerifications/verify"), 0);
    // Without an id each takes its own.
    step_up.verify_otp(code, scopes, None, None).await.unwrap();
    sign_in(&world, &world.code(OTHER), None).await.unwrap();
}

#[tokio::test]
async fn a_refused_sign_in_leaves_the_session_that_is_there() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    let stored = world.storage.text();
    sign_in(&world, &other_code(&world.code(OTHER)), None).await.unwrap_err();
    assert_eq!(user_id(&world).await, Some(user));
    assert_eq!(world.storage.text(), stored);
}

#[tokio::test]
async fn scopes_that_cannot_be_are_refused_without_a_request() {
    let world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    for scope in ["", " ", "wallet: export", "a b", "b".repeat(10_240).as_str()] {
        let requested_scopes = vec![TokenScope::WALLET_EXPORT, TokenScope::from(scope.to_owned())];
        let options = SignInOptions { requested_scopes, ..SignInOptions::default() };
        let refused = world.client.auth().sign_in_with_otp(world.code(EMAIL), Some(options), None).await;
        let error = refused.unwrap_err();
        assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Bug);
    }
    assert_eq!(world.count(SIGN_IN), 0);
}
