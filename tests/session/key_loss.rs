//! A key that is gone ends the session; the next sign-in works with a new one.

use stepup_core::{CheckReason, DeviceKeys, ErrorKind, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{OTHER, assert_signed_out, sign_in_with_tokens, user_id};

const DEVICE_KEY: &str = "stepup.default.device";

/// The public keys that sign-ins announced: of the session, of the device.
fn announced(world: &World) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let sign_ins = world.requests("emailVerifications/signin");
    let keys = sign_ins.iter().map(|request| {
        let device = &request["headers"]["x-dynamic-device-publickey"];
        (text(&request["body"]["sessionPublicKey"]), text(device))
    });
    keys.collect()
}

fn assert_lost<T: std::fmt::Debug>(call: Result<T, StepUpError>) {
    let error = call.unwrap_err();
    assert_eq!((&error, error.kind()), (&StepUpError::KeyLost, ErrorKind::SignInAgain));
}

#[tokio::test]
async fn i03_a_session_whose_key_is_gone_after_a_restart_is_ended() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.restart();
    world.keys.lose_all().await;
    let requests = world.sandbox.log().exchanges().len();
    assert_lost(world.client.passkeys().list(None).await);
    assert!(world.storage.records().is_empty());
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
    assert_signed_out(&world).await;
    world.sign_in().await;
    let keys = announced(&world);
    assert_ne!(keys[0].0, keys[1].0);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i03_a_session_key_that_was_invalidated_ends_the_session() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.restart();
    let session_key = world.keys.calls().into_iter().find(|call| call.ends_with(".session")).unwrap();
    world.keys.delete(session_key.rsplit(' ').next().unwrap().into()).await.unwrap();
    assert_lost(world.client.step_up().send_otp(None, None).await);
    assert_signed_out(&world).await;
    let device = announced(&world)[0].1.clone();
    world.sign_in().await;
    assert_eq!(announced(&world)[1].1, device, "the device key is still the one");
}

#[tokio::test]
async fn i03_a_device_key_that_is_gone_ends_the_session() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.keys.delete(DEVICE_KEY.into()).await.unwrap();
    assert_lost(world.client.auth().refresh(None).await);
    assert_eq!(world.count("refresh"), 0);
    assert!(world.storage.records().is_empty());
    assert_signed_out(&world).await;
    world.sign_in().await;
    let keys = announced(&world);
    assert_ne!(keys[0].1, keys[1].1);
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i03_a_device_key_that_was_invalidated_ends_the_session() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    world.keys.invalidate();
    let scopes = vec![TokenScope::WALLET_EXPORT];
    assert_lost(world.client.step_up().verify_otp(world.code(EMAIL), scopes, None, None).await);
    assert_signed_out(&world).await;
    world.sign_in_as(OTHER).await;
    assert_ne!(announced(&world)[0].1, announced(&world)[1].1);
}

#[tokio::test]
async fn a_device_key_that_was_lost_while_nobody_was_signed_in_is_made_anew() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.auth().logout(None).await.unwrap();
    world.keys.delete(DEVICE_KEY.into()).await.unwrap();
    world.sign_in().await;
    world.client.auth().logout(None).await.unwrap();
    world.keys.invalidate();
    let user = world.sign_in().await.user.id;
    assert_eq!(user_id(&world).await, Some(user));
    let keys = announced(&world);
    assert!(keys[0].1 != keys[1].1 && keys[1].1 != keys[2].1, "{keys:?}");
    // One that is refused for its key costs the user nothing: the code was good for the second attempt.
    assert_eq!(world.count("emailVerifications/create"), 3);
}

#[tokio::test]
async fn i01_with_a_lost_key_a_check_says_required() {
    let mut world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.restart();
    world.keys.lose_all().await;
    let check = world.client.step_up().check(TokenScope::WALLET_SIGN, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::NotSignedIn));
    assert_signed_out(&world).await;
}
