//! The system ends the app while the user is with a provider in the browser: the redirect that reaches the
//! next process ends the same flow (I16).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    RedirectOutcome, RedirectRefusal, SocialProvider, StepUpError, StepUpFlow, StepUpFlowEnd,
    StepUpFlowState, StepUpMethod,
};
use stepup_test_support::{BrowserMode, EMAIL, World};

use crate::{
    helpers::{EXPORT, choosing, granted, prompt, select, start_choosing, start_for, until},
    process_death::{DELETE, forgotten, pending, record, restart},
    users::{self, account, holds},
};

const GOOGLE: StepUpMethod = StepUpMethod::Social { provider: SocialProvider::Google };

async fn handle(world: &World, url: &str) -> Result<RedirectOutcome, StepUpError> {
    world.client.auth().handle_redirect(url.into(), None).await
}

fn redemptions(world: &World) -> usize {
    world.count("providers/google/verify")
}

/// The app dies while the user decides: the redirect, which a new process waits for.
async fn interrupted(world: &mut World) -> String {
    interrupted_by(world, BrowserMode::ApprovesAndHangs(account())).await
}

async fn interrupted_by(world: &mut World, mode: BrowserMode) -> String {
    let decided = world.browser.decided();
    world.browser.set(mode);
    let flow = start_choosing(world);
    select(&flow, &GOOGLE).await;
    let redirect = world.browser.redirect(decided + 1).await;
    restart(world);
    world.browser.set(BrowserMode::Approves(account()));
    redirect
}

async fn in_browser(world: &World) -> Arc<StepUpFlow> {
    let flow = pending(world).await.expect("a flow is pending");
    let StepUpFlowState::AwaitingBrowser { option } = flow.state() else { panic!("{flow:?}") };
    assert_eq!(option.method, GOOGLE);
    flow
}

/// Where the flow goes that was refused: back to the choice, with the error.
async fn refused(flow: &StepUpFlow) -> StepUpError {
    match until(flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await {
        StepUpFlowState::Choosing { error, .. } => error.expect("there is an error"),
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn the_redirect_ends_the_flow_of_the_process_before() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let requests = world.sandbox.log().exchanges().len();
    let flow = in_browser(&world).await;
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
    let outcome = handle(&world, &redirect).await.unwrap();
    let RedirectOutcome::Elevated { elevation } = outcome else { panic!("{outcome:?}") };
    assert_eq!(granted(&flow).await, [elevation]);
    assert!(holds(&world, EXPORT) && record(&world).is_none());
    assert_eq!((redemptions(&world), world.browser.opened().len()), (1, 2));
    assert!(pending(&world).await.is_none());
}

#[tokio::test]
async fn the_option_is_shown_as_before() {
    let mut world = users::with_google().await;
    let flow = start_choosing(&world);
    let before = choosing(&flow).await.remove(0);
    flow.cancel();
    interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    let StepUpFlowState::AwaitingBrowser { option } = flow.state() else { panic!("{flow:?}") };
    assert_eq!((option.id, option.masked_label), (before.id, before.masked_label));
    assert_eq!(option.credential_id, before.credential_id);
}

#[tokio::test]
async fn a_redirect_that_comes_before_anybody_asks_is_redeemed_as_well() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let outcome = handle(&world, &redirect).await.unwrap();
    assert!(matches!(outcome, RedirectOutcome::Elevated { .. }), "{outcome:?}");
    assert!(holds(&world, EXPORT) && record(&world).is_none());
    assert!(pending(&world).await.is_none());
}

/// The flow is cancelled while the server looks at what its redirect has brought.
async fn cancelled_while_redeemed(world: &World, flow: &StepUpFlow, redirect: String) {
    let late = json!({ "method": "POST", "path": "providers/google/verify", "latencyMs": 1_000 });
    world.fault(late);
    let (auth, redeemed) = (world.client.auth(), redemptions(world));
    let handling = tokio::spawn(async move { auth.handle_redirect(redirect, None).await });
    world.arrived("providers/google/verify", redeemed + 1).await;
    until(flow, |state| matches!(state, StepUpFlowState::Verifying { .. })).await;
    flow.cancel();
    assert_eq!(handling.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(!holds(world, EXPORT));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_while_its_redirect_is_redeemed_leaves_no_token() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    cancelled_while_redeemed(&world, &flow, redirect).await;
    world.sandbox.faults().clear();
    let decided = world.browser.decided();
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let flow = start_choosing(&world);
    select(&flow, &GOOGLE).await;
    let redirect = world.browser.redirect(decided + 1).await;
    cancelled_while_redeemed(&world, &flow, redirect).await;
}

#[tokio::test]
async fn i16_a_redirect_that_comes_twice_is_redeemed_once() {
    for is_asked_for in [true, false] {
        let mut world = users::with_google().await;
        let redirect = interrupted(&mut world).await;
        let flow = if is_asked_for { pending(&world).await } else { None };
        let calls: Vec<_> = (0..4)
            .map(|_| {
                let (auth, redirect) = (world.client.auth(), redirect.clone());
                tokio::spawn(async move { auth.handle_redirect(redirect, None).await })
            })
            .collect();
        let mut elevated = 0;
        for call in calls {
            match call.await.unwrap().unwrap() {
                RedirectOutcome::NotOurs => {}
                outcome => elevated += usize::from(matches!(outcome, RedirectOutcome::Elevated { .. })),
            }
        }
        assert_eq!((elevated, redemptions(&world)), (1, 1));
        if let Some(flow) = flow {
            granted(&flow).await;
        }
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    }
}

#[tokio::test]
async fn asking_while_the_redirect_comes_finds_the_flow_or_none() {
    let mut world = users::with_google().await;
    for _ in 0..4 {
        let redirect = interrupted(&mut world).await;
        let (auth, step_up) = (world.client.auth(), world.client.step_up());
        let handling = tokio::spawn(async move { auth.handle_redirect(redirect, None).await });
        let found = step_up.pending_flow(None).await.unwrap();
        assert!(matches!(handling.await.unwrap(), Ok(RedirectOutcome::Elevated { .. })));
        if let Some(flow) = found {
            granted(&flow).await;
        }
        let token = step_up.take_elevated_access_token(EXPORT, None).await.unwrap();
        assert!(token.is_some());
    }
    assert_eq!(redemptions(&world), 4);
}

#[tokio::test]
async fn the_providers_error_leads_to_the_choice_and_once_more_to_the_browser() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    let state = redirect.split("State=").nth(1).unwrap().split('&').next().unwrap();
    let denied = format!("https://app.example/oauth?dynamicOauthState={state}&error=access_denied");
    let told = handle(&world, &denied).await.unwrap_err();
    assert_eq!(refused(&flow).await, told);
    assert!(matches!(told, StepUpError::ProviderRefused { .. }), "{told:?}");
    assert_eq!(choosing(&flow).await[0].error, Some(told));
    assert!(record(&world).is_none());
    flow.retry().unwrap();
    granted(&flow).await;
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn a_user_who_comes_back_empty_handed_chooses_again() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    flow.back().unwrap();
    assert_eq!(choosing(&flow).await.len(), 1);
    forgotten(&world).await;
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    select(&flow, &GOOGLE).await;
    granted(&flow).await;
}

#[tokio::test]
async fn a_cancelled_flow_waits_for_no_redirect() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    flow.cancel();
    assert_eq!(flow.state(), StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ByApp });
    forgotten(&world).await;
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert!(pending(&world).await.is_none() && !holds(&world, EXPORT));
    restart(&mut world);
    assert!(pending(&world).await.is_none());
}

