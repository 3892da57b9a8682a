//! Codes that do not do: the user stays at the field where another code may.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use stepup_core::{CodePrompt, CodeRefusal, ErrorKind, StepUpError, StepUpFlow, StepUpFlowState};
use stepup_test_support::{EMAIL, World};

use crate::{
    helpers::{EXPORT, choosing, granted, is_refused, is_sent, prompt, start, until},
    screen::name,
    users::{holds, recovery_codes, with_email, with_totp},
};

const CREATE: &str = "emailVerifications/create";
const RETRY: &str = "emailVerifications/retry";
const VERIFY: &str = "emailVerifications/verify";

/// The prompt after something went wrong, and what did.
async fn prompt_again(flow: &StepUpFlow) -> (CodePrompt, StepUpError) {
    match until(flow, is_refused).await {
        StepUpFlowState::AwaitingCode { prompt, .. } => (prompt.clone(), prompt.error.unwrap()),
        _ => unreachable!(),
    }
}

async fn refused(flow: &StepUpFlow) -> CodeRefusal {
    match prompt_again(flow).await.1 {
        StepUpError::InvalidCode { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

/// The error with which the user is back at the choice; the option tells it too.
async fn back_at_the_choice(flow: &StepUpFlow) -> StepUpError {
    let is_told = |state: &StepUpFlowState| matches!(state, StepUpFlowState::Choosing { error: Some(_), .. });
    match until(flow, is_told).await {
        StepUpFlowState::Choosing { options, error, .. } => {
            assert_eq!(options[0].error, error);
            error.unwrap()
        }
        _ => unreachable!(),
    }
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn fault(world: &World, path: &str, what: &Value) {
    let mut rule = json!({ "method": "POST", "path": path, "count": 1 });
    rule.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    world.fault(rule);
}

#[tokio::test]
async fn a_wrong_code_stays_at_the_field_and_the_right_one_does() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    let right = world.code(EMAIL);
    flow.submit(other_than(&right)).unwrap();
    let (again, error) = prompt_again(&flow).await;
    assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    assert_eq!(again.masked_destination.as_deref(), Some("a•••@example.com"), "what was shown stays");
    flow.submit(right).unwrap();
    granted(&flow).await;
    assert_eq!(world.count(VERIFY), 2);
}

#[tokio::test]
async fn what_cannot_be_a_code_is_refused_without_a_request() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    flow.submit("12 34".into()).unwrap();
    assert_eq!(refused(&flow).await, CodeRefusal::Malformed);
    assert_eq!(world.count(VERIFY), 0);
}

#[tokio::test]
async fn wrong_codes_of_an_app_and_of_a_list_stay_too() {
    let (world, totp) = with_totp().await;
    let codes = recovery_codes(&world).await;
    let flow = start(&world);
    prompt(&flow).await;
    let right = world.totp_code(&totp);
    flow.submit(other_than(&right)).unwrap();
    assert_eq!(refused(&flow).await, CodeRefusal::Wrong);
    flow.back().unwrap();
    flow.select("recovery-code".into()).unwrap();
    assert_eq!(prompt(&flow).await.error, None, "what was wrong with another code is not told here");
    flow.submit("abcd1234".into()).unwrap();
    assert_eq!(refused(&flow).await, CodeRefusal::Wrong);
    flow.submit(codes[0].clone()).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn an_expired_code_says_so_and_another_one_can_be_sent() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    let late = world.code(EMAIL);
    world.sandbox.clock().advance(601);
    flow.submit(late).unwrap();
    assert_eq!(refused(&flow).await, CodeRefusal::Expired);
    flow.back().unwrap();
    flow.select(choosing(&flow).await[0].id.clone()).unwrap();
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn after_too_many_wrong_codes_the_user_chooses_again_and_sees_why() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    let wrong = other_than(&world.code(EMAIL));
    let mut attempts = 0;
    while name(&flow.state()) != "Choosing" {
        assert!(attempts < 5, "there is no end of it");
        flow.submit(wrong.clone()).unwrap();
        attempts += 1;
        until(&flow, |state| name(state) != "Verifying").await;
    }
    let error = back_at_the_choice(&flow).await;
    assert!(matches!(error, StepUpError::InvalidCode { reason: CodeRefusal::TooManyAttempts, .. }));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    let options = choosing(&flow).await;
    assert!(options[0].unusable.is_none(), "another code may be asked for");
    flow.retry().unwrap();
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn too_many_codes_tell_when_the_next_one_may_be_sent() {
    for (headers, seconds) in [(json!({ "retry-after": "77" }), 77), (json!({}), 30)] {
        let world = with_email().await;
        let flow = start(&world);
        prompt(&flow).await;
        fault(&world, RETRY, &json!({ "status": 429, "headers": headers, "body": { "message": "no" } }));
        let before = SystemTime::now();
        flow.resend().unwrap();
        let (prompt, error) = prompt_again(&flow).await;
        assert_eq!((error.kind(), prompt.is_resending), (ErrorKind::RetryLater, false));
        let wait = prompt.resend_at.unwrap().duration_since(before).unwrap();
        let (least, most) = (Duration::from_secs(seconds - 1), Duration::from_secs(seconds + 20));
        assert!((least..most).contains(&wait), "{wait:?}");
        // The code that was sent before serves.
        flow.submit(world.code(EMAIL)).unwrap();
        granted(&flow).await;
    }
}

#[tokio::test]
async fn a_first_code_that_may_not_be_sent_leads_back_to_the_choice() {
    let world = with_email().await;
    let limited = json!({ "status": 429, "headers": { "retry-after": "77" }, "body": { "message": "no" } });
    fault(&world, CREATE, &limited);
    let flow = start(&world);
    let error = back_at_the_choice(&flow).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(77)));
    flow.retry().unwrap();
    prompt(&flow).await;
}

#[tokio::test]
async fn another_code_is_sent_with_the_screen_as_it_was() {
    let world = with_email().await;
    let flow = start(&world);
    let first = prompt(&flow).await;
    flow.resend().unwrap();
    let StepUpFlowState::AwaitingCode { prompt: sending, .. } = flow.state() else { panic!() };
    assert!(sending.is_resending);
    let StepUpFlowState::AwaitingCode { prompt: second, .. } = until(&flow, is_sent).await else { panic!() };
    assert_eq!((second.masked_destination, second.error), (first.masked_destination, None));
    assert!(second.resend_at > first.resend_at);
    assert_eq!(world.count(RETRY), 1);
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn codes_that_nobody_sends_are_not_sent_again() {
    let (world, _) = with_totp().await;
    let flow = start(&world);
    prompt(&flow).await;
    assert_eq!(flow.resend(), Err(StepUpError::InvalidTransition { event: "resend".into() }));
}

#[tokio::test]
async fn a_network_that_breaks_off_leaves_the_code_to_be_sent_once_more() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    fault(&world, VERIFY, &json!({ "cut": "before" }));
    flow.submit(world.code(EMAIL)).unwrap();
    assert_eq!(prompt_again(&flow).await.1.kind(), ErrorKind::RetryLater);
    assert!(!holds(&world, EXPORT));
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}
