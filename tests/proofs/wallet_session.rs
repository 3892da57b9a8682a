//! What happens to the session while a wallet is open: what was signed for one is not sent for another (I3).

use stepup_core::{ClientConfig, StepUpError};
use stepup_test_support::{EMAIL, WalletMode, World};
use tokio::task::JoinHandle;

use crate::helpers::{EXPORT, OTHER, config, holds, session, sign_in, sign_in_to_link, world_with_wallet};

/// A wallet whose user takes all the time in the world.
async fn patient_world() -> World {
    let (mut world, _) = world_with_wallet().await;
    world.restart_with(ClientConfig { deadlines: None, ..config(&world) });
    world
}

/// A call that waits for the wallet.
async fn waiting<T: Send + 'static>(
    world: &World,
    call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
) -> JoinHandle<Result<T, StepUpError>> {
    world.wallet.set(WalletMode::Waits);
    let call = tokio::spawn(call);
    world.wallet.is_shown().await;
    call
}

async fn not_signed_in<T: std::fmt::Debug>(world: &World, call: JoinHandle<Result<T, StepUpError>>) {
    world.wallet.release();
    let refused = call.await.unwrap();
    assert!(matches!(refused, Err(StepUpError::NotSignedIn { answer: None })), "{refused:?}");
}

#[tokio::test]
async fn a_sign_in_begun_before_a_logout_is_not_sent() {
    let world = patient_world().await;
    let auth = world.client.auth();
    let call = waiting(&world, async move { auth.sign_in_with_wallet(None, None, None).await }).await;
    world.client.auth().logout(None).await.unwrap();
    not_signed_in(&world, call).await;
    assert_eq!(world.count("wallets/signin"), 0);
    assert_eq!(session(&world).await, None);
}

#[tokio::test]
async fn a_step_up_begun_before_a_logout_is_not_sent() {
    let world = patient_world().await;
    sign_in(&world).await;
    let step_up = world.client.step_up();
    world.wallet.is_shown().await;
    let call = waiting(&world, async move { step_up.verify_wallet(vec![EXPORT], None, None).await }).await;
    world.client.auth().logout(None).await.unwrap();
    not_signed_in(&world, call).await;
    assert_eq!(world.count("wallets/verify"), 0);
}

#[tokio::test]
async fn a_step_up_begun_by_one_user_is_not_sent_for_the_next() {
    let world = patient_world().await;
    sign_in(&world).await;
    world.wallet.is_shown().await;
    let step_up = world.client.step_up();
    let call = waiting(&world, async move { step_up.verify_wallet(vec![EXPORT], None, None).await }).await;
    world.sign_in_as(OTHER).await;
    not_signed_in(&world, call).await;
    assert_eq!(world.count("wallets/verify"), 0);
    assert!(!holds(&world, EXPORT) && session(&world).await.is_some());
}

#[tokio::test]
async fn a_link_begun_by_one_user_is_not_sent_for_the_next() {
    let world = patient_world().await;
    sign_in_to_link(&world, EMAIL).await;
    let auth = world.client.auth();
    let call = waiting(&world, async move { auth.link_wallet(None, None).await }).await;
    sign_in_to_link(&world, OTHER).await;
    not_signed_in(&world, call).await;
    assert_eq!(world.count("verify/link"), 0);
}

#[tokio::test]
async fn a_sign_in_begun_while_somebody_else_signs_in_takes_their_place() {
    let world = patient_world().await;
    let auth = world.client.auth();
    let call = waiting(&world, async move { auth.sign_in_with_wallet(None, None, None).await }).await;
    let before = world.sign_in_as(EMAIL).await;
    world.wallet.release();
    call.await.unwrap().unwrap();
    assert_ne!(session(&world).await.unwrap().user.id, before.user.id);
}
