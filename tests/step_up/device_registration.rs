//! While this device waits for its registration nothing can be verified, and that is told without a request.

use serde_json::json;
use stepup_core::{CheckReason, ErrorKind, OnboardingDuty, PreparedPasskey, StepUpError};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, LINK, SIGN, UNLINK, holds, patch_policy, switch_phone};

/// A user whose first phone is registered, signed in on a second one that is not.
async fn second_phone() -> World {
    let mut world = World::with_policy(json!({ "deviceRegistration": true })).await;
    assert_eq!(world.sign_in().await.duties, [], "the first device of a new user is registered");
    switch_phone(&mut world);
    assert_eq!(world.sign_in().await.duties, [OnboardingDuty::RegisterDevice]);
    world
}

fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

#[tokio::test]
async fn a_check_says_required_and_asks_nobody() {
    let world = second_phone().await;
    let before = requests(&world);
    for scope in [EXPORT, SIGN] {
        let check = world.client.step_up().check(scope, None).await.unwrap();
        assert!(check.is_required && !check.is_confirmed);
        assert_eq!(check.reason, CheckReason::DeviceRegistrationPending);
        assert_eq!((check.credentials, check.default_credential_id), (vec![], None));
    }
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn every_way_to_verify_is_refused_without_a_request() {
    let world = second_phone().await;
    let before = requests(&world);
    let (step_up, code) = (world.client.step_up(), || "123456".to_owned());
    let expires_at = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let prepared = PreparedPasskey { options_json: "{}".into(), expires_at };
    for (refused, what) in [
        (step_up.send_otp(None, None).await.map(drop), "send"),
        (step_up.verify_totp(code(), vec![EXPORT], None, None).await.map(drop), "TOTP"),
        (step_up.prepare_passkey(None).await.map(drop), "prepare"),
        (step_up.verify_passkey(vec![EXPORT], None).await.map(drop), "passkey"),
        (step_up.perform_passkey(prepared, vec![EXPORT], None).await.map(drop), "perform"),
        (step_up.verify_recovery_code("abcd1234".into(), vec![EXPORT], None).await.map(drop), "recovery"),
    ] {
        assert_eq!(refused, Err(StepUpError::DeviceRegistrationRequired), "{what}");
    }
    assert_eq!(StepUpError::DeviceRegistrationRequired.kind(), ErrorKind::RegisterDevice);
    assert_eq!((requests(&world), world.passkeys.ceremonies()), (before, 0));
}

#[tokio::test]
async fn every_operation_with_a_scope_is_refused_without_a_request() {
    let world = second_phone().await;
    let before = requests(&world);
    let (mfa, passkeys) = (world.client.mfa(), world.client.passkeys());
    for (refused, what) in [
        (mfa.enroll_totp(None).await.map(drop), "enroll"),
        (mfa.delete("1".into(), None).await, "delete TOTP"),
        (passkeys.register(None).await.map(drop), "register"),
        (passkeys.delete("1".into(), None).await, "delete passkey"),
        (world.client.step_up().authorization_headers(EXPORT, None).await.map(drop), "headers"),
    ] {
        assert_eq!(refused, Err(StepUpError::DeviceRegistrationRequired), "{what}");
    }
    assert_eq!((requests(&world), world.passkeys.ceremonies()), (before, 0));
}

#[tokio::test]
async fn session_refresh_and_logout_work() {
    let world = second_phone().await;
    let refreshed = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(refreshed.duties, [OnboardingDuty::RegisterDevice]);
    assert_eq!(world.client.auth().session(None).await.unwrap(), Some(refreshed));
    world.client.auth().logout(None).await.unwrap();
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn a_code_that_was_sent_before_the_duty_came_is_not_spent() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    patch_policy(&world, &json!({ "deviceRegistration": true }));
    let session = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(session.duties, [OnboardingDuty::RegisterDevice]);
    let before = requests(&world);
    let step_up = world.client.step_up();
    let verified = step_up.verify_otp(world.code(EMAIL), vec![EXPORT], Some(sent.id), None).await;
    assert_eq!(verified, Err(StepUpError::DeviceRegistrationRequired));
    assert_eq!(step_up.resend_otp(None, None).await, Err(StepUpError::DeviceRegistrationRequired));
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn a_token_that_is_held_does_not_help_before_the_duty_is_done() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK, UNLINK]).await.unwrap();
    patch_policy(&world, &json!({ "deviceRegistration": true }));
    world.client.auth().refresh(None).await.unwrap();
    let step_up = world.client.step_up();
    let check = step_up.check(UNLINK, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::DeviceRegistrationPending));
    assert!(!holds(&world, UNLINK));
    assert_eq!(step_up.elevation(UNLINK), None);
    for refused in [
        step_up.authorization_headers(UNLINK, None).await.map(drop),
        step_up.take_elevated_access_token(UNLINK, None).await.map(drop),
        world.client.mfa().delete("1".into(), None).await,
        world.client.passkeys().register(None).await.map(drop),
    ] {
        assert_eq!(refused, Err(StepUpError::DeviceRegistrationRequired));
    }
    assert_eq!(world.passkeys.ceremonies(), 0);
    // Once it is, the token serves again: it is the same epoch.
    patch_policy(&world, &json!({ "deviceRegistration": false }));
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(step_up.check(UNLINK, None).await.unwrap().reason, CheckReason::TokenHeld);
    assert_eq!(world.protected(UNLINK).await, Ok(200));
}
