//! How often is written, and what a storage that fails does to calls.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use stepup_core::{ErrorKind, PlatformCallback, StepUpClient, StepUpError, StorageFailure, TokenScope};
use stepup_test_support::{EMAIL, StorageMode, TestLog, World, eventually};

use crate::helpers::{
    OTHER, assert_no_session, assert_signed_out, holds, holds_no_token, holds_session, session_token,
    sign_in_with_tokens, stored_elevations, user_id,
};

#[tokio::test]
async fn fault_15_a_sign_in_is_written_once() {
    let world = World::new().await;
    world.sign_in().await;
    // Session and awaited code are looked for; the code is written and deleted, the session written.
    assert_eq!(world.storage.calls(), ["get", "get", "put", "delete", "put"]);
    assert_eq!(world.storage.records().len(), 1);
}

#[tokio::test]
async fn fault_15_only_what_changed_is_written() {
    let world = World::new().await;
    world.sign_in().await;
    world.storage.clear_calls();
    world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
    world.client.mfa().methods(None).await.unwrap();
    world.client.auth().session(None).await.unwrap();
    world.client.step_up().send_otp(None, None).await.unwrap();
    assert!(world.storage.calls().is_empty());
    let scopes = vec![TokenScope::WALLET_EXPORT];
    world.client.step_up().verify_otp(world.code(EMAIL), scopes, None, None).await.unwrap();
    assert_eq!(world.storage.calls(), ["put"], "the session was re-issued");
    let scope = TokenScope::WALLET_EXPORT;
    world.client.step_up().take_elevated_access_token(scope, None).await.unwrap();
    assert_eq!(world.storage.calls(), ["put"], "a single-use token is not stored");
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.storage.calls(), ["put", "delete"], "nothing else is waited for");
}

#[tokio::test]
async fn a_session_that_cannot_be_written_holds_in_memory_and_is_written_with_the_next_change() {
    let outcomes = [
        (StorageMode::Fails, StepUpError::StorageFailed { reason: StorageFailure::Unavailable }),
        (StorageMode::Locked, StepUpError::StorageFailed { reason: StorageFailure::Locked }),
        (StorageMode::Hangs, StepUpError::TimedOut { what: PlatformCallback::Storage }),
    ];
    for (mode, expected) in outcomes {
        let world = World::new().await;
        world.client.restore(None).await.unwrap();
        world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
        world.storage.set(mode);
        let code = world.code(EMAIL);
        let error = world.client.auth().sign_in_with_otp(code, None, None).await.unwrap_err();
        assert_eq!((&error, error.kind()), (&expected, ErrorKind::RetryLater));
        assert!(user_id(&world).await.is_some());
        world.client.mfa().methods(None).await.unwrap();
        assert!(!holds_session(&world));
        world.storage.set(StorageMode::Works);
        world.client.auth().refresh(None).await.unwrap();
        let token = session_token(&world).await;
        eventually("written", || world.storage.text().contains(&token)).await;
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_written_holds_in_memory_and_is_written_with_the_next_change() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    world.storage.set(StorageMode::Fails);
    let scopes = vec![TokenScope::CREDENTIAL_LINK];
    let verified = world.client.step_up().verify_otp(world.code(EMAIL), scopes, None, None).await;
    let failed = StepUpError::StorageFailed { reason: StorageFailure::Unavailable };
    assert_eq!(verified.unwrap_err(), failed);
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    world.storage.set(StorageMode::Works);
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(stored_elevations(&world), 1);
}

#[tokio::test]
async fn i14_a_storage_that_panics_or_hangs_leaves_the_client_usable() {
    for mode in [StorageMode::Panics, StorageMode::Hangs] {
        let world = World::new().await;
        world.sign_in().await;
        world.storage.set(mode);
        let begun = Instant::now();
        let error = world.client.auth().refresh(None).await.unwrap_err();
        let is_typed = matches!(error, StepUpError::CallbackFailed { .. } | StepUpError::TimedOut { .. });
        assert!(is_typed, "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        world.storage.set(StorageMode::Works);
        world.client.auth().refresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn i12_fault_21_what_a_failing_storage_says_stays_behind() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    let log = TestLog::default();
    world.client.shutdown();
    let platform = world.platform().with_log_sink(Arc::new(log.clone()));
    world.client = StepUpClient::with_clock(world.config(), platform, world.clock.shared()).unwrap();
    // The double's error text is the whole record.
    world.storage.set(StorageMode::Fails);
    let at_start = world.client.restore(None).await.unwrap_err();
    world.storage.set(StorageMode::Works);
    let token = session_token(&world).await;
    world.storage.set(StorageMode::Fails);
    let auth = world.client.auth();
    let errors = [at_start, auth.refresh(None).await.unwrap_err(), auth.logout(None).await.unwrap_err()];
    eventually("the log", || log.text().contains("signed out")).await;
    let told = format!("{errors:?}{}{}", errors.each_ref().map(ToString::to_string).join(" "), log.text());
    for secret in [token.as_str(), &token[..12], EMAIL, "schema_version", "failed: "] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

#[tokio::test]
async fn a_user_who_signs_in_while_nothing_can_be_written_is_the_one_who_is_signed_in() {
    let mut world = World::new().await;
    let first = sign_in_with_tokens(&world).await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    world.storage.set(StorageMode::Fails);
    world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await.unwrap_err();
    let second = user_id(&world).await.unwrap();
    assert_ne!(second, first);
    assert!(holds_no_token(&world));
    world.storage.set(StorageMode::Works);
    world.client.auth().refresh(None).await.unwrap();
    world.restart();
    assert_eq!(user_id(&world).await, Some(second));
}

#[tokio::test]
async fn i03_a_user_whose_session_could_not_be_overwritten_does_not_come_back() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    world.storage.set(StorageMode::Fails);
    world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await.unwrap_err();
    world.client.shutdown();
    world.storage.set(StorageMode::Works);
    world.client = world.open().unwrap();
    assert_no_session(&world).await;
    assert_eq!(world.client.auth().pending_otp(None).await, Ok(None), "the code was used");
    assert_signed_out(&world).await;
}
