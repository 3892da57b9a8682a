//! A single-use token that went with a request: given back only if the request never left (I5).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{CancelToken, ErrorKind, NetworkFailure, StepUpError};
use stepup_test_support::{Totp, World, eventually};

use crate::{
    gate::Gate,
    helpers::{EXPORT, LINK, UNLINK, holds, verify_by_totp},
    sheet::Sheet,
};

/// A user with an authenticator app and a single-use token to remove it.
async fn prepare(world: &World) -> Totp {
    let totp = world.sign_in_and_enroll_totp().await;
    // The export makes it a single-use one.
    verify_by_totp(world, &totp, &[UNLINK, EXPORT]).await;
    assert!(world.client.step_up().elevation(UNLINK).unwrap().single_use);
    totp
}

async fn prepared() -> (World, Totp) {
    let world = World::new().await;
    let totp = prepare(&world).await;
    (world, totp)
}

async fn delete(world: &World, totp: &Totp) -> Result<(), StepUpError> {
    world.client.mfa().delete(totp.device_id.clone(), None).await
}

/// Requests that carried an elevated token.
fn attached(world: &World) -> usize {
    let exchanges = world.sandbox.log().exchanges().into_iter();
    exchanges.filter(|exchange| exchange.headers.contains_key("x-dyn-elevated-access-token")).count()
}

#[track_caller]
fn assert_network(result: Result<(), StepUpError>, expected: NetworkFailure) {
    let Err(error @ StepUpError::Network { failure, .. }) = result else { panic!("{result:?}") };
    assert_eq!((failure, error.kind()), (expected, ErrorKind::RetryLater));
}

#[tokio::test]
async fn i05_fault_05_a_refused_connection_gives_the_token_back() {
    let mut world = World::new().await;
    let mut gate = Gate::before(&mut world);
    let totp = prepare(&world).await;
    gate.shut().await;
    // After this no connection is left that could have taken the request with it.
    world.client.mfa().methods(None).await.unwrap_err();
    for _ in 0..3 {
        assert_network(delete(&world, &totp).await, NetworkFailure::ConnectFailed);
        assert!(holds(&world, UNLINK) && holds(&world, EXPORT));
    }
    gate.open();
    let before = attached(&world);
    delete(&world, &totp).await.unwrap();
    assert_eq!(attached(&world), before + 1);
    assert!(!holds(&world, UNLINK));
}

#[tokio::test]
async fn i05_a_lost_answer_spends_the_token() {
    for (fault, failure) in [
        (json!({ "cut": "before" }), NetworkFailure::Interrupted),
        (json!({ "cut": "amid", "status": 200, "body": { "ok": true } }), NetworkFailure::Interrupted),
        (json!({ "hang": true }), NetworkFailure::TimedOut),
        (json!({ "body": "x".repeat(2 << 20) }), NetworkFailure::TooLarge),
    ] {
        let (world, totp) = prepared().await;
        let mut rule = json!({ "method": "DELETE", "path": "users/mfa/{id}", "count": 1 });
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        world.fault(rule);
        let before = attached(&world);
        assert_network(delete(&world, &totp).await, failure);
        assert_eq!(attached(&world), before + 1, "a request with a token is not repeated");
        assert!(!holds(&world, UNLINK) && !holds(&world, EXPORT), "{fault}");
        let again = delete(&world, &totp).await.unwrap_err();
        assert!(matches!(again, StepUpError::StepUpRequired { token_was_attached: false, .. }), "{again:?}");
    }
}

#[tokio::test]
async fn i05_a_refusal_for_another_reason_spends_the_token() {
    for (status, body) in
        [(500, json!("<html>")), (422, json!({ "error": "no", "code": "lock_timeout" })), (307, json!(""))]
    {
        let (world, totp) = prepared().await;
        world.fault(json!({
            "method": "DELETE", "path": "users/mfa/{id}", "count": 1, "status": status, "body": body,
        }));
        let refused = delete(&world, &totp).await.unwrap_err();
        assert!(matches!(refused, StepUpError::Server { .. }), "{refused:?}");
        assert!(!holds(&world, UNLINK), "{status}");
    }
}

#[tokio::test]
async fn i05_a_lost_answer_leaves_a_reusable_token() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[UNLINK]).await;
    world.fault(json!({ "method": "DELETE", "path": "users/mfa/{id}", "count": 1, "cut": "before" }));
    assert_network(delete(&world, &totp).await, NetworkFailure::Interrupted);
    assert!(holds(&world, UNLINK));
    delete(&world, &totp).await.unwrap();
}

#[tokio::test]
async fn i15_a_call_cancelled_before_the_hand_over_takes_no_token() {
    let (world, totp) = prepared().await;
    let cancel = CancelToken::new();
    cancel.cancel();
    let before = world.count(totp.device_id.as_str());
    let cancelled = world.client.mfa().delete(totp.device_id.clone(), Some(cancel)).await;
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    assert_eq!(world.count(totp.device_id.as_str()), before);
    assert!(holds(&world, UNLINK));
    delete(&world, &totp).await.unwrap();
}

#[tokio::test]
async fn i15_a_call_cancelled_after_the_hand_over_has_spent_the_token() {
    let (world, totp) = prepared().await;
    world.fault(json!({ "method": "DELETE", "path": "users/mfa/{id}", "count": 1, "hang": true }));
    let (mfa, cancel) = (world.client.mfa(), CancelToken::new());
    let (cancelled, ()) =
        tokio::join!(mfa.delete(totp.device_id.clone(), Some(Arc::clone(&cancel))), async {
            world.arrived(totp.device_id.as_str(), 1).await;
            cancel.cancel();
        });
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    assert!(!holds(&world, UNLINK) && !holds(&world, EXPORT));
}

#[tokio::test]
async fn i15_a_registration_cancelled_at_the_sheet_keeps_the_token() {
    let mut world = World::new().await;
    let sheet = Sheet::before(&mut world);
    world.sign_in().await;
    world.verify_by_email(&[LINK, EXPORT]).await.unwrap();
    let (passkeys, cancel) = (world.client.passkeys(), CancelToken::new());
    let (cancelled, ()) = tokio::join!(passkeys.register(Some(Arc::clone(&cancel))), async {
        sheet.is_shown().await;
        cancel.cancel();
    });
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    assert!(holds(&world, LINK));
    sheet.is_dismissed().await;
    sheet.confirm();
    passkeys.register(None).await.unwrap();
    assert!(!holds(&world, LINK));
}

#[tokio::test]
async fn i15_a_verify_cancelled_after_the_hand_over_brings_the_session_and_no_token() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let verify = "emailVerifications/verify";
    world.fault(json!({ "method": "POST", "path": verify, "count": 1, "latencyMs": 200 }));
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let code = world.code(stepup_test_support::EMAIL);
    let scopes = vec![UNLINK];
    let stored = world.storage.text();
    let (cancelled, ()) =
        tokio::join!(step_up.verify_otp(code, scopes, None, Some(Arc::clone(&cancel))), async {
            world.arrived(verify, 1).await;
            cancel.cancel();
        });
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    let answered = |world: &World| world.requests(verify)[0]["status"] == 200;
    eventually("the session that came is stored", || answered(&world) && world.storage.text() != stored)
        .await;
    assert!(!holds(&world, UNLINK));
    // Had it been lost, the session before would be refused now.
    world.client.auth().refresh(None).await.unwrap();
}
