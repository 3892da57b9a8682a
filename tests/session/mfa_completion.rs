//! A sign-in that waits for a second factor.

use serde_json::{Value, json};
use stepup_core::{ErrorKind, OnboardingDuty, Session, StepUpError, TokenScope};
use stepup_test_support::{PasskeyMode, Totp, World};

use crate::helpers::{holds_no_token, stored_elevations};

/// A user with an authenticator app, a passkey and recovery codes, who has signed in again and must now
/// prove one of them.
async fn waiting() -> (World, Totp, Vec<String>) {
    let world = World::with_policy(json!({ "mfa": { "session": true } })).await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.client.passkeys().register(None).await.unwrap();
    let codes = world.client.mfa().recovery_codes(None).await.unwrap();
    world.client.mfa().acknowledge_recovery_codes(None).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sign_in().await.duties, [OnboardingDuty::CompleteMfa]);
    (world, totp, codes.iter().map(|code| code.expose().to_owned()).collect())
}

/// The duty is gone, for good, and the proof asked for no permission.
async fn assert_completed(mut world: World, session: Session, path: &str) {
    assert_eq!(session.duties, []);
    let proofs = world.requests(path);
    assert_eq!(proofs.last().unwrap()["body"]["requestedScopes"], Value::Null);
    assert!(holds_no_token(&world));
    assert_eq!(stored_elevations(&world), 0);
    world.restart();
    assert_eq!(world.client.auth().session(None).await, Ok(Some(session)));
    assert_eq!(world.client.auth().refresh(None).await.unwrap().duties, []);
}

#[tokio::test]
async fn a_code_of_the_authenticator_app_completes_the_sign_in() {
    let (world, totp, _) = waiting().await;
    let code = world.totp_code(&totp);
    let session = world.client.auth().complete_mfa_totp(code, Some(totp.device_id), None).await.unwrap();
    assert_completed(world, session, "users/mfa/auth/totp").await;
}

#[tokio::test]
async fn a_passkey_completes_the_sign_in() {
    let (world, _, _) = waiting().await;
    let session = world.client.auth().complete_mfa_passkey(None).await.unwrap();
    assert_completed(world, session, "users/mfa/auth/passkey").await;
}

#[tokio::test]
async fn a_recovery_code_completes_the_sign_in_once() {
    let (world, _, codes) = waiting().await;
    let auth = world.client.auth();
    let session = auth.complete_mfa_recovery(codes[0].clone(), None).await.unwrap();
    auth.logout(None).await.unwrap();
    world.sign_in().await;
    let used = auth.complete_mfa_recovery(codes[0].clone(), None).await.unwrap_err();
    assert!(matches!(used, StepUpError::InvalidCode { .. }), "{used:?}");
    let again = auth.complete_mfa_recovery(codes[1].clone(), None).await.unwrap();
    assert_eq!(again.user.id, session.user.id);
    assert_completed(world, again, "users/mfa/auth/recovery").await;
}

#[tokio::test]
async fn a_wrong_proof_leaves_the_duty_and_the_session() {
    let (world, totp, _) = waiting().await;
    let auth = world.client.auth();
    let wrong = format!("{:06}", (world.totp_code(&totp).parse::<u32>().unwrap() + 1) % 1_000_000);
    for error in [
        auth.complete_mfa_totp(wrong, None, None).await.unwrap_err(),
        auth.complete_mfa_recovery("wrongCode1".into(), None).await.unwrap_err(),
    ] {
        assert!(matches!(error, StepUpError::InvalidCode { answer: Some(_), .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    }
    world.passkeys.set(PasskeyMode::Cancelled);
    assert_eq!(auth.complete_mfa_passkey(None).await.unwrap_err(), StepUpError::Cancelled);
    let session = auth.session(None).await.unwrap().unwrap();
    assert_eq!(session.duties, [OnboardingDuty::CompleteMfa]);
    auth.complete_mfa_totp(world.totp_code(&totp), None, None).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_a_code_is_not_sent() {
    let (world, _, _) = waiting().await;
    let auth = world.client.auth();
    for error in [
        auth.complete_mfa_totp("12345".into(), None, None).await.unwrap_err(),
        auth.complete_mfa_recovery("?".into(), None).await.unwrap_err(),
    ] {
        assert!(matches!(error, StepUpError::InvalidCode { answer: None, .. }), "{error:?}");
    }
    // The one request is the confirmation of the enrolment.
    assert_eq!(world.count("users/mfa/auth/totp"), 1);
    assert_eq!(world.count("users/mfa/auth/recovery"), 0);
}

#[tokio::test]
async fn nobody_completes_a_sign_in_without_having_signed_in() {
    let world = World::new().await;
    let auth = world.client.auth();
    for error in [
        auth.complete_mfa_totp("123456".into(), None, None).await.unwrap_err(),
        auth.complete_mfa_passkey(None).await.unwrap_err(),
        auth.complete_mfa_recovery("abcd1234".into(), None).await.unwrap_err(),
    ] {
        assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    }
    assert_eq!(world.passkeys.ceremonies(), 0);
    assert_eq!(world.sandbox.log().exchanges(), []);
}

#[tokio::test]
async fn a_session_that_waits_for_a_factor_gives_no_permission_for_a_code_by_email() {
    let (world, _, _) = waiting().await;
    let error = world.verify_by_email(&[TokenScope::WALLET_EXPORT]).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotElevated { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    assert!(holds_no_token(&world));
}
