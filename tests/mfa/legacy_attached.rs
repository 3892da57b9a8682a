//! A legacy token goes with the calls that take it, and only where no elevated token does.

use serde_json::json;
use stepup_core::{LegacyTokenKind, NetworkFailure, StepUpError, TokenScope, UpdateOutcome, UserUpdate};
use stepup_test_support::{Totp, World};

use crate::helpers::{
    ELEVATED_HEADER, LEGACY_HEADER, UNLINK, arrived, create_token, legacy_world, patch_policy,
};

async fn rename(world: &World, name: &str) -> Result<UpdateOutcome, StepUpError> {
    let update = UserUpdate { first_name: Some(name.into()), ..UserUpdate::default() };
    world.client.auth().update_user(update, None).await
}

/// Whether the last request of this kind carried a legacy and an elevated token.
fn carried(world: &World, method: &str, path: &str) -> (bool, bool) {
    let headers = arrived(world, method, path).pop().expect("it was sent")["headers"].clone();
    let has = |name: &str| headers[name].as_str().is_some_and(|value| !value.is_empty());
    (has(LEGACY_HEADER), has(ELEVATED_HEADER))
}

fn held(world: &World) -> bool {
    world.client.mfa().has_legacy_token()
}

async fn elevate(world: &World, totp: &Totp, scope: TokenScope) {
    world.client.step_up().verify_totp(world.totp_code(totp), vec![scope], None, None).await.unwrap();
}

#[tokio::test]
async fn the_calls_that_take_it_carry_it_and_a_reusable_one_stays() {
    let (world, totp) = legacy_world().await;
    world.client.passkeys().register(None).await.unwrap();
    // The permission to link, which came with the sign-in, is over.
    world.sandbox.clock().advance(601);
    create_token(&world, &totp, LegacyTokenKind::Reusable).await.unwrap();
    rename(&world, "Ada").await.unwrap();
    assert_eq!(carried(&world, "PUT", "users"), (true, false));

    let passkey = world.client.passkeys().list(None).await.unwrap().remove(0).id;
    world.client.passkeys().delete(passkey, None).await.unwrap();
    assert_eq!(carried(&world, "DELETE", "users/passkeys"), (true, false));

    world.client.mfa().delete(totp.device_id.clone(), None).await.unwrap();
    assert_eq!(carried(&world, "DELETE", &format!("users/mfa/{}", totp.device_id)), (true, false));
    world.client.auth().link_email("lovelace@example.com".into(), None).await.unwrap();
    assert!(held(&world));
    world.client.auth().delete_user(None).await.unwrap();
    assert!(!held(&world), "the session is over");

    // What does not take it does not carry it.
    let prefix = format!("/api/v0/sdk/{}/", world.sandbox.environment_id());
    let with = world.sandbox.log().exchanges().into_iter();
    let with = with.filter(|exchange| exchange.headers.contains_key(LEGACY_HEADER));
    let with: Vec<_> =
        with.map(|exchange| format!("{} {}", exchange.method, exchange.path.replace(&prefix, ""))).collect();
    let delete_totp = format!("DELETE users/mfa/{}", totp.device_id);
    assert_eq!(with, ["PUT users", "DELETE users/passkeys", &delete_totp, "PUT users", "DELETE users"]);
}

#[tokio::test]
async fn fault_07_a_single_use_token_goes_with_one_call_and_not_with_the_next() {
    let (world, totp) = legacy_world().await;
    create_token(&world, &totp, LegacyTokenKind::SingleUse).await.unwrap();
    rename(&world, "Ada").await.unwrap();
    assert!(!held(&world));
    let refused = rename(&world, "Grace").await.unwrap_err();
    assert_eq!(refused.server_answer().unwrap().code.as_deref(), Some("mfa_token_required"));
    assert_eq!(carried(&world, "PUT", "users"), (false, false));
}

#[tokio::test]
async fn an_elevated_token_comes_first_and_the_legacy_one_stays() {
    let (world, totp) = legacy_world().await;
    patch_policy(&world, &json!({ "apiVersion": "2026_04_01" }));
    create_token(&world, &totp, LegacyTokenKind::SingleUse).await.unwrap();
    elevate(&world, &totp, UNLINK).await;
    world.client.mfa().delete(totp.device_id.clone(), None).await.unwrap();
    assert_eq!(carried(&world, "DELETE", &format!("users/mfa/{}", totp.device_id)), (false, true));
    assert!(held(&world));
}

#[tokio::test]
async fn fault_05_a_request_that_never_left_gives_it_back() {
    let (world, totp) = legacy_world().await;
    create_token(&world, &totp, LegacyTokenKind::SingleUse).await.unwrap();
    let World { sandbox, client, .. } = world;
    sandbox.stop().await.unwrap();
    let refused = |error: StepUpError| match error {
        StepUpError::Network { failure, .. } => failure == NetworkFailure::ConnectFailed,
        other => panic!("{other:?}"),
    };
    // Until no connection is left that could take the request with it.
    while !refused(client.passkeys().list(None).await.unwrap_err()) {}
    let update = UserUpdate { first_name: Some("Ada".into()), ..UserUpdate::default() };
    for _ in 0..3 {
        assert!(refused(client.auth().update_user(update.clone(), None).await.unwrap_err()));
        assert!(client.mfa().has_legacy_token());
    }
    client.mfa().consume_legacy_token().unwrap();
    assert!(!client.mfa().has_legacy_token());
}

#[tokio::test]
async fn what_left_is_spent_also_when_no_answer_came() {
    for fault in [json!({ "cut": "before" }), json!({ "status": 500 }), json!({ "hang": true })] {
        let (world, totp) = legacy_world().await;
        create_token(&world, &totp, LegacyTokenKind::SingleUse).await.unwrap();
        let mut rule = json!({ "method": "PUT", "path": "users", "count": 1 });
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        world.fault(rule);
        rename(&world, "Ada").await.unwrap_err();
        assert!(!held(&world), "{fault}");
    }
}

#[tokio::test]
async fn a_newer_one_stays_when_an_older_one_is_refused() {
    let (world, totp) = legacy_world().await;
    // The permission to link, which came with the sign-in, is over.
    world.sandbox.clock().advance(601);
    create_token(&world, &totp, LegacyTokenKind::Reusable).await.unwrap();
    world.fault(json!({
        "method": "DELETE", "path": "users/passkeys", "count": 1, "latencyMs": 300,
        "status": 403, "body": { "error": "Elevated access token required" },
    }));
    let passkeys = world.client.passkeys();
    let delete = tokio::spawn(async move { passkeys.delete("passkey".into(), None).await });
    world.arrived("users/passkeys", 1).await;
    world.sandbox.clock().advance(30);
    create_token(&world, &totp, LegacyTokenKind::Reusable).await.unwrap();
    delete.await.unwrap().unwrap_err();
    assert_eq!(carried(&world, "DELETE", "users/passkeys"), (true, false));
    assert!(held(&world));
}
