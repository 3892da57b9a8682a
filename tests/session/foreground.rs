//! What happens when the app comes to the foreground.

use serde_json::json;
use stepup_test_support::{World, eventually};

use crate::helpers::{assert_signed_out, holds_no_token, session_token, sign_in_with_tokens};

/// Makes the client learn the time.
async fn ask(world: &World) {
    world.client.mfa().methods(None).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_about_to_run_out_is_renewed() {
    let world = World::new().await;
    world.sign_in().await;
    let old = session_token(&world).await;
    world.sandbox.clock().advance(7_200 - 299);
    ask(&world).await;
    world.client.set_foreground(true);
    eventually("the renewal is stored", || !world.storage.text().contains(&old)).await;
    assert_eq!(world.count("refresh"), 1);
    ask(&world).await;
}

#[tokio::test]
async fn a_session_that_has_run_out_is_ended() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    world.clock.set_ahead(7_201);
    world.client.set_foreground(true);
    eventually("the end", || world.storage.records().is_empty()).await;
    assert!(holds_no_token(&world));
    assert_signed_out(&world).await;
    assert_eq!(world.count("refresh"), 0);
}

#[tokio::test]
async fn a_session_with_time_left_is_left_alone() {
    let world = World::new().await;
    world.sign_in().await;
    world.sandbox.clock().advance(7_200 - 370);
    ask(&world).await;
    world.client.set_foreground(true);
    for _ in 0..5 {
        ask(&world).await;
    }
    assert_eq!(world.count("refresh"), 0);
}

#[tokio::test]
async fn in_the_background_nothing_is_renewed() {
    let world = World::new().await;
    world.sign_in().await;
    world.sandbox.clock().advance(7_200 - 60);
    ask(&world).await;
    world.client.set_foreground(false);
    for _ in 0..5 {
        ask(&world).await;
    }
    assert_eq!(world.count("refresh"), 0);
}

#[tokio::test]
async fn i21_before_the_first_call_nothing_is_read_for_it() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.clock.set_ahead(7_100);
    world.restart();
    world.storage.clear_calls();
    world.client.set_foreground(true);
    // Longer than the reading would take: another client does all of it meanwhile.
    World::new().await.sign_in().await;
    assert!(world.storage.calls().is_empty());
    assert_eq!(world.count("refresh"), 0);
}

#[tokio::test]
async fn a_renewal_that_fails_is_told_to_whoever_calls_next() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    world.sandbox.clock().advance(7_200 - 60);
    ask(&world).await;
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "status": 500, "body": "<html>" }));
    world.client.set_foreground(true);
    world.arrived("refresh", 1).await;
    let session = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(session.user.id, user);
}
