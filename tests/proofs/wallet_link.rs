//! Linking a wallet to the user who is signed in.

use stepup_core::{LinkOutcome, Session, StepUpError, UnavailableReason, WalletChain};
use stepup_test_support::{EMAIL, WalletMode, World};

use crate::helpers::{
    LINK, WALLET, holds, session, sign_in_to_link, unavailable, wallets, world_with_wallet,
};

const LINKS: &str = "verify/link";

async fn link(world: &World) -> Result<LinkOutcome, StepUpError> {
    world.client.auth().link_wallet(None, None).await
}

fn linked(outcome: Result<LinkOutcome, StepUpError>) -> Session {
    match outcome {
        Ok(LinkOutcome::Done { session }) => session,
        other => panic!("not linked but {other:?}"),
    }
}

#[tokio::test]
async fn fault_30_a_wallet_is_linked_with_the_token_for_linking() {
    let (world, account) = world_with_wallet().await;
    let before = sign_in_to_link(&world, EMAIL).await;
    let after = linked(link(&world).await);
    assert_eq!(after.user.id, before.user.id);
    assert_eq!(wallets(&after)[0].wallet_address, Some(account.address));
    let request = &world.requests(LINKS)[0];
    assert!(request["headers"]["x-dyn-elevated-access-token"].is_string(), "{request}");
    assert!(request["headers"]["x-dynamic-device-nonce"].is_string(), "{request}");
    assert!(holds(&world, LINK), "the same session, and a reusable token");
}

#[tokio::test]
async fn the_account_with_the_address_is_linked() {
    let (world, _) = world_with_wallet().await;
    let second = world.wallet.offer("second", WalletChain::Solana);
    sign_in_to_link(&world, EMAIL).await;
    let after = linked(world.client.auth().link_wallet(Some(second.address.clone()), None).await);
    assert_eq!(wallets(&after)[0].wallet_address, Some(second.address));
    let unknown = world.client.auth().link_wallet(Some("0x00".into()), None).await;
    assert_eq!(unavailable(unknown), UnavailableReason::NotOnThisDevice);
    assert_eq!(world.count(LINKS), 1);
}

#[tokio::test]
async fn that_a_step_up_is_needed_is_told_before_the_wallet_is_asked() {
    let (world, _) = world_with_wallet().await;
    world.sign_in_as(EMAIL).await;
    let refused = link(&world).await;
    let is_told = matches!(&refused,
        Err(StepUpError::StepUpRequired { scope, token_was_attached: false, .. }) if *scope == LINK);
    assert!(is_told, "{refused:?}");
    assert_eq!((world.wallet.listed(), world.count(LINKS)), (0, 0));
}

#[tokio::test]
async fn the_signature_of_another_account_links_nothing() {
    let (world, _) = world_with_wallet().await;
    let before = sign_in_to_link(&world, EMAIL).await;
    world.wallet.set(WalletMode::SignsAs("another".into()));
    assert_eq!(unavailable(link(&world).await), UnavailableReason::ProofRefused);
    let after = session(&world).await.unwrap();
    assert_eq!(after.user.verified_credentials, before.user.verified_credentials);
    world.wallet.set(WalletMode::Signs);
    linked(link(&world).await);
}

#[tokio::test]
async fn nobody_links_without_a_session() {
    let (world, _) = world_with_wallet().await;
    let refused = link(&world).await;
    assert_eq!(refused, Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(world.wallet.listed(), 0);
}

#[tokio::test]
async fn where_the_environment_refuses_a_wallet_of_another_user_there_is_nothing_to_confirm() {
    let (world, _) = world_with_wallet().await;
    crate::helpers::sign_in(&world).await;
    sign_in_to_link(&world, EMAIL).await;
    assert_eq!(unavailable(link(&world).await), UnavailableReason::BelongsToAnotherUser);
    assert!(wallets(&session(&world).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_wallet_that_is_linked_proves_who_the_user_is() {
    let (world, _) = world_with_wallet().await;
    sign_in_to_link(&world, EMAIL).await;
    linked(link(&world).await);
    world.wallet.withdraw();
    world.wallet.offer(WALLET, WalletChain::Evm);
    let is_usable = wallets(&session(&world).await.unwrap())[0].sign_in_enabled;
    let proven = world.client.step_up().verify_wallet(vec![crate::helpers::EXPORT], None, None).await;
    assert_eq!(proven.is_ok(), is_usable, "{proven:?}");
}
