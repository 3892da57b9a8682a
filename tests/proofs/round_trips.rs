//! Requests on the way of each proof, nonces warm.

use serde_json::json;

use crate::helpers::{EXPORT, assertion, sent, sign_in, world, world_with_wallet};

#[tokio::test]
async fn a_step_up_by_wallet_takes_two_requests_with_its_check() {
    let (world, _) = world_with_wallet().await;
    sign_in(&world).await;
    let before = sent(&world);
    assert!(world.client.step_up().is_required(EXPORT, None).await.unwrap());
    world.client.step_up().verify_wallet(vec![EXPORT], None, None).await.unwrap();
    assert_eq!(sent(&world) - before, 2);
}

#[tokio::test]
async fn a_step_up_by_the_apps_backend_takes_one_request_and_one_for_its_check() {
    let world = world().await;
    let jwt = assertion(&world, json!({ "sub": "user-7" })).await;
    world.client.auth().sign_in_with_external_jwt(jwt, None).await.unwrap();
    let claims = json!({ "sub": "user-7", "scope": "wallet:export" });
    let jwt = assertion(&world, claims.clone()).await;
    let before = sent(&world);
    world.client.step_up().verify_external_jwt(jwt, None).await.unwrap();
    assert_eq!(sent(&world) - before, 1);
    world.client.step_up().take_elevated_access_token(EXPORT, None).await.unwrap().unwrap();
    let jwt = assertion(&world, claims).await;
    let before = sent(&world);
    assert!(world.client.step_up().is_required(EXPORT, None).await.unwrap());
    world.client.step_up().verify_external_jwt(jwt, None).await.unwrap();
    assert_eq!(sent(&world) - before, 2);
}

#[tokio::test]
async fn a_sign_in_by_wallet_takes_one_request_and_the_first_nonces() {
    let (world, _) = world_with_wallet().await;
    sign_in(&world).await;
    assert_eq!((sent(&world), world.count("nonces")), (2, 1));
}
