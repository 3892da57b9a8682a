//! The end of an account.

use serde_json::json;
use stepup_core::{ErrorKind, NetworkFailure, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, StorageMode, World};

use crate::helpers::{
    DELETE, LINK, OLDER, Visit, holds, holds_visit, patient_world, requests_at_all, sign_in_verified,
    user_id, world, world_with,
};

async fn delete(world: &World) -> Result<(), StepUpError> {
    world.client.auth().delete_user(None).await
}

fn deletions(world: &World) -> usize {
    world.requests("/users").iter().filter(|request| request["method"] == "DELETE").count()
}

fn is_session_key_discarded(world: &World) -> bool {
    let calls = world.keys.calls();
    calls.iter().any(|call| call.starts_with("delete ") && call.ends_with(".session"))
}

/// The next deletion is answered with this.
fn answered(world: &World, status: u16, body: serde_json::Value) {
    let rule = json!({ "method": "DELETE", "path": "users", "count": 1, "status": status, "body": body });
    world.fault(rule);
}

#[tokio::test]
async fn i03_the_user_is_signed_out_everywhere_before_the_call_returns() {
    let mut world = world().await;
    let user = sign_in_verified(&world, &[DELETE, LINK]).await.user;
    assert!(!is_session_key_discarded(&world));
    delete(&world).await.unwrap();
    assert!(world.storage.records().is_empty());
    assert!(!holds(&world, DELETE) && !holds(&world, LINK));
    assert!(is_session_key_discarded(&world));
    assert_eq!(user_id(&world).await, None);
    let request = world.requests("/users").pop().unwrap();
    assert!(request["headers"]["x-dyn-elevated-access-token"].is_string());
    world.restart();
    assert_eq!(user_id(&world).await, None);
    // The account is gone: whoever comes with the address is new.
    let again = world.sign_in().await.user;
    assert!(again.new_user && again.id != user.id);
}

#[tokio::test]
async fn fault_43_without_a_token_the_step_up_is_named() {
    let world = world().await;
    let user = sign_in_verified(&world, &[LINK]).await.user;
    let error = delete(&world).await.unwrap_err();
    let (operation, scope) = ("delete_user".into(), TokenScope::USER_DELETE);
    assert_eq!(error, StepUpError::StepUpRequired { operation, scope, token_was_attached: false });
    assert_eq!(error.kind(), ErrorKind::StepUpNeeded);
    assert_eq!(user_id(&world).await, Some(user.id));
    assert!(holds(&world, LINK));
    world.verify_by_email(&[DELETE]).await.unwrap();
    delete(&world).await.unwrap();
}

#[tokio::test]
async fn fault_43_a_token_that_is_refused_is_gone_also_from_the_storage() {
    let mut world = world().await;
    sign_in_verified(&world, &[DELETE]).await;
    answered(&world, 403, json!({ "error": "Elevated access token required" }));
    let error = delete(&world).await.unwrap_err();
    let (operation, scope) = ("delete_user".into(), TokenScope::USER_DELETE);
    assert_eq!(error, StepUpError::StepUpRequired { operation, scope, token_was_attached: true });
    assert!(!holds(&world, DELETE));
    world.restart();
    assert!(user_id(&world).await.is_some() && !holds(&world, DELETE));
}

