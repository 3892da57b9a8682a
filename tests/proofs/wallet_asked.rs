//! What wallets do instead of signing: each ends in an error of its own, and the next attempt works.

use std::time::{Duration, Instant};

use stepup_core::{
    CancelToken, ErrorKind, PlatformCallback, StepUpError, UnavailableReason, WalletAccount, WalletChain,
};
use stepup_test_support::WalletMode;

use crate::helpers::{WALLET, session, sign_in, unavailable, world, world_with_wallet};

const SIGN_IN: &str = "wallets/signin";

/// A wallet that does this: the error, with nothing sent and the client as usable as before.
async fn refused(mode: WalletMode) -> StepUpError {
    let (world, _) = world_with_wallet().await;
    world.wallet.set(mode);
    let error = world.client.auth().sign_in_with_wallet(None, None, None).await.unwrap_err();
    assert_eq!(world.count(SIGN_IN), 0);
    assert_eq!(session(&world).await, None);
    world.wallet.set(WalletMode::Signs);
    sign_in(&world).await;
    error
}

#[tokio::test]
async fn a_user_who_declines_has_cancelled() {
    let error = refused(WalletMode::Declines).await;
    assert_eq!((error.kind(), error), (ErrorKind::Cancelled, StepUpError::Cancelled));
}

#[tokio::test]
async fn i14_a_wallet_that_hangs_is_waited_for_until_its_deadline() {
    for mode in [WalletMode::Hangs, WalletMode::Unreachable] {
        let error = refused(mode).await;
        assert_eq!(error, StepUpError::TimedOut { what: PlatformCallback::Wallet });
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    }
}

#[tokio::test]
async fn i14_a_wallet_that_throws_is_a_callback_that_failed() {
    let error = refused(WalletMode::Panics).await;
    assert_eq!(error, StepUpError::CallbackFailed { what: PlatformCallback::Wallet });
}

#[tokio::test]
async fn what_cannot_be_a_signature_is_not_sent() {
    for text in ["", "0x12 34", "0x12\n", &"a".repeat(4_097)] {
        let error = refused(WalletMode::Answers(text.into())).await;
        assert_eq!(error, StepUpError::CallbackFailed { what: PlatformCallback::Wallet }, "{text:?}");
    }
}

#[tokio::test]
async fn the_signature_of_another_account_signs_nobody_in() {
    let (world, _) = world_with_wallet().await;
    for mode in [
        WalletMode::SignsAs("another".into()),
        WalletMode::SignsText("another text".into()),
        WalletMode::Answers("0x00".into()),
    ] {
        world.wallet.set(mode);
        let refused = world.client.auth().sign_in_with_wallet(None, None, None).await;
        assert_eq!(unavailable(refused), UnavailableReason::ProofRefused);
        assert_eq!(session(&world).await, None);
    }
}

#[tokio::test]
async fn an_account_that_would_bring_lines_of_its_own_is_not_signed_for() {
    let world = world().await;
    let base = world.wallet.offer(WALLET, WalletChain::Evm);
    world.wallet.withdraw();
    let address = format!("{}\nURI: https://evil.example", base.address);
    world.wallet.offer_as(WALLET, WalletAccount { address, ..base });
    let refused = world.client.auth().sign_in_with_wallet(None, None, None).await.unwrap_err();
    assert_eq!(refused, StepUpError::CallbackFailed { what: PlatformCallback::Wallet });
    assert!(world.wallet.asked().is_empty());
}

#[tokio::test]
async fn i15_cancelled_while_the_wallet_is_open_nothing_is_sent() {
    let (world, _) = world_with_wallet().await;
    world.wallet.set(WalletMode::Waits);
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = std::sync::Arc::clone(&cancel);
    let call = tokio::spawn(async move { auth.sign_in_with_wallet(None, None, Some(token)).await });
    world.wallet.is_shown().await;
    let begun = Instant::now();
    cancel.cancel();
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(begun.elapsed() < Duration::from_millis(700), "{:?}", begun.elapsed());
    world.wallet.release();
    world.wallet.set(WalletMode::Signs);
    sign_in(&world).await;
    assert_eq!(world.count(SIGN_IN), 1);
}
