//! The list of passkeys, their names, their removal.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use stepup_core::{Passkey, StepUpError, UnavailableReason};
use stepup_test_support::World;

use crate::helpers::{UNLINK, arrived, linking_world, unavailable};

async fn list(world: &World) -> Vec<Passkey> {
    world.client.passkeys().list(None).await.unwrap()
}

async fn list_of(body: Value) -> Result<Vec<Passkey>, StepUpError> {
    let world = World::new().await;
    world.sign_in().await;
    world.fault(json!({ "method": "GET", "path": "users/passkeys", "body": body }));
    world.client.passkeys().list(None).await
}

#[tokio::test]
async fn a_passkey_is_listed_renamed_and_removed() {
    let world = linking_world().await;
    let passkeys = world.client.passkeys();
    assert_eq!(list(&world).await, []);
    passkeys.register(None).await.unwrap();
    let listed = list(&world).await.remove(0);
    assert!(listed.credential_id.is_some() && listed.created_at.is_some());

    let renamed = passkeys.rename(listed.id.clone(), "  Ada's phone ".into(), None).await.unwrap();
    assert_eq!((renamed.id.as_str(), renamed.alias.as_deref()), (listed.id.as_str(), Some("Ada's phone")));
    assert_eq!(list(&world).await, [renamed]);
    let expected = json!({ "id": listed.id, "alias": "Ada's phone" });
    assert_eq!(arrived(&world, "PUT", "users/passkeys")[0]["body"], expected);

    world.client.step_up().verify_passkey(vec![UNLINK], None).await.unwrap();
    passkeys.delete(listed.id, None).await.unwrap();
    assert_eq!(list(&world).await, []);
}

#[tokio::test]
async fn a_name_has_one_to_a_hundred_characters_and_another_is_not_sent() {
    let world = linking_world().await;
    let requests = world.sandbox.log().exchanges().len();
    for alias in ["", "  ", &"x".repeat(101)] {
        let refused = world.client.passkeys().rename("1".into(), alias.into(), None).await.unwrap_err();
        let StepUpError::InvalidArgument { argument, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(argument, "alias");
    }
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
}

#[tokio::test]
async fn a_passkey_that_there_is_not_cannot_be_renamed() {
    let world = linking_world().await;
    let id = "7a7f66a0-5a8c-4f0e-9d0a-6a1d3f1f9a11";
    let unknown = world.client.passkeys().rename(id.into(), "phone".into(), None).await;
    assert_eq!(unavailable(unknown), UnavailableReason::NotEnrolled);
}

#[tokio::test]
async fn i18_fault_41_what_is_odd_in_the_list_does_not_fail_it() {
    let listed = list_of(json!({
        "count": "two",
        "passkeys": [
            {
                "id": "1", "credentialId": "c", "alias": "phone", "createdAt": "2026-01-02T03:04:05.678Z",
                "updatedAt": "2026-01-02T03:04:05Z", "userAgent": "App/1", "origin": "https://app.example",
                "storage": { "name": "Keychain", "icon": "data:" },
            },
            { "id": "2", "alias": null, "createdAt": "yesterday", "storage": null, "new": {} },
            { "id": "3", "storage": { "name": null } },
            { "credentialId": "c" },
            null,
        ],
    }))
    .await
    .unwrap();
    let moment = UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let whole = Passkey {
        id: "1".into(),
        credential_id: Some("c".into()),
        alias: Some("phone".into()),
        created_at: Some(moment + Duration::from_millis(678)),
        updated_at: Some(moment),
        user_agent: Some("App/1".into()),
        origin: Some("https://app.example".into()),
        storage_name: Some("Keychain".into()),
    };
    let bare = |id: &str| Passkey {
        id: id.into(),
        credential_id: None,
        alias: None,
        created_at: None,
        updated_at: None,
        user_agent: None,
        origin: None,
        storage_name: None,
    };
    assert_eq!(listed, [whole.clone(), bare("2"), bare("3")]);
    for printed in [whole.to_string(), format!("{whole:?}")] {
        assert!(printed.contains('1') && !printed.contains("phone"), "{printed}");
    }
}

#[tokio::test]
async fn an_answer_without_a_list_does_not_mean_that_there_is_no_passkey() {
    for body in [json!({}), json!({ "passkeys": null }), json!("<html>"), json!([])] {
        let refused = list_of(body.clone()).await;
        assert!(matches!(refused, Err(StepUpError::UnexpectedAnswer { .. })), "{body}: {refused:?}");
    }
}
