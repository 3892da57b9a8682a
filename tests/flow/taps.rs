//! Taps that come twice, or at the wrong moment: nothing is sent twice, and nothing is lost.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{RedirectOutcome, StepUpError, StepUpFlow, StepUpFlowState, StepUpMethod};
use stepup_test_support::{BrowserMode, EMAIL, World, eventually};

use crate::{
    helpers::{EXPORT, choosing, granted, is_refused, is_sent, prompt, start, start_choosing, until},
    screen::{Screen, name},
    users::{account, holds, with_email, with_google, with_totp_and_passkey},
};

const CREATE: &str = "emailVerifications/create";
const RETRY: &str = "emailVerifications/retry";
const VERIFY: &str = "emailVerifications/verify";

fn impossible(event: &str) -> Result<(), StepUpError> {
    Err(StepUpError::InvalidTransition { event: event.into() })
}

/// The next answer of an endpoint comes so many milliseconds later.
fn late(world: &World, path: &str, milliseconds: u64) {
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": milliseconds }));
}

fn answered(world: &World, path: &str) -> usize {
    world.requests(path).iter().filter(|exchange| exchange["status"].is_number()).count()
}

/// A flow that waits for the code that was sent.
async fn waiting() -> (World, Arc<StepUpFlow>) {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    (world, flow)
}

#[tokio::test]
async fn taps_that_come_twice_send_nothing_twice() {
    let world = with_email().await;
    let flow = start_choosing(&world);
    let option = choosing(&flow).await.remove(0);
    assert_eq!(flow.select(option.id.clone()), Ok(()));
    assert_eq!(flow.select(option.id), impossible("select"));
    prompt(&flow).await;
    assert_eq!(world.count(CREATE), 2, "the sign-in's and one more");
    assert_eq!((flow.resend(), flow.resend()), (Ok(()), impossible("resend")));
    until(&flow, is_sent).await;
    assert_eq!(world.count(RETRY), 1);
    let code = world.code(EMAIL);
    assert_eq!((flow.submit(code.clone()), flow.submit(code)), (Ok(()), impossible("submit")));
    granted(&flow).await;
    assert_eq!(world.count(VERIFY), 1);
}

#[tokio::test]
async fn a_hundred_taps_at_once_show_one_sheet() {
    let (world, _) = with_totp_and_passkey().await;
    let flow = start_choosing(&world);
    let options = choosing(&flow).await;
    let passkey = options.iter().find(|option| option.method == StepUpMethod::Passkey).unwrap();
    let taps = (0..100).map(|_| {
        let (flow, id) = (Arc::clone(&flow), passkey.id.clone());
        std::thread::spawn(move || flow.select(id))
    });
    let taps: Vec<_> = taps.collect::<Vec<_>>().into_iter().map(|tap| tap.join().unwrap()).collect();
    assert_eq!(taps.iter().filter(|tap| tap.is_ok()).count(), 1);
    granted(&flow).await;
    assert_eq!((world.passkeys.ceremonies(), world.count("users/mfa/auth/passkey")), (2, 1));
}

#[tokio::test]
async fn there_is_no_way_back_while_the_server_looks_at_a_proof() {
    let (world, flow) = waiting().await;
    late(&world, VERIFY, 300);
    flow.submit(world.code(EMAIL)).unwrap();
    assert_eq!((flow.back(), flow.resend()), (impossible("back"), impossible("resend")));
    granted(&flow).await;
}

#[tokio::test]
async fn a_code_submitted_while_another_is_sent_is_verified_before_that() {
    let (world, flow) = waiting().await;
    late(&world, RETRY, 1_500);
    flow.resend().unwrap();
    world.arrived(RETRY, 1).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    assert_eq!(answered(&world, RETRY), 0, "it was the first to be answered");
    let screen = Screen::on(&flow);
    eventually("the other one", || world.sandbox.outbox().latest_code(EMAIL).is_some()).await;
    assert_eq!((screen.shows("Granted").await, holds(&world, EXPORT)), (flow.state(), true));
}

#[tokio::test]
async fn a_code_submitted_while_another_is_sent_is_verified_after_that() {
    let (world, flow) = waiting().await;
    late(&world, RETRY, 100);
    late(&world, VERIFY, 1_500);
    flow.resend().unwrap();
    world.arrived(RETRY, 1).await;
    flow.submit("000000".into()).unwrap();
    eventually("another code is sent", || answered(&world, RETRY) == 1).await;
    assert_eq!(name(&flow.state()), "Verifying");
    let StepUpFlowState::AwaitingCode { prompt, .. } = until(&flow, is_refused).await else { unreachable!() };
    assert!(!prompt.is_resending, "it is known that it was sent");
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn a_wrong_code_submitted_while_another_is_sent_does_not_lose_that() {
    let (world, flow) = waiting().await;
    late(&world, RETRY, 1_000);
    flow.resend().unwrap();
    world.arrived(RETRY, 1).await;
    flow.submit("000000".into()).unwrap();
    until(&flow, is_refused).await;
    assert_eq!(flow.resend(), impossible("resend"), "one is on its way");
    until(&flow, is_sent).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    assert_eq!(world.count(RETRY), 1);
}

#[tokio::test]
async fn i16_a_redirect_that_comes_twice_is_redeemed_once() {
    let world = with_google().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let flow = start(&world);
    let screen = Screen::on(&flow);
    let redirect = world.browser.redirect(2).await;
    let auth = world.client.auth();
    let (one, other) = tokio::join!(
        auth.handle_redirect(redirect.clone(), None),
        auth.handle_redirect(redirect.clone(), None)
    );
    let outcomes = [one.unwrap(), other.unwrap()];
    let elevated = outcomes.iter().filter(|it| matches!(it, RedirectOutcome::Elevated { .. })).count();
    let not_ours = outcomes.iter().filter(|it| **it == RedirectOutcome::NotOurs).count();
    assert_eq!((elevated, not_ours), (1, 1));
    // The browser brings it too, late.
    world.browser.release();
    granted(&flow).await;
    screen.showed(&["Checking", "AwaitingBrowser", "Verifying", "Granted"]).await;
    assert_eq!(auth.handle_redirect(redirect, None).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(world.count("providers/google/verify"), 1);
}
