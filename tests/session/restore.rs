//! What the storage held when the app starts again.

use stepup_core::{CheckReason, ErrorKind, StepUpError, StorageFailure, TokenScope};
use stepup_test_support::{StorageMode, World};

use crate::helpers::{OTHER, assert_signed_out, holds, sign_in_with_tokens, stored_elevations, user_id};

#[tokio::test]
async fn i05_reusable_tokens_survive_a_restart_and_single_use_ones_do_not() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.restart();
    assert!(!holds(&world, TokenScope::CREDENTIAL_LINK), "before the storage was read");
    world.client.restore(None).await.unwrap();
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    assert!(!holds(&world, TokenScope::WALLET_EXPORT));
    // The server accepts what was restored.
    world.client.mfa().enroll_totp(None).await.unwrap();
    let sent = world.requests("users/mfa/register/totp");
    assert!(sent[0]["headers"]["x-dyn-elevated-access-token"].is_string());
}

#[tokio::test]
async fn i05_a_single_use_token_is_never_written_down() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    let taken = world.client.step_up().take_elevated_access_token(TokenScope::WALLET_EXPORT, None).await;
    let token = taken.unwrap().unwrap();
    world.client.auth().refresh(None).await.unwrap();
    assert!(!world.storage.text().contains(token.expose()));
    let taken = world.client.step_up().take_elevated_access_token(TokenScope::CREDENTIAL_LINK, None).await;
    assert!(world.storage.text().contains(taken.unwrap().unwrap().expose()));
}

#[tokio::test]
async fn a_storage_is_read_once() {
    let mut world = World::new().await;
    let user = world.sign_in().await.user.id;
    world.restart();
    world.storage.clear_calls();
    world.client.restore(None).await.unwrap();
    world.client.restore(None).await.unwrap();
    assert_eq!(user_id(&world).await, Some(user));
    world.client.mfa().methods(None).await.unwrap();
    assert_eq!(world.storage.calls(), ["get"]);
}

#[tokio::test]
async fn concurrent_first_calls_read_the_storage_once() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.storage.clear_calls();
    let (auth, mfa, client) = (world.client.auth(), world.client.mfa(), &world.client);
    let (first, second, third) = tokio::join!(auth.session(None), mfa.methods(None), client.restore(None));
    assert!(first.unwrap().is_some() && second.is_ok() && third.is_ok());
    assert_eq!(world.storage.calls(), ["get"]);
}

#[tokio::test]
async fn fault_08_a_check_at_start_up_knows_the_stored_token() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.restart();
    let check = world.client.step_up().check(TokenScope::CREDENTIAL_LINK, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (false, CheckReason::TokenHeld));
    assert_eq!(world.count("stepUp/check"), 0);
    let check = world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    assert!(world.requests("stepUp/check")[0]["headers"]["authorization"].is_string());
}

#[tokio::test]
async fn what_is_not_ours_is_told_once_and_overwritten_by_the_next_sign_in() {
    let garbage: [&[u8]; 9] = [
        b"",
        b"not json",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        br#"{"schema_version":0,"user":{"id":"u"},"session":{"token":"t","expires_at":4102444800}}"#,
        br#"{"schema_version":1,"user":{"id":"u"}}"#,
        br#"{"schema_version":"1","user":{"id":"u"},"session":{"token":"t","expires_at":4102444800}}"#,
    ];
    let mut world = World::new().await;
    let user = world.sign_in().await.user.id;
    for bytes in garbage {
        world.client.shutdown();
        world.storage.overwrite(bytes);
        world.client = world.open().unwrap();
        let error = world.client.restore(None).await.unwrap_err();
        assert_eq!(error, StepUpError::StorageFailed { reason: StorageFailure::Corrupt }, "{bytes:?}");
        assert_eq!(error.kind(), ErrorKind::SignInAgain);
        assert_eq!(world.client.restore(None).await, Ok(()));
        assert_eq!(user_id(&world).await, None);
    }
    world.sandbox.clock().advance(601);
    assert_eq!(world.sign_in().await.user.id, user);
    world.restart();
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn a_call_that_finds_garbage_leaves_it_to_restore_to_tell() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.client.shutdown();
    world.storage.overwrite(b"garbage");
    world.client = world.open().unwrap();
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    let error = world.client.restore(None).await.unwrap_err();
    assert_eq!(error, StepUpError::StorageFailed { reason: StorageFailure::Corrupt });
    world.client.auth().logout(None).await.unwrap();
    assert_signed_out(&world).await;
}