#[tokio::test]
async fn a_visit_without_a_flow_is_no_pending_flow() {
    let mut world = users::with_google().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let (step_up, decided) = (world.client.step_up(), world.browser.decided());
    let google = SocialProvider::Google;
    let call = tokio::spawn(async move { step_up.verify_social(google, vec![EXPORT], None).await });
    let redirect = world.browser.redirect(decided + 1).await;
    restart(&mut world);
    assert_eq!(call.await.unwrap(), Err(StepUpError::ClientClosed));
    assert!(pending(&world).await.is_none());
    assert!(matches!(handle(&world, &redirect).await, Ok(RedirectOutcome::Elevated { .. })));
}

#[tokio::test]
async fn i16_after_ten_minutes_nobody_waits_for_the_redirect() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    assert!(pending(&world).await.is_none());
    let expired = StepUpError::RedirectRefused { reason: RedirectRefusal::Expired };
    assert_eq!(handle(&world, &redirect).await, Err(expired));
    assert_eq!((redemptions(&world), record(&world)), (0, None));
}

#[tokio::test]
async fn i16_a_redirect_that_is_too_late_leads_the_flow_to_the_choice() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    let expired = StepUpError::RedirectRefused { reason: RedirectRefusal::Expired };
    assert_eq!(handle(&world, &redirect).await, Err(expired.clone()));
    assert_eq!((refused(&flow).await, redemptions(&world)), (expired, 0));
}

#[tokio::test]
async fn i03_the_visit_ends_with_the_session() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    let flow = in_browser(&world).await;
    world.client.auth().logout(None).await.unwrap();
    let reason = StepUpFlowEnd::SignedOut;
    assert_eq!(flow.ended().await, StepUpFlowState::Cancelled { reason });
    assert!(world.storage.records().is_empty());
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    world.sign_in_as(EMAIL).await;
    assert!(pending(&world).await.is_none());
}

#[tokio::test]
async fn i16_another_session_finds_no_flow_and_its_redirect_is_refused() {
    let mut world = users::with_google().await;
    let redirect = interrupted(&mut world).await;
    world.sign_in_as(EMAIL).await;
    assert!(pending(&world).await.is_none());
    let refused = StepUpError::RedirectRefused { reason: RedirectRefusal::AnotherSession };
    assert_eq!(handle(&world, &redirect).await, Err(refused));
    assert_eq!((redemptions(&world), record(&world)), (0, None));
}

#[tokio::test]
async fn of_a_code_and_a_visit_the_later_one_comes_first() {
    let mut world = users::with_many().await;
    let by_code = start_for(&world, &[DELETE], None);
    select(&by_code, &StepUpMethod::Email).await;
    prompt(&by_code).await;
    world.clock.set_ahead(1);
    let redirect = interrupted(&mut world).await;
    let visit = in_browser(&world).await;
    visit.cancel();
    let by_code = pending(&world).await.unwrap();
    prompt(&by_code).await;
    assert_eq!(by_code.scopes(), [DELETE]);
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    by_code.submit(world.code(EMAIL)).unwrap();
    granted(&by_code).await;
    forgotten(&world).await;
}
