//! What comes after the user has gone another way: nothing is made of it.

use std::sync::Arc;

use stepup_core::{RedirectOutcome, SocialProvider, StepUpFlow, StepUpMethod, WalletChain};
use stepup_test_support::{BrowserMode, EMAIL, WalletMode, World, eventually};

use crate::{
    helpers::{EXPORT, granted, prompt, select, start, start_choosing},
    screen::name,
    users::{account, holds, with_google, with_many, with_wallet},
};

const GOOGLE: StepUpMethod = StepUpMethod::Social { provider: SocialProvider::Google };

fn holds_visit(world: &World) -> bool {
    world.storage.records().keys().any(|key| key.ends_with(".browser"))
}

/// The redirect of a page that nobody waits for any more is not taken.
async fn assert_not_taken(world: &World, redirect: String) {
    eventually("the visit is forgotten", || !holds_visit(world)).await;
    let outcome = world.client.auth().handle_redirect(redirect, None).await;
    assert_eq!(outcome, Ok(RedirectOutcome::NotOurs));
    assert_eq!(world.count("providers/google/verify"), 0);
    assert!(!holds(world, EXPORT));
}

#[tokio::test]
async fn i16_a_redirect_after_a_cancel_is_not_taken() {
    let world = with_google().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let flow = start(&world);
    let redirect = world.browser.redirect(2).await;
    assert!(holds_visit(&world));
    flow.cancel();
    assert_not_taken(&world, redirect).await;
}

#[tokio::test]
async fn i16_a_redirect_after_going_back_is_not_taken_and_another_method_does() {
    let world = with_many().await;
    let linked = world.count("providers/google/verify");
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let flow = start_choosing(&world);
    select(&flow, &GOOGLE).await;
    let redirect = world.browser.redirect(2).await;
    flow.back().unwrap();
    eventually("the visit is forgotten", || !holds_visit(&world)).await;
    let outcome = world.client.auth().handle_redirect(redirect, None).await;
    assert_eq!(outcome, Ok(RedirectOutcome::NotOurs));
    assert_eq!(world.count("providers/google/verify"), linked);
    select(&flow, &StepUpMethod::Email).await;
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

/// A flow whose wallet shows the text and waits for its user.
async fn at_the_wallet() -> (World, Arc<StepUpFlow>) {
    let world = with_wallet(WalletChain::Evm).await;
    world.wallet.is_shown().await;
    world.wallet.set(WalletMode::Waits);
    let flow = start(&world);
    world.wallet.is_shown().await;
    (world, flow)
}

#[tokio::test]
async fn i15_a_signature_after_a_cancel_is_not_sent() {
    let (world, flow) = at_the_wallet().await;
    flow.cancel();
    world.wallet.release();
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(world.count("wallets/verify"), 0);
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn a_signature_after_going_back_is_not_sent_and_the_next_one_is() {
    let (world, flow) = at_the_wallet().await;
    flow.back().unwrap();
    assert_eq!(name(&flow.state()), "Choosing");
    world.wallet.set(WalletMode::Signs);
    select(&flow, &StepUpMethod::Wallet).await;
    granted(&flow).await;
    world.wallet.release();
    assert_eq!((world.wallet.asked().len(), world.count("wallets/verify")), (3, 1));
}
