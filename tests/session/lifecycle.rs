//! From construction to shutdown.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    CancelToken, DeviceKeys, ErrorKind, PhoneNumber, Platform, SecureStorage, SessionTokenKind,
    SignInOptions, StepUpClient, StepUpError, TokenScope,
};
use stepup_test_support::{EMAIL, PasskeyMode, TestLog, World, eventually};

use crate::helpers::{begin, begin_refresh, patient_world, user_id};

#[tokio::test]
async fn i21_before_the_first_call_nothing_happens() {
    let world = World::new().await;
    let step_up = world.client.step_up();
    assert!(!step_up.has_elevated_access_token(TokenScope::WALLET_EXPORT));
    assert_eq!(step_up.elevation(TokenScope::WALLET_EXPORT), None);
    drop((world.client.auth(), world.client.mfa(), world.client.passkeys()));
    world.client.set_foreground(true);
    // Another world is busy meanwhile, on the same runtime.
    World::new().await.sign_in().await;
    world.client.shutdown();
    assert!(world.storage.calls().is_empty() && world.keys.calls().is_empty());
    assert_eq!(world.sandbox.log().exchanges(), []);
}

#[tokio::test]
async fn i21_fault_26_only_what_a_call_needs_is_sent() {
    let world = World::new().await;
    world.client.restore(None).await.unwrap();
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    assert_eq!(world.sandbox.log().exchanges(), []);
    world.sign_in().await;
    let mut paths: Vec<_> = world.sandbox.log().exchanges().into_iter().map(|sent| sent.path).collect();
    paths.iter_mut().for_each(|path| *path = path.rsplit_once("/sdk/").unwrap().1[37..].to_owned());
    assert_eq!(paths, ["emailVerifications/create", "nonces", "emailVerifications/signin"]);
}

#[tokio::test]
async fn a_shutdown_ends_every_call_that_is_under_way() {
    let world = patient_world().await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.fault(json!({ "method": "POST", "path": "refresh", "hang": true }));
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "hang": true }));
    let refresh = begin_refresh(&world);
    world.arrived("refresh", 1).await;
    // Waits for its turn behind the refresh.
    let (step_up, code) = (world.client.step_up(), world.totp_code(&totp));
    let scopes = vec![TokenScope::WALLET_EXPORT];
    let verify = begin(async move { step_up.verify_totp(code, scopes, None, None).await });
    let step_up = world.client.step_up();
    let check = begin(async move { step_up.check(TokenScope::WALLET_EXPORT, None).await });
    world.arrived("stepUp/check", 1).await;
    world.client.shutdown();
    assert_eq!(refresh.await.unwrap().unwrap_err(), StepUpError::ClientClosed);
    assert_eq!(verify.await.unwrap().unwrap_err(), StepUpError::ClientClosed);
    assert_eq!(check.await.unwrap().unwrap_err(), StepUpError::ClientClosed);
    assert_eq!(world.count("users/mfa/auth/totp"), 1, "the one of the enrolment");
}

#[tokio::test]
async fn a_shutdown_ends_a_call_that_waits_for_the_user() {
    let world = patient_world().await;
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.passkeys.set(PasskeyMode::Hangs);
    let passkeys = world.client.passkeys();
    let register = begin(async move { passkeys.register(None).await });
    eventually("the sheet", || world.passkeys.ceremonies() == 1).await;
    world.client.shutdown();
    assert_eq!(register.await.unwrap().unwrap_err(), StepUpError::ClientClosed);
}

#[tokio::test]
async fn after_a_shutdown_every_call_fails_and_nothing_is_deleted() {
    let mut world = World::new().await;
    let user = world.sign_in().await.user.id;
    world.client.shutdown();
    world.client.shutdown();
    world.client.set_foreground(true);
    let (auth, step_up, mfa) = (world.client.auth(), world.client.step_up(), world.client.mfa());
    let scope = || TokenScope::WALLET_EXPORT;
    let requests = world.sandbox.log().exchanges().len();
    for error in [
        world.client.restore(None).await.unwrap_err(),
        auth.send_email_otp(EMAIL.into(), None).await.unwrap_err(),
        auth.send_sms_otp(PhoneNumber::new("1", "2025550167"), None).await.unwrap_err(),
        auth.resend_otp(None, None).await.unwrap_err(),
        auth.sign_in_with_otp("123456".into(), None, None).await.unwrap_err(),
        auth.session(None).await.unwrap_err(),
        auth.session_token(SessionTokenKind::Full, None).await.unwrap_err(),
        auth.refresh(Some(CancelToken::new())).await.unwrap_err(),
        auth.logout(None).await.unwrap_err(),
        step_up.check(scope(), None).await.unwrap_err(),
        step_up.send_otp(None, None).await.unwrap_err(),
        step_up.verify_totp("123456".into(), vec![scope()], None, None).await.unwrap_err(),
        step_up.take_elevated_access_token(scope(), None).await.unwrap_err(),
        step_up.authorization_headers(scope(), None).await.unwrap_err(),
        mfa.methods(None).await.unwrap_err(),
        world.client.passkeys().register(None).await.unwrap_err(),
    ] {
        assert_eq!((&error, error.kind()), (&StepUpError::ClientClosed, ErrorKind::Bug));
    }
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
    world.client = world.open().unwrap();
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn a_shutdown_lets_go_of_the_callbacks() {
    let mut world = World::new().await;
    world.client.shutdown();
    let storage: Arc<dyn SecureStorage> = Arc::new(world.storage.clone());
    let keys: Arc<dyn DeviceKeys> = Arc::new(world.keys.clone());
    let log = Arc::new(TestLog::default());
    let (storage_held, keys_held, log_held) =
        (Arc::downgrade(&storage), Arc::downgrade(&keys), Arc::downgrade(&log));
    let platform = Platform::new(storage, keys).with_log_sink(log);
    world.client = StepUpClient::with_clock(world.config(), platform, world.clock.shared()).unwrap();
    world.sign_in().await;
    assert!(storage_held.strong_count() > 0);
    world.client.shutdown();
    let held = || storage_held.strong_count() + keys_held.strong_count() + log_held.strong_count();
    eventually("the callbacks are let go, although the client is not", || held() == 0).await;
}
