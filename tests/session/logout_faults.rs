//! Signing out with a storage that does not do as it is told (I9): the deletion is made up for.

use std::time::{Duration, Instant};

use stepup_core::{ClientConfig, ErrorKind, StepUpError, StorageFailure};
use stepup_test_support::{EMAIL, StorageMode, World, eventually};

use crate::helpers::{
    OTHER, assert_signed_out, begin, holds_no_token, patient_world, session_token, sign_in_with_tokens,
    user_id,
};

const FAILED: StepUpError = StepUpError::StorageFailed { reason: StorageFailure::Unavailable };

/// Signed out in memory, while the storage still holds the session.
async fn logged_out_with(world: &World, mode: StorageMode) {
    sign_in_with_tokens(world).await;
    world.storage.set(mode);
    let error = world.client.auth().logout(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::StorageFailed { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::RetryLater);
    assert!(holds_no_token(world));
    assert_eq!(world.storage.records().len(), 1);
}

/// Waits until the storage is at rest and holds what it should.
async fn comes_to_hold(world: &World, what: &str, holds: impl Fn(&str) -> bool) {
    eventually(what, || world.storage.is_at_rest() && holds(&world.storage.text())).await;
}

#[tokio::test]
async fn i09_a_deletion_that_fails_is_told_and_the_user_is_signed_out() {
    for mode in [StorageMode::Fails, StorageMode::Locked, StorageMode::Hangs, StorageMode::Panics] {
        let world = World::new().await;
        logged_out_with(&world, mode).await;
        assert_eq!(user_id(&world).await, None, "{mode:?}");
        assert_eq!(world.count("revoke"), 1);
        world.storage.set(StorageMode::Works);
        // What was tried meanwhile has failed for good; the next call tries again.
        eventually("the storage is at rest", || world.storage.is_at_rest()).await;
        assert_eq!(user_id(&world).await, None);
        eventually("the deletion is made up for", || world.storage.records().is_empty()).await;
    }
}

#[tokio::test]
async fn i09_a_storage_that_hangs_does_not_hold_up_a_logout() {
    let world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.storage.set(StorageMode::Hangs);
    let begun = Instant::now();
    // The storage's own deadline is five seconds here.
    assert_eq!(world.client.auth().logout(None).await, Err(FAILED));
    assert!(begun.elapsed() < Duration::from_millis(3_900), "{:?}", begun.elapsed());
    assert!(holds_no_token(&world));
    world.storage.set(StorageMode::Works);
    eventually("the deletion comes to its end", || world.storage.records().is_empty()).await;
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i09_the_deletion_is_repeated_before_another_client_of_the_process_reads() {
    let mut world = World::new().await;
    logged_out_with(&world, StorageMode::Fails).await;
    world.client.shutdown();
    world.client = world.open().unwrap();
    world.storage.clear_calls();
    let error = world.client.restore(None).await.unwrap_err();
    assert_eq!((&error, world.storage.calls().as_slice()), (&FAILED, ["delete"].as_slice()));
    world.storage.set(StorageMode::Works);
    assert_signed_out(&world).await;
    assert_eq!(world.storage.calls(), ["delete", "delete", "get"]);
}

#[tokio::test]
async fn i09_a_sign_in_after_a_failed_deletion_settles_it() {
    let mut world = World::new().await;
    logged_out_with(&world, StorageMode::Fails).await;
    world.storage.set(StorageMode::Works);
    let user = world.sign_in_as(OTHER).await.user.id;
    world.restart();
    assert_eq!(user_id(&world).await, Some(user), "the new session is not what was to be deleted");
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn i09_fault_13_a_late_write_does_not_survive_a_logout() {
    let mut world = World::new().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    world.storage.hold("put");
    let error = world.client.auth().sign_in_with_otp(world.code(EMAIL), None, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RetryLater, "{error:?}");
    assert!(user_id(&world).await.is_some(), "the session holds in memory");
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.storage.calls(), ["get", "get", "put", "delete", "put", "delete"]);
    world.storage.release("put");
    eventually("the late write is undone", || world.storage.calls().len() > 6).await;
    comes_to_hold(&world, "nothing", |records| records.is_empty()).await;
    world.restart();
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i09_a_late_write_of_an_older_session_is_overwritten() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.storage.clear_calls();
    world.storage.hold("put");
    world.client.auth().refresh(None).await.unwrap_err();
    world.storage.hold_no_more("put");
    world.client.auth().refresh(None).await.unwrap();
    let token = session_token(&world).await;
    assert!(world.storage.text().contains(&token));
    world.storage.release("put");
    eventually("the repair", || world.storage.count("put") == 3).await;
    comes_to_hold(&world, "the latest session", |records| records.contains(&token)).await;
    world.restart();
    assert_eq!(session_token(&world).await, token);
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn i09_a_late_deletion_does_not_take_the_next_session_along() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.storage.hold("delete");
    assert_eq!(world.client.auth().logout(None).await, Err(FAILED));
    let user = world.sign_in_as(OTHER).await.user.id;
    let writes = world.storage.count("put");
    world.storage.release("delete");
    eventually("the session is written again", || world.storage.count("put") > writes).await;
    comes_to_hold(&world, "the session", |records| records.contains(&user)).await;
    world.restart();
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn i04_i09_a_session_that_is_read_late_does_not_undo_a_logout() {
    let mut world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.restart_with(ClientConfig { deadlines: None, ..world.config() });
    let reads = world.storage.count("get");
    world.storage.hold("get");
    let auth = world.client.auth();
    let session = begin(async move { auth.session(None).await });
    eventually("the read", || world.storage.count("get") > reads).await;
    assert_eq!(world.client.auth().logout(None).await, Err(FAILED), "the deletion waits for the read");
    world.storage.release("get");
    assert_eq!(session.await.unwrap(), Ok(None));
    assert!(holds_no_token(&world));
    comes_to_hold(&world, "nothing", str::is_empty).await;
    assert_signed_out(&world).await;
}
