//! Where an elevated token is attached, and what the server's "you need one" becomes (I24).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stepup_core::{ErrorKind, MfaFactorKind, StepUpError, TokenScope};
use stepup_test_support::{Totp, World};
use tokio::net::TcpListener;

use crate::helpers::{EXPORT, LINK, UNLINK, holds, verify_by_totp};

const HEADER: &str = "x-dyn-elevated-access-token";

/// A user with an authenticator app and a reusable token to remove it.
async fn prepared() -> (World, Totp) {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[UNLINK]).await;
    (world, totp)
}

async fn delete(world: &World, totp: &Totp) -> Result<(), StepUpError> {
    world.client.mfa().delete(totp.device_id.clone(), None).await
}

fn refuse_once(world: &World, body: Value) {
    let path = "users/mfa/{id}";
    world.fault(json!({ "method": "DELETE", "path": path, "count": 1, "status": 403, "body": body }));
}

fn required(operation: &str, scope: TokenScope, token_was_attached: bool) -> Result<(), StepUpError> {
    Err(StepUpError::StepUpRequired { operation: operation.into(), scope, token_was_attached })
}

#[tokio::test]
async fn i24_fault_30_tokens_go_with_the_operations_of_the_table_and_nothing_else() {
    let world = World::new().await;
    let (auth, step_up, mfa) = (world.client.auth(), world.client.step_up(), world.client.mfa());
    world.sign_in().await;
    world.verify_by_email(&[LINK, UNLINK]).await.unwrap();
    // From here on a token for everything is held.
    world.client.passkeys().register(None).await.unwrap();
    let enrollment = mfa.enroll_totp(None).await.unwrap();
    let secret = enrollment.secret.expose().to_owned();
    let totp = Totp { secret, device_id: enrollment.device_id };
    mfa.confirm_totp(world.totp_code(&totp), None).await.unwrap();
    mfa.recovery_codes(None).await.unwrap();
    mfa.regenerate_recovery_codes(None).await.unwrap();
    mfa.acknowledge_recovery_codes(None).await.unwrap();
    // Later, codes by e-mail may be sent again.
    world.sandbox.clock().advance(601);
    verify_by_totp(&world, &totp, &[LINK, UNLINK]).await;
    step_up.check(EXPORT, None).await.unwrap();
    step_up.send_otp(None, None).await.unwrap();
    step_up.resend_otp(None, None).await.unwrap();
    world.verify_by_email(&[EXPORT]).await.unwrap_err();
    step_up.verify_passkey(vec![EXPORT], None).await.unwrap();
    auth.refresh(None).await.unwrap();
    let factors = world.factors().await.unwrap();
    let passkey = factors.iter().find(|factor| factor.kind == MfaFactorKind::Passkey).unwrap();
    mfa.delete(totp.device_id.clone(), None).await.unwrap();
    world.client.passkeys().delete(passkey.id.clone().into(), None).await.unwrap();
    auth.logout(None).await.unwrap();

    let prefix = format!("/api/v0/sdk/{}/", world.sandbox.environment_id());
    let exchanges = world.sandbox.log().exchanges();
    let (with, without): (Vec<_>, Vec<_>) =
        exchanges.iter().partition(|exchange| exchange.headers.contains_key(HEADER));
    let endpoints = |exchanges: Vec<&stepup_sandbox::Exchange>| -> BTreeSet<String> {
        let name = |path: &str| path.replace(&prefix, "").replace(totp.device_id.as_str(), "{id}");
        let endpoints = exchanges.iter();
        endpoints.map(|exchange| format!("{} {}", exchange.method, name(&exchange.path))).collect()
    };
    let table = [
        "DELETE users/mfa/{id}",
        "DELETE users/passkeys",
        "GET users/mfa/register/totp",
        "POST users/passkeys/register",
    ];
    assert_eq!(endpoints(with), table.map(String::from).into());
    assert!(endpoints(without).len() >= 14, "the other calls were made too");
}

