//! Deleting the account while the session changes, and cancelling it (I3, I4, I15).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{CancelToken, StepUpError};
use stepup_test_support::{KeyMode, World, eventually};
use tokio::task::JoinHandle;

use crate::helpers::{
    DELETE, LATE, OTHER, done, holds, make_patient, patient_world, sign_in_verified, user_id,
};

/// A user who may delete the account, and a client that waits.
async fn prepared() -> (World, String) {
    let world = patient_world().await;
    let user = sign_in_verified(&world, &[DELETE]).await.user.id;
    (world, user)
}

fn deletions(world: &World) -> usize {
    world.requests("/users").iter().filter(|request| request["method"] == "DELETE").count()
}

fn begin(world: &World, cancel: Option<Arc<CancelToken>>) -> JoinHandle<Result<(), StepUpError>> {
    let auth = world.client.auth();
    tokio::spawn(async move { auth.delete_user(cancel).await })
}

/// The deletion is carried out late, and answered later still.
fn carried_out_late(world: &World) {
    world.fault(json!({ "method": "DELETE", "path": "users", "count": 1, "latencyMs": LATE }));
}

/// The deletion is answered late with success.
fn answered_late(world: &World) {
    let rule = json!({ "method": "DELETE", "path": "users", "count": 1, "latencyMs": LATE, "status": 204 });
    world.fault(rule);
}

async fn sent(world: &World) {
    eventually("the deletion arrives", || deletions(world) == 1).await;
}

#[tokio::test]
async fn i04_a_deletion_that_is_answered_after_a_change_of_user_signs_the_next_one_not_out() {
    let (world, first) = prepared().await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    answered_late(&world);
    let deletion = begin(&world, None);
    sent(&world).await;
    world.client.auth().logout(None).await.unwrap();
    let second = done(world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await).user.id;
    // The account is gone, whoever is signed in now.
    deletion.await.unwrap().unwrap();
    assert_ne!(first, second);
    assert_eq!(user_id(&world).await, Some(second.clone()));
    assert!(world.storage.text().contains(&second));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i04_a_deletion_that_is_answered_after_logout_is_one() {
    let (world, _) = prepared().await;
    answered_late(&world);
    let deletion = begin(&world, None);
    sent(&world).await;
    world.client.auth().logout(None).await.unwrap();
    deletion.await.unwrap().unwrap();
    assert_eq!(user_id(&world).await, None);
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i07_a_session_that_is_re_issued_meanwhile_makes_the_deletion_void() {
    let (world, user) = prepared().await;
    carried_out_late(&world);
    let deletion = begin(&world, None);
    sent(&world).await;
    world.client.auth().refresh(None).await.unwrap();
    // Its session was not good any more when the server looked at it; it is not sent again by itself.
    assert_eq!(deletion.await.unwrap().unwrap_err(), StepUpError::SessionReplaced);
    assert_eq!(user_id(&world).await, Some(user));
    assert!(holds(&world, DELETE));
    assert_eq!(deletions(&world), 1);
    begin(&world, None).await.unwrap().unwrap();
    assert_eq!(user_id(&world).await, None);
}

#[tokio::test]
async fn i04_a_refresh_that_is_answered_after_the_deletion_signs_nobody_in() {
    let (world, user) = prepared().await;
    let now = world.sandbox.clock().now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let body = json!({
        "user": { "id": user, "verifiedCredentials": [] }, "expiresAt": now + 7_200,
        "minifiedJwt": stepup_test_support::elevated_token(&json!({ "sub": user })),
    });
    let rule = json!({ "method": "POST", "path": "refresh", "count": 1, "latencyMs": LATE, "body": body });
    world.fault(rule);
    let auth = world.client.auth();
    let refresh = tokio::spawn(async move { auth.refresh(None).await });
    world.arrived("/refresh", 1).await;
    begin(&world, None).await.unwrap().unwrap();
    let error = refresh.await.unwrap().unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert_eq!(user_id(&world).await, None);
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i15_a_deletion_that_is_cancelled_before_it_is_sent_changes_nothing() {
    let (mut world, user) = prepared().await;
    make_patient(&mut world);
    world.client.restore(None).await.unwrap();
    // The last thing before the request is handed over.
    world.keys.set(KeyMode::Hangs);
    let lookups = world.keys.count("public_key");
    let cancel = CancelToken::new();
    let deletion = begin(&world, Some(Arc::clone(&cancel)));
    eventually("the key is looked up", || world.keys.count("public_key") > lookups).await;
    cancel.cancel();
    assert_eq!(deletion.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    world.keys.set(KeyMode::Works);
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(user_id(&world).await, Some(user));
    assert!(holds(&world, DELETE));
    assert_eq!(deletions(&world), 0);
    begin(&world, None).await.unwrap().unwrap();
}

#[tokio::test]
async fn i03_a_logout_before_it_is_sent_stops_it() {
    let (mut world, _) = prepared().await;
    make_patient(&mut world);
    world.client.restore(None).await.unwrap();
    world.keys.set(KeyMode::Hangs);
    let lookups = world.keys.count("public_key");
    let deletion = begin(&world, None);
    eventually("the key is looked up", || world.keys.count("public_key") > lookups).await;
    let auth = world.client.auth();
    let logout = tokio::spawn(async move { auth.logout(None).await });
    eventually("nobody is signed in", || !holds(&world, DELETE)).await;
    world.keys.set(KeyMode::Works);
    logout.await.unwrap().unwrap();
    let error = deletion.await.unwrap().unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert_eq!(deletions(&world), 0);
}

#[tokio::test]
async fn i15_a_deletion_that_is_cancelled_after_it_was_sent_ends_the_session_all_the_same() {
    for is_dropped in [false, true] {
        let (mut world, _) = prepared().await;
        carried_out_late(&world);
        let cancel = CancelToken::new();
        let deletion = begin(&world, Some(Arc::clone(&cancel)));
        sent(&world).await;
        if is_dropped {
            deletion.abort();
            assert!(deletion.await.unwrap_err().is_cancelled());
        } else {
            cancel.cancel();
            assert_eq!(deletion.await.unwrap().unwrap_err(), StepUpError::Cancelled);
        }
        // The caller did not wait for the answer.
        assert!(!world.storage.records().is_empty());
        eventually("the session is over", || world.storage.records().is_empty()).await;
        assert_eq!(user_id(&world).await, None);
        assert!(!holds(&world, DELETE));
        world.restart();
        assert_eq!(user_id(&world).await, None);
        assert!(world.sign_in().await.user.new_user);
    }
}

#[tokio::test]
async fn two_deletions_at_once_delete_once() {
    let (world, _) = prepared().await;
    let (first, second) = (begin(&world, None), begin(&world, None));
    let ended = [first.await.unwrap(), second.await.unwrap()];
    assert!(ended.iter().any(Result::is_ok), "{ended:?}");
    for error in ended.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    }
    assert_eq!(user_id(&world).await, None);
    assert!(world.storage.records().is_empty());
}
