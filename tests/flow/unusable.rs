//! Methods that do not do here and now: back to the choice, with the option marked, and another one does.

use serde_json::json;
use stepup_core::{
    ErrorKind, SocialProvider, StepUpError, StepUpFlow, StepUpFlowState, StepUpMethod, StepUpOption,
    UnavailableReason,
};
use stepup_test_support::{BrowserMode, EMAIL, PasskeyMode, SocialAccount, TestPasskeys, WalletMode, World};

use crate::{
    helpers::{EXPORT, granted, prompt, select, start_choosing, until},
    users::{config, holds, with_many, with_totp_and_passkey},
};

const GOOGLE: StepUpMethod = StepUpMethod::Social { provider: SocialProvider::Google };

/// Chooses a method that does not do: the error with which the user is back at the choice, and the options.
async fn tried(flow: &StepUpFlow, method: &StepUpMethod) -> (StepUpError, Vec<StepUpOption>) {
    select(flow, method).await;
    let is_back = |state: &StepUpFlowState| matches!(state, StepUpFlowState::Choosing { error: Some(_), .. });
    let StepUpFlowState::Choosing { options, error, .. } = until(flow, is_back).await else { unreachable!() };
    let marked: Vec<_> = options.iter().filter(|option| option.error.is_some()).collect();
    assert_eq!((marked.len(), &marked[0].method, &marked[0].error), (1, method, &error));
    (error.unwrap(), options)
}

async fn by_email(world: &World, flow: &StepUpFlow) {
    select(flow, &StepUpMethod::Email).await;
    prompt(flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(flow).await;
    assert!(holds(world, EXPORT));
}

#[tokio::test]
async fn fault_34_a_browser_that_does_not_bring_the_user_back_is_not_the_end() {
    let other = SocialAccount::new("somebody else's");
    for (mode, kind) in [
        (BrowserMode::Closes, ErrorKind::Cancelled),
        (BrowserMode::Denies("access_denied".into()), ErrorKind::ChooseAnotherMethod),
        (BrowserMode::Approves(other), ErrorKind::ChooseAnotherMethod),
        (BrowserMode::Answers("https://elsewhere.example/".into()), ErrorKind::AskUserAgain),
        (BrowserMode::Panics, ErrorKind::Bug),
    ] {
        let world = with_many().await;
        let flow = start_choosing(&world);
        world.browser.set(mode.clone());
        let (error, options) = tried(&flow, &GOOGLE).await;
        assert_eq!(error.kind(), kind, "{mode:?}: {error:?}");
        assert!(options.iter().all(|option| option.unusable.is_none()), "{mode:?}: it may be tried again");
        by_email(&world, &flow).await;
    }
}

#[tokio::test]
async fn fault_34_a_wallet_that_does_not_sign_is_not_the_end() {
    for (mode, kind) in [
        (WalletMode::Declines, ErrorKind::Cancelled),
        (WalletMode::SignsAs("another".into()), ErrorKind::ChooseAnotherMethod),
        (WalletMode::Answers("no signature".into()), ErrorKind::Bug),
        (WalletMode::Panics, ErrorKind::Bug),
    ] {
        let world = with_many().await;
        let flow = start_choosing(&world);
        world.wallet.set(mode.clone());
        let (error, _) = tried(&flow, &StepUpMethod::Wallet).await;
        assert_eq!(error.kind(), kind, "{mode:?}: {error:?}");
        by_email(&world, &flow).await;
    }
}

#[tokio::test]
async fn fault_34_what_went_wrong_once_may_work_the_next_time() {
    let world = with_many().await;
    let flow = start_choosing(&world);
    world.browser.set(BrowserMode::Closes);
    tried(&flow, &GOOGLE).await;
    world.browser.set(BrowserMode::Approves(crate::users::account()));
    flow.retry().unwrap();
    granted(&flow).await;
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn a_wallet_that_is_not_on_this_phone_is_not_offered_first_any_more() {
    let world = with_many().await;
    let flow = start_choosing(&world);
    world.wallet.withdraw();
    let (error, options) = tried(&flow, &StepUpMethod::Wallet).await;
    let reason = UnavailableReason::NotOnThisDevice;
    assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None });
    let wallet = options.iter().find(|option| option.method == StepUpMethod::Wallet).unwrap();
    assert_eq!((wallet.unusable, wallet.is_preferred), (Some(reason), false));
    by_email(&world, &flow).await;
}

#[tokio::test]
async fn fault_35_a_passkey_that_this_phone_has_not_leads_to_the_next_method() {
    let (mut world, totp) = with_totp_and_passkey().await;
    world.passkeys = TestPasskeys::new(world.sandbox.url(), "another phone");
    world.restart_with(config(&world));
    let passkeys = world.client.passkeys().list(None).await.unwrap();
    let preferred = Some(passkeys[0].id.as_str().into());
    let flow = world.client.step_up().start(vec![EXPORT], None, preferred, true).unwrap();
    let (error, options) = tried(&flow, &StepUpMethod::Passkey).await;
    let reason = UnavailableReason::NotOnThisDevice;
    assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None });
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    for option in &options {
        let is_passkey = option.method == StepUpMethod::Passkey;
        assert_eq!(option.unusable, is_passkey.then_some(reason), "{option:?}");
        assert_eq!(option.is_preferred, option.method == StepUpMethod::Totp, "{option:?}");
    }
    select(&flow, &StepUpMethod::Totp).await;
    prompt(&flow).await;
    flow.submit(world.totp_code(&totp)).unwrap();
    granted(&flow).await;
    assert_eq!(world.count("users/mfa/auth/passkey"), 0);
}

#[tokio::test]
async fn a_sheet_that_was_closed_can_be_opened_again() {
    for mode in [PasskeyMode::Cancelled, PasskeyMode::Panics, PasskeyMode::WrongOrigin] {
        let (world, _) = with_totp_and_passkey().await;
        let flow = start_choosing(&world);
        world.passkeys.set(mode.clone());
        tried(&flow, &StepUpMethod::Passkey).await;
        world.passkeys.set(PasskeyMode::Works);
        select(&flow, &StepUpMethod::Passkey).await;
        granted(&flow).await;
        assert!(holds(&world, EXPORT), "{mode:?}");
    }
}

#[tokio::test]
async fn options_that_cannot_be_fetched_are_fetched_again_at_the_tap() {
    let (world, _) = with_totp_and_passkey().await;
    let path = "users/passkeys/authenticate";
    world.fault(json!({ "method": "GET", "path": path, "status": 500 }));
    let flow = start_choosing(&world);
    let (error, _) = tried(&flow, &StepUpMethod::Passkey).await;
    assert_eq!(error.kind(), ErrorKind::RetryLater);
    world.sandbox.faults().clear();
    flow.retry().unwrap();
    granted(&flow).await;
}