#[tokio::test]
async fn fault_44_a_403_that_is_about_something_else_stays_what_it_is() {
    let world = world().await;
    let user = sign_in_verified(&world, &[DELETE]).await.user;
    for body in [
        json!({ "error": "Insufficient scope permissions" }),
        json!({ "error": "Forbidden" }),
        json!({ "error": { "code": "access_denied", "message": "no" }, "payload": { "email": EMAIL } }),
        json!("<html>"),
    ] {
        answered(&world, 403, body.clone());
        let error = delete(&world).await.unwrap_err();
        let StepUpError::Server { operation, answer, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!((operation.as_str(), answer.status), ("delete_user", 403));
        assert_eq!(error.kind(), ErrorKind::FixConfiguration);
        assert!(!format!("{error:?} {error}").contains(EMAIL));
    }
    assert_eq!(user_id(&world).await, Some(user.id));
    assert!(holds(&world, DELETE));
}

#[tokio::test]
async fn before_step_up_no_token_is_needed() {
    let world = world_with(json!({ "apiVersion": OLDER })).await;
    world.sign_in().await;
    delete(&world).await.unwrap();
    assert_eq!(user_id(&world).await, None);
}

#[tokio::test]
async fn nobody_signed_in_deletes_nobody() {
    let world = world().await;
    assert_eq!(delete(&world).await.unwrap_err(), StepUpError::NotSignedIn { answer: None });
    assert_eq!(requests_at_all(&world), 0);
}

#[tokio::test]
async fn i10_a_deletion_is_sent_once_and_its_failure_leaves_everything() {
    let world = world().await;
    let user = sign_in_verified(&world, &[DELETE]).await.user;
    let stored = world.storage.text();
    for (index, failure) in [
        json!({ "status": 500, "body": "<html>" }),
        json!({ "status": 503, "headers": { "retry-after": "0" } }),
        json!({ "status": 429, "headers": { "retry-after": "0" } }),
        json!({ "cut": "before" }),
        json!({ "hang": true }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut rule = failure.clone();
        (rule["method"], rule["path"], rule["count"]) = ("DELETE".into(), "users".into(), 1.into());
        world.fault(rule);
        delete(&world).await.unwrap_err();
        assert_eq!(deletions(&world), index + 1, "{failure}");
        assert_eq!(user_id(&world).await.as_ref(), Some(&user.id), "{failure}");
        assert!(holds(&world, DELETE));
    }
    assert_eq!(world.storage.text(), stored);
    delete(&world).await.unwrap();
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_is_found_out_by_the_next_call() {
    let world = world().await;
    sign_in_verified(&world, &[DELETE]).await;
    world.fault(json!({ "method": "DELETE", "path": "users", "count": 1, "cut": "amid" }));
    let error = delete(&world).await.unwrap_err();
    let StepUpError::Network { failure, .. } = error else { panic!("{error:?}") };
    assert_eq!(failure, NetworkFailure::Interrupted);
    let error = world.client.mfa().methods(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i09_a_storage_that_fails_holds_nobody_signed_in() {
    let mut world = world().await;
    sign_in_verified(&world, &[DELETE]).await;
    world.storage.set(StorageMode::Fails);
    delete(&world).await.unwrap();
    assert_eq!(user_id(&world).await, None);
    assert!(!world.storage.records().is_empty(), "this is about a record that could not be deleted");
    world.restart();
    // What is owed comes first.
    world.client.auth().session(None).await.unwrap_err();
    world.storage.set(StorageMode::Works);
    assert_eq!(user_id(&world).await, None);
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i16_a_visit_that_is_under_way_ends_with_the_account() {
    let world = patient_world().await;
    sign_in_verified(&world, &[DELETE, LINK]).await;
    let (call, _) = Visit::Link.begin(&world).await;
    assert!(holds_visit(&world));
    delete(&world).await.unwrap();
    assert!(world.storage.records().is_empty());
    let error = call.await.unwrap().unwrap_err();
    assert!(matches!(error, StepUpError::RedirectRefused { .. }), "{error:?}");
}

#[tokio::test]
async fn while_this_device_is_not_registered_nothing_is_deleted() {
    let world = world_with(json!({ "deviceRegistration": true })).await;
    sign_in_verified(&world, &[DELETE]).await;
    world.client.auth().logout(None).await.unwrap();
    world.keys.lose_all().await;
    let mut world = world;
    world.restart();
    world.sign_in().await;
    let sent = deletions(&world);
    assert_eq!(delete(&world).await.unwrap_err(), StepUpError::DeviceRegistrationRequired);
    assert_eq!(deletions(&world), sent);
}