#[tokio::test]
async fn i24_a_redirect_does_not_take_the_token_elsewhere() {
    let (world, totp) = prepared().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/steal", elsewhere.local_addr().unwrap());
    for status in [301, 302, 303, 307, 308] {
        world.fault(json!({
            "method": "DELETE", "path": "users/mfa/{id}", "count": 1, "status": status,
            "headers": { "location": location },
        }));
        let refused = delete(&world, &totp).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FixConfiguration, "{refused:?}");
    }
    let (accepted, timeout) = (elsewhere.accept(), std::time::Duration::from_millis(50));
    assert!(tokio::time::timeout(timeout, accepted).await.is_err(), "somebody came");
    delete(&world, &totp).await.unwrap();
}

#[tokio::test]
async fn fault_43_without_a_token_the_operation_and_the_scope_are_told() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let refused = delete(&world, &totp).await;
    assert_eq!(refused, required("delete_totp", UNLINK, false));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::StepUpNeeded);
    verify_by_totp(&world, &totp, &[UNLINK]).await;
    delete(&world, &totp).await.unwrap();
}

#[tokio::test]
async fn fault_43_a_token_that_the_server_finds_expired_is_removed() {
    let (mut world, totp) = prepared().await;
    // The core does not know yet what time it is.
    world.sandbox.clock().advance(601);
    assert!(holds(&world, UNLINK));
    assert_eq!(delete(&world, &totp).await, required("delete_totp", UNLINK, true));
    assert!(!holds(&world, UNLINK));
    assert_eq!(delete(&world, &totp).await, required("delete_totp", UNLINK, false));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(!holds(&world, UNLINK));
}

#[tokio::test]
async fn fault_43_a_reusable_token_that_the_server_refuses_is_removed_for_good() {
    for body in [
        json!({ "error": "Elevated access token required" }),
        json!({ "error": "no", "code": "elevated_access_token_required" }),
        json!({ "error": { "code": "x", "message": "an ELEVATED ACCESS TOKEN is needed" }, "payload": {} }),
    ] {
        let (mut world, totp) = prepared().await;
        refuse_once(&world, body);
        assert_eq!(delete(&world, &totp).await, required("delete_totp", UNLINK, true));
        assert!(!holds(&world, UNLINK));
        world.restart();
        world.client.restore(None).await.unwrap();
        assert!(!holds(&world, UNLINK), "it does not come back with the next start");
        verify_by_totp(&world, &totp, &[UNLINK]).await;
        delete(&world, &totp).await.unwrap();
    }
}

#[tokio::test]
async fn fault_43_a_single_use_token_that_the_server_refuses_is_gone() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[UNLINK, EXPORT]).await;
    refuse_once(&world, json!({ "error": "Elevated access token required" }));
    assert_eq!(delete(&world, &totp).await, required("delete_totp", UNLINK, true));
    assert!(!holds(&world, UNLINK) && !holds(&world, EXPORT));
}

#[tokio::test]
async fn fault_44_another_403_is_not_about_step_up_and_leaves_the_token() {
    let (world, totp) = prepared().await;
    for body in [
        json!({ "error": "Insufficient scope permissions" }),
        json!({ "error": "Forbidden" }),
        json!({ "error": { "code": "access_denied", "message": "not you" }, "payload": {} }),
        json!("<html>Forbidden</html>"),
        json!(""),
    ] {
        refuse_once(&world, body.clone());
        let refused = delete(&world, &totp).await.unwrap_err();
        let StepUpError::Server { operation, answer, .. } = &refused else { panic!("{body}: {refused:?}") };
        assert_eq!((operation.as_str(), answer.status), ("delete_totp", 403));
        assert_eq!(refused.kind(), ErrorKind::FixConfiguration);
        assert!(holds(&world, UNLINK), "{body}");
    }
    delete(&world, &totp).await.unwrap();
}

#[tokio::test]
async fn fault_44_a_word_about_elevation_with_another_status_is_not_about_step_up() {
    let (world, totp) = prepared().await;
    for status in [400, 404, 422, 500] {
        world.fault(json!({
            "method": "DELETE", "path": "users/mfa/{id}", "count": 1, "status": status,
            "body": { "error": "Elevated access token required" },
        }));
        let refused = delete(&world, &totp).await.unwrap_err();
        assert!(matches!(refused, StepUpError::Server { .. }), "{status}: {refused:?}");
        assert!(holds(&world, UNLINK), "{status}");
    }
}
