//! Observing which elevations are held.

use stepup_core::{Elevation, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};

use crate::helpers::{one_timer, requests, sign_in_elevated, subscribe_elevations};

fn scopes(elevations: &[Elevation]) -> Vec<TokenScope> {
    elevations.iter().flat_map(|elevation| elevation.scopes.clone()).collect()
}

async fn verify(world: &World, scope: TokenScope) -> Elevation {
    world.verify_by_email(&[scope]).await.unwrap()
}

#[tokio::test]
async fn what_is_granted_and_spent_is_told_in_the_order_of_the_scopes() {
    let world = World::new().await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told(&[vec![]]).await;
    world.sign_in().await;
    let sign = verify(&world, TokenScope::WALLET_SIGN).await;
    listener.was_told(&[vec![], vec![sign.clone()]]).await;
    let export = verify(&world, TokenScope::WALLET_EXPORT).await;
    let both = vec![export, sign.clone()];
    listener.was_told(&[vec![], vec![sign.clone()], both.clone()]).await;
    assert_eq!(world.client.step_up().elevations(), both);
    world.client.step_up().take_elevated_access_token(TokenScope::WALLET_EXPORT, None).await.unwrap();
    listener.was_told(&[vec![], vec![sign.clone()], both, vec![sign.clone()]]).await;
    assert_eq!(world.client.step_up().elevations(), [sign]);
}

#[tokio::test]
async fn each_runs_out_at_its_time_without_a_call() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    verify(&world, TokenScope::WALLET_EXPORT).await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told_times(1).await;
    let requests_before = requests(&world);
    one_timer(&world, 290..=300).await;
    world.clock.advance(280);
    one_timer(&world, 5..=20).await;
    assert_eq!(listener.told().len(), 1);
    world.clock.advance(20);
    listener.was_told_times(2).await;
    assert_eq!(scopes(&listener.told()[1]), [TokenScope::CREDENTIAL_LINK]);
    one_timer(&world, 280..=300).await;
    world.clock.advance(300);
    listener.was_told_times(3).await;
    assert_eq!(listener.told()[2], []);
    eventually("nothing is left to wait for", || world.clock.timers().is_empty()).await;
    assert_eq!(requests(&world), requests_before);
}

#[tokio::test]
async fn a_token_that_the_server_refuses_is_told_as_gone() {
    let world = World::new().await;
    world.sign_in().await;
    let elevation = verify(&world, TokenScope::CREDENTIAL_UNLINK).await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told(&[vec![elevation.clone()]]).await;
    let credential = world.client.auth().session(None).await.unwrap().unwrap().user.verified_credentials;
    world.fault(serde_json::json!({
        "method": "POST", "path": "verify/unlink", "count": 1, "status": 403,
        "body": { "error": "Elevated access token required", "code": "elevated_access_token_required" },
    }));
    world.client.auth().unlink_credential(credential[0].id.clone(), None).await.unwrap_err();
    listener.knows(&vec![]).await;
}

#[tokio::test]
async fn they_end_with_the_session_and_with_another_sign_in() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told_times(1).await;
    world.sign_in_as("grace@example.com").await;
    listener.was_told_times(2).await;
    sign_in_elevated(&world).await;
    listener.was_told_times(3).await;
    world.client.auth().logout(None).await.unwrap();
    listener.was_told_times(4).await;
    let held: Vec<_> = listener.told().iter().map(Vec::len).collect();
    assert_eq!(held, [1, 0, 1, 0]);
}

#[tokio::test]
async fn they_end_with_a_session_that_runs_out_before_them() {
    let policy = serde_json::json!({ "jwtLifeSeconds": 400 });
    let world = World::with_policy(policy).await;
    sign_in_elevated(&world).await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told_times(1).await;
    one_timer(&world, 390..=400).await;
    world.clock.advance(401);
    listener.knows(&vec![]).await;
    assert_eq!(world.client.step_up().elevations(), []);
}

#[tokio::test]
async fn i22_a_clock_that_turns_out_to_be_wrong_moves_the_ends_that_are_told() {
    let world = World::new().await;
    sign_in_elevated(&world).await;
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told_times(1).await;
    world.clock.set_ahead(900);
    listener.was_told_times(2).await;
    assert_eq!(listener.told()[1], []);
    world.client.mfa().methods(None).await.unwrap();
    listener.was_told_times(3).await;
    let (before, after) = (listener.told()[0][0].expires_at, listener.told()[2][0].expires_at);
    let moved = after.duration_since(before).unwrap().as_secs();
    assert!((895..=905).contains(&moved), "{moved}");
}

#[tokio::test]
async fn only_reusable_ones_are_restored_and_none_before() {
    let mut world = World::new().await;
    sign_in_elevated(&world).await;
    verify(&world, TokenScope::WALLET_EXPORT).await;
    world.restart();
    assert_eq!(world.client.step_up().elevations(), []);
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told(&[vec![]]).await;
    world.client.restore(None).await.unwrap();
    listener.was_told_times(2).await;
    assert_eq!(scopes(&listener.told()[1]), [TokenScope::CREDENTIAL_LINK]);
}

#[tokio::test]
async fn a_proof_that_is_refused_changes_nothing() {
    let world = World::new().await;
    let elevation = {
        sign_in_elevated(&world).await;
        world.client.step_up().elevations()
    };
    let (listener, _subscription) = subscribe_elevations(&world);
    listener.was_told(std::slice::from_ref(&elevation)).await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let wrong: String = world.code(EMAIL).chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    let scopes = vec![TokenScope::WALLET_EXPORT];
    let refused = world.client.step_up().verify_otp(wrong, scopes, None, None).await.unwrap_err();
    assert!(matches!(refused, StepUpError::InvalidCode { .. }));
    assert_eq!(world.client.step_up().elevations(), elevation);
    assert_eq!(listener.told(), [elevation]);
}
