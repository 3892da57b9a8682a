//! Captchas without a `CaptchaProvider`: a state of the flow.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{
    CaptchaChallenge, StepUpError, StepUpFlow, StepUpFlowState, StepUpMethod, UnavailableReason, WalletChain,
};
use stepup_test_support::{EMAIL, TestCaptcha, World};

use crate::{
    helpers::{granted, is_sent, prompt, start, start_choosing, until},
    screen::{Screen, name},
    users::{WALLET, config, world_with},
};

const CREATE: &str = "emailVerifications/create";
const RETRY: &str = "emailVerifications/retry";

/// An environment that wants captchas, in whose app somebody can sign in.
async fn world() -> World {
    let captcha = json!({ "provider": "cloudflareTurnstile", "siteKey": "a-site" });
    let mut world = world_with(json!({ "captcha": captcha })).await;
    let platform = world.platform().with_captcha(Arc::new(TestCaptcha::default()));
    world.restart_on(config(&world), platform);
    world
}

/// The user is signed in, and the app has no `CaptchaProvider` any more.
async fn signed_in() -> World {
    let mut world = world().await;
    world.sign_in().await;
    world.restart_with(config(&world));
    world
}

async fn challenge(flow: &StepUpFlow) -> CaptchaChallenge {
    match until(flow, |state| name(state) == "CaptchaNeeded").await {
        StepUpFlowState::CaptchaNeeded { challenge, .. } => challenge,
        _ => unreachable!(),
    }
}

fn token(world: &World, path: &str) -> Value {
    world.requests(path).pop().unwrap()["body"]["captchaToken"].clone()
}

#[tokio::test]
async fn a_code_is_sent_once_the_captcha_is_solved() {
    let world = signed_in().await;
    let flow = start(&world);
    let screen = Screen::on(&flow);
    let challenge = challenge(&flow).await;
    assert_eq!((challenge.provider.as_str(), challenge.site_key.as_str()), ("cloudflareTurnstile", "a-site"));
    flow.submit_captcha("solved 1".into()).unwrap();
    prompt(&flow).await;
    assert_eq!(token(&world, CREATE), "solved 1");
    flow.submit(world.code(EMAIL)).unwrap();
    let expected =
        ["Checking", "SendingCode", "CaptchaNeeded", "SendingCode", "AwaitingCode", "Verifying", "Granted"];
    screen.showed(&expected).await;
}

#[tokio::test]
async fn another_code_wants_another_captcha_and_the_first_one_serves_meanwhile() {
    let world = signed_in().await;
    let flow = start(&world);
    challenge(&flow).await;
    flow.submit_captcha("solved 1".into()).unwrap();
    prompt(&flow).await;
    flow.resend().unwrap();
    challenge(&flow).await;
    flow.back().unwrap();
    assert!(!prompt(&flow).await.is_resending, "the field is there again");
    flow.resend().unwrap();
    challenge(&flow).await;
    flow.submit_captcha("solved 2".into()).unwrap();
    until(&flow, is_sent).await;
    assert_eq!(token(&world, RETRY), "solved 2");
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn a_signature_wants_one_too() {
    let mut world = world().await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    world.client.auth().sign_in_with_wallet(None, None, None).await.unwrap();
    world.restart_with(config(&world));
    let flow = start(&world);
    let state = until(&flow, |state| name(state) == "CaptchaNeeded").await;
    let StepUpFlowState::CaptchaNeeded { option, .. } = state else { unreachable!() };
    assert_eq!(option.method, StepUpMethod::Wallet);
    flow.submit_captcha("solved".into()).unwrap();
    granted(&flow).await;
    assert_eq!(token(&world, "wallets/verify"), "solved");
}

#[tokio::test]
async fn an_app_with_a_provider_has_no_such_state() {
    let world = world().await;
    world.sign_in().await;
    let flow = start(&world);
    let screen = Screen::on(&flow);
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    screen.showed(&["Checking", "SendingCode", "AwaitingCode", "Verifying", "Granted"]).await;
}

#[tokio::test]
async fn who_does_not_solve_it_goes_back_to_the_choice() {
    let world = signed_in().await;
    let flow = start_choosing(&world);
    let option = crate::helpers::select(&flow, &StepUpMethod::Email).await;
    challenge(&flow).await;
    flow.back().unwrap();
    assert_eq!(name(&flow.state()), "Choosing");
    flow.select(option.id).unwrap();
    challenge(&flow).await;
}

/// The server refuses the next request to this path for want of a captcha.
fn wants_captcha(world: &World, path: &str) {
    let body = json!({ "error": "no captcha", "code": "captcha_token_invalid" });
    world.fault(json!({ "method": "POST", "path": path, "status": 422, "count": 1, "body": body }));
}

async fn refused(flow: &StepUpFlow) -> StepUpError {
    match until(flow, |state| name(state) == "Choosing").await {
        StepUpFlowState::Choosing { error, .. } => error.unwrap(),
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn a_proof_that_no_captcha_can_go_with_leads_back_to_the_choice() {
    let world = signed_in().await;
    let flow = start(&world);
    challenge(&flow).await;
    flow.submit_captcha("solved".into()).unwrap();
    prompt(&flow).await;
    wants_captcha(&world, "emailVerifications/verify");
    flow.submit(world.code(EMAIL)).unwrap();
    let reason = UnavailableReason::CaptchaRequired;
    assert!(
        matches!(refused(&flow).await, StepUpError::MethodUnavailable { reason: it, .. } if it == reason)
    );
}

#[tokio::test]
async fn an_app_with_a_provider_has_no_such_state_even_if_its_captcha_is_refused() {
    let world = world().await;
    world.sign_in().await;
    wants_captcha(&world, CREATE);
    let flow = start(&world);
    let screen = Screen::on(&flow);
    let reason = UnavailableReason::CaptchaRequired;
    assert!(
        matches!(refused(&flow).await, StepUpError::MethodUnavailable { reason: it, .. } if it == reason)
    );
    flow.retry().unwrap();
    prompt(&flow).await;
    assert!(!screen.names().contains(&"CaptchaNeeded"));
}