/// Every call that needs the storage, and what it says.
async fn refusals(world: &World) -> Vec<StepUpError> {
    let (auth, step_up) = (world.client.auth(), world.client.step_up());
    let scope = TokenScope::WALLET_EXPORT;
    vec![
        world.client.restore(None).await.unwrap_err(),
        auth.session(None).await.unwrap_err(),
        auth.refresh(None).await.unwrap_err(),
        auth.send_email_otp(OTHER.into(), None).await.unwrap_err(),
        auth.complete_mfa_totp("123456".into(), None, None).await.unwrap_err(),
        step_up.send_otp(None, None).await.unwrap_err(),
        step_up.verify_totp("123456".into(), vec![scope.clone()], None, None).await.unwrap_err(),
        step_up.take_elevated_access_token(scope.clone(), None).await.unwrap_err(),
        step_up.authorization_headers(scope, None).await.unwrap_err(),
        world.client.mfa().methods(None).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn an_envelope_of_a_newer_version_is_refused_and_left_alone() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    let newer = br#"{"schema_version":3,"sessions":[]}"#;
    world.client.shutdown();
    world.storage.clear_calls();
    world.storage.overwrite(newer);
    world.client = world.open().unwrap();
    let requests = world.sandbox.log().exchanges().len();
    for error in refusals(&world).await {
        assert_eq!(error, StepUpError::StorageFailed { reason: StorageFailure::NewerVersion });
        assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    }
    let check = world.client.step_up().check(TokenScope::WALLET_SIGN, None).await.unwrap();
    assert_eq!(check.reason, CheckReason::CouldNotAsk { kind: ErrorKind::FixConfiguration });
    assert!(check.is_required);
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
    world.client.set_foreground(true);
    world.client.shutdown();
    assert_eq!(world.storage.records().values().next().unwrap(), newer);
    assert_eq!(world.storage.count("delete"), 0);
}

#[tokio::test]
async fn a_logout_deletes_an_envelope_of_a_newer_version() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.client.shutdown();
    world.storage.overwrite(br#"{"schema_version":3}"#);
    world.client = world.open().unwrap();
    world.client.auth().logout(None).await.unwrap();
    assert_signed_out(&world).await;
    world.sign_in().await;
    assert_eq!(stored_elevations(&world), 0);
}

#[tokio::test]
async fn fault_22_a_start_that_failed_is_tried_again_by_the_next_call() {
    let mut world = World::new().await;
    let user = world.sign_in().await.user.id;
    let expected = [
        (StorageMode::Fails, "StorageFailed { reason: Unavailable }", ErrorKind::RetryLater),
        (StorageMode::Locked, "StorageFailed { reason: Locked }", ErrorKind::RetryLater),
        (StorageMode::Hangs, "TimedOut { what: Storage }", ErrorKind::RetryLater),
        (StorageMode::Panics, "CallbackFailed { what: Storage }", ErrorKind::Bug),
    ];
    for (mode, error, kind) in expected {
        world.restart();
        world.storage.set(mode);
        let refused = world.client.auth().session(None).await.unwrap_err();
        assert_eq!((format!("{refused:?}").as_str(), refused.kind()), (error, kind));
        let check = world.client.step_up().check(TokenScope::WALLET_SIGN, None).await.unwrap();
        assert_eq!((check.is_required, check.reason), (true, CheckReason::CouldNotAsk { kind }));
        world.storage.set(StorageMode::Works);
        assert_eq!(user_id(&world).await.as_ref(), Some(&user));
    }
}

#[tokio::test]
async fn while_the_storage_cannot_be_read_every_call_says_so() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.storage.set(StorageMode::Locked);
    let requests = world.sandbox.log().exchanges().len();
    for error in refusals(&world).await {
        assert_eq!(error, StepUpError::StorageFailed { reason: StorageFailure::Locked });
    }
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
}
