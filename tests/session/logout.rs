//! Signing out (I9).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stepup_core::{CancelToken, StepUpError, TokenScope};
use stepup_test_support::{KeyMode, World, eventually};

use crate::helpers::{
    assert_signed_out, begin, holds_no_token, patient_world, session_token, sign_in_with_tokens,
};

/// What a logout may take, and some time for a busy machine.
const LIMIT: Duration = Duration::from_millis(3_900);

#[tokio::test]
async fn i09_a_logout_tells_the_server_why() {
    let world = World::new().await;
    world.sign_in().await;
    let token = session_token(&world).await;
    world.client.auth().logout(None).await.unwrap();
    assert_signed_out(&world).await;
    let revoked = world.requests("revoke");
    assert_eq!((revoked.len(), &revoked[0]["status"]), (1, &json!(204)));
    assert_eq!(revoked[0]["headers"]["x-dyn-logout-reason"], "user-intent");
    let bearer = revoked[0]["headers"]["authorization"].as_str().unwrap();
    assert!(token.ends_with(bearer.rsplit('…').next().unwrap()));
}

#[tokio::test]
async fn i09_fault_11_a_logout_clears_memory_at_once_and_does_not_depend_on_the_network() {
    let world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.fault(json!({ "method": "POST", "path": "revoke", "hang": true }));
    let auth = world.client.auth();
    let begun = Instant::now();
    let logout = begin(async move { auth.logout(None).await });
    world.arrived("revoke", 1).await;
    assert!(holds_no_token(&world));
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(logout.await.unwrap(), Ok(()));
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    assert_signed_out(&world).await;
    world.sign_in().await;
}

#[tokio::test]
async fn i09_a_logout_does_not_depend_on_a_server_that_refuses_or_is_gone() {
    let world = World::new().await;
    for effect in [json!({ "status": 500, "body": "<html>" }), json!({ "cut": "before" })] {
        world.sign_in().await;
        let mut rule = json!({ "method": "POST", "path": "revoke", "count": 1 });
        rule.as_object_mut().unwrap().extend(effect.as_object().unwrap().clone());
        world.fault(rule);
        world.client.auth().logout(None).await.unwrap();
        assert_signed_out(&world).await;
    }
    assert_eq!(world.count("revoke"), 2, "a revocation is not repeated");
}

#[tokio::test]
async fn i09_a_logout_does_not_depend_on_the_keystore() {
    let world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.keys.set(KeyMode::Hangs);
    let begun = Instant::now();
    world.client.auth().logout(None).await.unwrap();
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    assert_signed_out(&world).await;
    world.keys.set(KeyMode::Fails);
    world.client.auth().logout(None).await.unwrap();
    world.keys.set(KeyMode::Works);
    world.sign_in().await;
    let keys = sign_in_keys(&world);
    assert_ne!(keys[0], keys[1], "the session key is a new one all the same");
}

/// The session keys that sign-ins announced.
fn sign_in_keys(world: &World) -> Vec<Value> {
    let sign_ins = world.requests("emailVerifications/signin");
    sign_ins.iter().map(|request| request["body"]["sessionPublicKey"].clone()).collect()
}

#[tokio::test]
async fn i20_fault_12_after_a_logout_there_is_a_new_session_key_before_it_is_needed() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.auth().logout(None).await.unwrap();
    world.sign_in().await;
    world.client.mfa().methods(None).await.unwrap();
    let keys = sign_in_keys(&world);
    assert!(keys.iter().all(|key| key.as_str().unwrap().len() == 66), "{keys:?}");
    assert_ne!(keys[0], keys[1]);
    let first_request = &world.requests("users/mfa/methods")[0];
    assert_eq!(first_request["headers"]["x-dyn-session-public-key"], keys[1]);

    let device = |request: &Value| request["headers"]["x-dynamic-device-publickey"].clone();
    let sign_ins = world.requests("emailVerifications/signin");
    assert_eq!(device(&sign_ins[0]), device(&sign_ins[1]), "the device key stays");
    assert_eq!(world.keys.count("delete"), 1);
    assert!(world.keys.calls().iter().all(|call| call != "delete stepup.default.device"));
}

#[tokio::test]
async fn a_logout_without_a_session_has_nothing_to_tell() {
    let world = World::new().await;
    world.client.auth().logout(None).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sandbox.log().exchanges(), []);
    assert_signed_out(&world).await;
    world.sign_in().await;
}

#[tokio::test]
async fn a_logout_as_the_first_call_of_a_process_revokes_the_stored_session() {
    let mut world = World::new().await;
    world.sign_in().await;
    let token = session_token(&world).await;
    world.restart();
    world.client.auth().logout(None).await.unwrap();
    assert!(world.storage.records().is_empty());
    let revoked = world.requests("revoke");
    assert_eq!(revoked.len(), 1);
    let bearer = revoked[0]["headers"]["authorization"].as_str().unwrap();
    assert!(token.ends_with(bearer.rsplit('…').next().unwrap()));
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i15_a_logout_that_is_cancelled_signs_out_all_the_same() {
    let world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.fault(json!({ "method": "POST", "path": "revoke", "hang": true }));
    world.storage.hold("delete");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let logout = begin(async move { auth.logout(Some(token)).await });
    world.arrived("revoke", 1).await;
    cancel.cancel();
    assert_eq!(logout.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(holds_no_token(&world));
    world.storage.release("delete");
    eventually("the deletion", || world.storage.records().is_empty()).await;
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn two_logouts_at_once_are_one() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    let auth = world.client.auth();
    let (first, second) = tokio::join!(auth.logout(None), auth.logout(None));
    assert_eq!((first, second), (Ok(()), Ok(())));
    // The session, and what may be left of a visit to a provider's page.
    assert_eq!((world.count("revoke"), world.storage.count("delete")), (1, 2));
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn after_a_logout_nothing_is_required_of_the_old_session() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    let step_up = world.client.step_up();
    world.client.auth().logout(None).await.unwrap();
    let taken = step_up.take_elevated_access_token(TokenScope::WALLET_EXPORT, None).await;
    assert_eq!(taken.unwrap_err(), StepUpError::NotSignedIn { answer: None });
    let headers = step_up.authorization_headers(TokenScope::CREDENTIAL_LINK, None).await;
    assert_eq!(headers.unwrap_err(), StepUpError::NotSignedIn { answer: None });
    assert_eq!(step_up.elevation(TokenScope::CREDENTIAL_LINK), None);
}
