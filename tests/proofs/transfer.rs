//! A wallet that is another user's: it moves here if the user says so.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{CancelToken, LinkOutcome, Session, StepUpError, WalletAccount, WalletChain};
use stepup_test_support::{EMAIL, WalletMode, World};

use crate::helpers::{
    LINK, OTHER, WALLET, holds, patch_policy, refused_argument, session, sign_in, sign_in_to_link, wallets,
    world_with,
};

const TRANSFERS: &str = "verify/transfer";

/// A user signed in by e-mail, with a token for linking, and offered the wallet of somebody else.
async fn offered() -> (World, WalletAccount) {
    let world = world_with(json!({ "linkConflict": "transfer" })).await;
    let account = world.wallet.offer(WALLET, WalletChain::Evm);
    sign_in(&world).await;
    sign_in_to_link(&world, EMAIL).await;
    let outcome = world.client.auth().link_wallet(None, None).await;
    assert_eq!(outcome, Ok(LinkOutcome::TransferRequired { account: account.clone() }));
    (world, account)
}

async fn confirm(world: &World) -> Result<LinkOutcome, StepUpError> {
    world.client.auth().confirm_transfer(None).await
}

fn done(outcome: Result<LinkOutcome, StepUpError>) -> Session {
    match outcome {
        Ok(LinkOutcome::Done { session }) => session,
        other => panic!("not transferred but {other:?}"),
    }
}

/// There is nothing to confirm, and the wallet is not asked.
async fn nothing_to_confirm(world: &World) {
    let asked = world.wallet.asked().len();
    assert_eq!(refused_argument(confirm(world).await).0, "transfer");
    assert_eq!(world.wallet.asked().len(), asked);
}

#[tokio::test]
async fn a_wallet_moves_when_the_user_confirms_it() {
    let (world, account) = offered().await;
    let before = session(&world).await.unwrap();
    assert!(wallets(&before).is_empty(), "nothing has changed yet");
    let after = done(confirm(&world).await);
    assert_eq!(after.user.id, before.user.id);
    assert_eq!(wallets(&after)[0].wallet_address, Some(account.address));
    assert!(holds(&world, LINK), "the same user, the same epoch");
    nothing_to_confirm(&world).await;
}

#[tokio::test]
async fn i19_the_wallet_signs_another_text_for_the_transfer() {
    let (world, _) = offered().await;
    done(confirm(&world).await);
    let nonces: Vec<_> = world.wallet.asked().iter().map(|asked| nonce(&asked.message)).collect();
    assert_eq!(nonces.len(), 3);
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2], "{nonces:?}");
}

fn nonce(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("Nonce: ")).unwrap().to_owned()
}

#[tokio::test]
async fn a_transfer_that_was_not_offered_cannot_be_confirmed() {
    let world = world_with(json!({ "linkConflict": "transfer" })).await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    let nobody = confirm(&world).await;
    assert_eq!(nobody, Err(StepUpError::NotSignedIn { answer: None }));
    sign_in(&world).await;
    nothing_to_confirm(&world).await;
}

#[tokio::test]
async fn an_offer_stays_until_it_is_taken() {
    let (world, _) = offered().await;
    world.wallet.set(WalletMode::Declines);
    assert_eq!(confirm(&world).await, Err(StepUpError::Cancelled));
    world.wallet.set(WalletMode::Signs);
    world.fault(json!({ "method": "POST", "path": TRANSFERS, "count": 1, "status": 500 }));
    assert!(matches!(confirm(&world).await, Err(StepUpError::Server { .. })));
    done(confirm(&world).await);
}

#[tokio::test]
async fn i03_an_offer_ends_with_the_session_it_was_made_in() {
    let (world, _) = offered().await;
    sign_in_to_link(&world, OTHER).await;
    nothing_to_confirm(&world).await;
}

#[tokio::test]
async fn the_token_for_linking_is_needed_for_a_transfer_too() {
    let (world, _) = offered().await;
    world.sandbox.clock().advance(900);
    world.client.auth().refresh(None).await.unwrap();
    assert!(!holds(&world, LINK), "it has run out");
    let asked = world.wallet.asked().len();
    let refused = confirm(&world).await;
    assert!(matches!(refused, Err(StepUpError::StepUpRequired { .. })), "{refused:?}");
    assert_eq!(world.wallet.asked().len(), asked);
}

#[tokio::test]
async fn only_the_latest_offer_can_be_confirmed() {
    let (world, account) = offered().await;
    patch_policy(&world, &json!({ "linkConflict": "merge" }));
    let outcome = world.client.auth().link_wallet(None, None).await;
    assert!(matches!(outcome, Ok(LinkOutcome::MergeRequired { .. })), "{outcome:?}");
    nothing_to_confirm(&world).await;
    patch_policy(&world, &json!({ "linkConflict": "transfer" }));
    let outcome = world.client.auth().link_wallet(None, None).await;
    assert_eq!(outcome, Ok(LinkOutcome::TransferRequired { account }));
    let merged = world.client.auth().confirm_merge(vec![], None).await;
    assert_eq!(refused_argument(merged).0, "merge");
    done(confirm(&world).await);
}

#[tokio::test]
async fn i15_a_transfer_that_is_cancelled_after_it_was_sent_is_done() {
    let (world, _) = offered().await;
    world.fault(json!({ "method": "POST", "path": TRANSFERS, "count": 1, "latencyMs": 300 }));
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let call = tokio::spawn(async move { auth.confirm_transfer(Some(token)).await });
    world.arrived(TRANSFERS, 1).await;
    cancel.cancel();
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    // Whatever re-issues the session next waits until the one under way is stored.
    let after = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(wallets(&after).len(), 1);
    nothing_to_confirm(&world).await;
}
