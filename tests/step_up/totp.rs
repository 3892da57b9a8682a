//! Verifying with an authenticator app.

use std::time::Duration;

use stepup_core::{CodeRefusal, Elevation, ErrorKind, StepUpError, TokenScope, UnavailableReason};
use stepup_test_support::{Totp, World};

use crate::helpers::{EXPORT, SIGN, holds, unavailable};

async fn verify(world: &World, code: &str) -> Result<Elevation, StepUpError> {
    world.client.step_up().verify_totp(code.into(), vec![EXPORT], None, None).await
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[track_caller]
fn assert_refused(result: Result<Elevation, StepUpError>, expected: CodeRefusal) {
    let Err(error @ StepUpError::InvalidCode { reason, .. }) = &result else { panic!("{result:?}") };
    assert_eq!((*reason, error.kind()), (expected, ErrorKind::AskUserAgain));
    assert_eq!(error.server_answer().is_some(), expected != CodeRefusal::Malformed);
}

async fn enrolled() -> (World, Totp) {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    (world, totp)
}

#[tokio::test]
async fn a_code_elevates() {
    let (world, totp) = enrolled().await;
    let elevation = verify(&world, &world.totp_code(&totp)).await.unwrap();
    assert_eq!((elevation.scopes, elevation.single_use), (vec![EXPORT], true));
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn several_scopes_and_the_device_can_be_named() {
    let (world, totp) = enrolled().await;
    let (code, device) = (world.totp_code(&totp), Some(totp.device_id.clone()));
    let elevation = world.client.step_up().verify_totp(code, vec![SIGN, EXPORT], device, None).await.unwrap();
    assert_eq!(elevation.scopes, [EXPORT, SIGN]);
    assert_eq!(world.requests("users/mfa/auth/totp").last().unwrap()["body"]["id"], totp.device_id.as_str());
}

#[tokio::test]
async fn a_code_is_read_in_other_scripts_and_with_blanks() {
    let (world, totp) = enrolled().await;
    for zero in [0x660, 0x966, 0xff10] {
        let digit = |digit: char| char::from_u32(zero + digit.to_digit(10).unwrap()).unwrap();
        let typed: String = world.totp_code(&totp).chars().map(digit).collect();
        let middle = typed.char_indices().nth(3).unwrap().0;
        let typed = format!("\u{feff}{} {}\u{a0}", &typed[..middle], &typed[middle..]);
        verify(&world, &typed).await.unwrap();
    }
}

#[tokio::test]
async fn what_has_not_six_digits_is_not_sent() {
    let (world, totp) = enrolled().await;
    let before = world.count("users/mfa/auth/totp");
    for typed in ["", "12345", "1234567", "12345六", "abcdef", "1.2345", "½12345"] {
        assert_refused(verify(&world, typed).await, CodeRefusal::Malformed);
    }
    assert_eq!(world.count("users/mfa/auth/totp"), before);
    verify(&world, &world.totp_code(&totp)).await.unwrap();
}

#[tokio::test]
async fn a_wrong_code_and_a_used_one_are_refused() {
    let (world, totp) = enrolled().await;
    let code = world.totp_code(&totp);
    assert_refused(verify(&world, &wrong(&code)).await, CodeRefusal::Wrong);
    assert!(!holds(&world, EXPORT));
    verify(&world, &code).await.unwrap();
    assert_refused(verify(&world, &code).await, CodeRefusal::Wrong);
    assert!(holds(&world, EXPORT), "what was granted before stays");
}

#[tokio::test]
async fn a_code_of_long_ago_is_refused() {
    let (world, totp) = enrolled().await;
    let code = world.totp_code(&totp);
    world.sandbox.clock().advance(120);
    assert_refused(verify(&world, &code).await, CodeRefusal::Wrong);
}

#[tokio::test]
async fn an_unknown_device_is_another_method() {
    let (world, totp) = enrolled().await;
    let other = world.client.auth().session(None).await.unwrap().unwrap().user.id;
    for device in ["", "unknown", &other] {
        let code = world.totp_code(&totp);
        let refused = world.client.step_up().verify_totp(code, vec![EXPORT], Some(device.into()), None).await;
        assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
    }
    verify(&world, &world.totp_code(&totp)).await.unwrap();
}

#[tokio::test]
async fn without_an_authenticator_app_it_is_another_method() {
    let world = World::new().await;
    world.sign_in().await;
    assert_eq!(unavailable(verify(&world, "123456").await), UnavailableReason::NotEnrolled);
    world.verify_by_email(&[EXPORT]).await.unwrap();
}

#[tokio::test]
async fn too_many_wrong_codes_are_told_with_the_time_to_wait() {
    let (world, totp) = enrolled().await;
    let code = world.totp_code(&totp);
    for _ in 0..5 {
        assert_refused(verify(&world, &wrong(&code)).await, CodeRefusal::Wrong);
    }
    let refused = verify(&world, &code).await.unwrap_err();
    assert!(matches!(refused, StepUpError::RateLimited { .. }), "{refused:?}");
    assert_eq!(refused.kind(), ErrorKind::RetryLater);
    assert_eq!(refused.server_answer().unwrap().code.as_deref(), Some("mfa_rate_limited"));
    let wait = refused.retry_after().unwrap();
    assert!(wait > Duration::from_secs(290) && wait <= Duration::from_secs(301), "{wait:?}");
    world.sandbox.clock().advance(wait.as_secs().try_into().unwrap());
    verify(&world, &world.totp_code(&totp)).await.unwrap();
}

#[tokio::test]
async fn scopes_that_cannot_be_asked_for_do_not_spend_the_code() {
    let (world, totp) = enrolled().await;
    let code = world.totp_code(&totp);
    let long = TokenScope::from("x".repeat(10_000));
    for scopes in [vec![], vec!["a b".into()], vec![EXPORT, long]] {
        let refused = world.client.step_up().verify_totp(code.clone(), scopes, None, None).await;
        assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    }
    verify(&world, &code).await.unwrap();
}
