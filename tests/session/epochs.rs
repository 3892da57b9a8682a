//! Tokens belong to one user and one epoch (I3): whatever ends it clears them before the call returns.

use stepup_core::{ClientConfig, ErrorKind, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, KeyMode, World, eventually};

use crate::helpers::{
    OTHER, assert_signed_out, begin, envelope, holds_no_token, patient_world, sign_in_with_tokens,
    stored_elevations, user_id,
};

#[tokio::test]
async fn i03_fault_03_the_tokens_of_one_user_are_gone_when_another_signs_in() {
    let mut world = World::new().await;
    let first = sign_in_with_tokens(&world).await;
    let second = world.sign_in_as(OTHER).await.user.id;
    assert_ne!(first, second);
    assert!(holds_no_token(&world));
    assert_eq!((envelope(&world)["user"]["id"].as_str(), stored_elevations(&world)), (Some(&*second), 0));
    assert!(!world.storage.text().contains(&first));

    let refused = world.client.mfa().enroll_totp(None).await.unwrap_err();
    assert!(matches!(refused, StepUpError::StepUpRequired { token_was_attached: false, .. }), "{refused:?}");
    let sent = world.requests("users/mfa/register/totp");
    assert!(sent[0]["headers"]["x-dyn-elevated-access-token"].is_null());
    world.restart();
    assert_eq!(user_id(&world).await, Some(second));
    assert!(holds_no_token(&world));
}

#[tokio::test]
async fn i03_signing_in_again_as_the_same_user_ends_the_tokens_too() {
    let world = World::new().await;
    let first = sign_in_with_tokens(&world).await;
    assert_eq!(world.sign_in_as(EMAIL).await.user.id, first);
    assert!(holds_no_token(&world));
    assert_eq!(stored_elevations(&world), 0);
}

#[tokio::test]
async fn i03_a_logout_ends_the_tokens() {
    let mut world = World::new().await;
    let first = sign_in_with_tokens(&world).await;
    world.client.auth().logout(None).await.unwrap();
    assert!(holds_no_token(&world) && world.storage.records().is_empty());
    assert_signed_out(&world).await;
    // They do not come back with the same user either.
    assert_eq!(world.sign_in().await.user.id, first);
    assert!(holds_no_token(&world));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(holds_no_token(&world));
}

#[tokio::test]
async fn i03_the_loss_of_a_key_ends_the_tokens() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.keys.lose_all().await;
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert_eq!((&error, error.kind()), (&StepUpError::KeyLost, ErrorKind::SignInAgain));
    assert!(holds_no_token(&world) && world.storage.records().is_empty());
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn codes_for_a_step_up_end_with_the_session() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    let code = world.code(EMAIL);
    world.client.auth().logout(None).await.unwrap();
    world.sign_in().await;
    let scopes = vec![TokenScope::WALLET_EXPORT];
    for id in [Some(sent.id), None] {
        let refused = world.client.step_up().verify_otp(code.clone(), scopes.clone(), id, None).await;
        let error = refused.unwrap_err();
        assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    }
    assert_eq!(world.count("emailVerifications/verify"), 0);
}

#[tokio::test]
async fn a_call_whose_key_went_with_the_session_says_that_nobody_is_signed_in() {
    let mut world = patient_world().await;
    sign_in_with_tokens(&world).await;
    world.restart_with(ClientConfig { deadlines: None, ..world.config() });
    world.client.restore(None).await.unwrap();
    world.keys.set(KeyMode::Hangs);
    let lookups = world.keys.count("public_key");
    let mfa = world.client.mfa();
    let read = begin(async move { mfa.methods(None).await });
    eventually("the session key is looked up", || world.keys.count("public_key") > lookups).await;
    world.client.auth().logout(None).await.unwrap();
    world.keys.lose_all().await;
    world.keys.set(KeyMode::Works);
    assert_eq!(read.await.unwrap().unwrap_err(), StepUpError::NotSignedIn { answer: None });
    assert_eq!(world.count("users/mfa/methods"), 0);
}
