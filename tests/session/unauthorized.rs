//! A 401 ends the session only if it was for the present one and the server confirms it (I7).

use serde_json::json;
use stepup_core::{ErrorKind, StepUpError, TokenScope};
use stepup_test_support::World;

use crate::helpers::{
    answered_late, assert_signed_out, begin, begin_refresh, holds, patient_world, refused, session_token,
    sign_in_with_tokens, user_id,
};

#[tokio::test]
async fn i07_i03_a_session_that_the_server_has_ended_is_cleared_everywhere() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.revoke(&session_token(&world).await).await;
    let error = world.client.mfa().methods(None).await.unwrap_err();
    let StepUpError::NotSignedIn { answer: Some(answer) } = &error else { panic!("{error:?}") };
    assert_eq!((answer.status, error.kind()), (401, ErrorKind::SignInAgain));
    // Before the call returned: nothing is asked again here.
    assert!(!holds(&world, TokenScope::WALLET_EXPORT) && world.storage.records().is_empty());
    assert_eq!((world.count("users/mfa/methods"), world.count("session")), (1, 1));
    assert_signed_out(&world).await;
    world.sign_in().await;
}

#[tokio::test]
async fn i07_a_refused_refresh_is_confirmed_too() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.revoke(&session_token(&world).await).await;
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { answer: Some(_) }), "{error:?}");
    assert_eq!(world.count("session"), 1);
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i07_a_401_that_is_not_confirmed_ends_nothing() {
    let world = World::new().await;
    let user = sign_in_with_tokens(&world).await;
    let stored = world.storage.text();
    for (method, path) in [("GET", "users/mfa/methods"), ("POST", "refresh")] {
        refused(&world, method, path, 401);
        let error = match method {
            "GET" => world.client.mfa().methods(None).await.unwrap_err(),
            _ => world.client.auth().refresh(None).await.unwrap_err(),
        };
        assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
        assert_eq!(error.server_answer().unwrap().status, 401);
        assert_eq!(error.kind(), ErrorKind::RetryLater);
    }
    assert_eq!(world.count("session"), 2);
    assert_eq!(user_id(&world).await, Some(user));
    assert!(holds(&world, TokenScope::WALLET_EXPORT) && holds(&world, TokenScope::CREDENTIAL_LINK));
    assert_eq!(world.storage.text(), stored);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i07_a_401_that_cannot_be_confirmed_ends_nothing() {
    let world = World::new().await;
    let user = sign_in_with_tokens(&world).await;
    for probe in [
        json!({ "status": 500, "body": "<html>" }),
        json!({ "status": 403, "body": { "error": "Forbidden" } }),
        json!({ "cut": "before" }),
        json!({ "hang": true }),
    ] {
        refused(&world, "GET", "users/mfa/methods", 401);
        let mut rule = json!({ "method": "GET", "path": "session" });
        rule.as_object_mut().unwrap().extend(probe.as_object().unwrap().clone());
        world.fault(rule);
        let error = world.client.mfa().methods(None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RetryLater, "{error:?}");
        world.sandbox.faults().clear();
    }
    assert_eq!(user_id(&world).await, Some(user));
    assert!(holds(&world, TokenScope::WALLET_EXPORT));
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn i07_a_late_401_of_an_older_session_repeats_a_read_once() {
    let world = patient_world().await;
    let user = world.sign_in().await.user.id;
    answered_late(&world, "GET", "users/mfa/methods", 401, json!({ "error": "Session ended" }));
    let mfa = world.client.mfa();
    let read = begin(async move { mfa.methods(None).await });
    world.arrived("users/mfa/methods", 1).await;
    world.client.auth().refresh(None).await.unwrap();
    let methods = read.await.unwrap().unwrap();
    assert!(methods.iter().all(|method| !method.is_enrolled), "{methods:?}");
    assert_eq!((world.count("users/mfa/methods"), world.count("session")), (2, 0));
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn i07_a_late_401_of_an_older_session_asks_for_another_call() {
    let world = patient_world().await;
    let user = world.sign_in().await.user.id;
    answered_late(&world, "GET", "users/mfa/recovery", 401, json!({ "error": "Session ended" }));
    let mfa = world.client.mfa();
    let call = begin(async move { mfa.recovery_codes(None).await });
    world.arrived("users/mfa/recovery", 1).await;
    world.client.auth().refresh(None).await.unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((&error, error.kind()), (&StepUpError::SessionReplaced, ErrorKind::RetryLater));
    assert_eq!((world.count("users/mfa/recovery"), world.count("session")), (1, 0));
    assert_eq!(user_id(&world).await, Some(user));
    world.client.mfa().recovery_codes(None).await.unwrap();
}

#[tokio::test]
async fn i07_a_session_that_is_reissued_while_a_401_is_confirmed_goes_on() {
    let world = patient_world().await;
    let user = world.sign_in().await.user.id;
    refused(&world, "GET", "users/mfa/recovery", 401);
    answered_late(&world, "GET", "session", 401, json!({ "error": "Session ended" }));
    let mfa = world.client.mfa();
    let call = begin(async move { mfa.recovery_codes(None).await });
    world.arrived("session", 1).await;
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::SessionReplaced);
    assert_eq!(user_id(&world).await, Some(user));
}

#[tokio::test]
async fn i07_a_session_is_ended_once_however_many_calls_are_refused() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.revoke(&session_token(&world).await).await;
    world.storage.clear_calls();
    let reads: Vec<_> = (0..5)
        .map(|_| {
            let mfa = world.client.mfa();
            begin(async move { mfa.methods(None).await })
        })
        .collect();
    let refresh = begin_refresh(&world);
    for read in reads {
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    }
    let error = refresh.await.unwrap().unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert_eq!(world.storage.count("delete"), 1);
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i07_a_401_that_overtakes_a_reissue_waits_for_it() {
    let world = patient_world().await;
    let user = world.sign_in().await.user.id;
    // The old session is over at the server, the answer with the new one is still on its way.
    world.fault(json!({ "method": "POST", "path": "refresh", "latencyMs": 300 }));
    let refresh = begin_refresh(&world);
    world.arrived("refresh", 1).await;
    refused(&world, "GET", "users/mfa/recovery", 401);
    refused(&world, "GET", "session", 401);
    let overtaken = world.client.mfa().recovery_codes(None).await.unwrap_err();
    assert_eq!(overtaken, StepUpError::SessionReplaced);
    refresh.await.unwrap().unwrap();
    assert_eq!(user_id(&world).await, Some(user));
}
