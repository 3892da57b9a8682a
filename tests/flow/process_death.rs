//! The system ends the app while the user reads the code in their mail: the flow goes on in the next process.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    CodePrompt, CodeRefusal, OtpChannel, StepUpError, StepUpFlow, StepUpFlowState, StepUpMethod, TokenScope,
};
use stepup_test_support::{EMAIL, World, eventually};

use crate::{
    helpers::{EXPORT, LINK, SIGN, choosing, granted, prompt, select, start_choosing, start_for, until},
    users::{self, NUMBER, config, holds},
};

/// Nothing else in these tests asks for it.
pub(crate) const DELETE: TokenScope = TokenScope::USER_DELETE;

/// The flow that waits for the user, if there is one.
pub(crate) async fn pending(world: &World) -> Option<Arc<StepUpFlow>> {
    world.client.step_up().pending_flow(None).await.unwrap()
}

/// What the storage holds of it.
pub(crate) fn record(world: &World) -> Option<String> {
    let records = world.storage.records().into_iter();
    let mut pending = records.filter(|(key, _)| key.ends_with(".browser"));
    pending.next().map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

pub(crate) async fn forgotten(world: &World) {
    eventually("the record is deleted", || record(world).is_none()).await;
}

pub(crate) fn restart(world: &mut World) {
    world.restart_with(config(world));
}

/// A code is awaited, and written down; what the user is shown.
pub(crate) async fn awaiting_code(world: &World, method: &StepUpMethod) -> (Arc<StepUpFlow>, CodePrompt) {
    let flow = start_choosing(world);
    select(&flow, method).await;
    let shown = prompt(&flow).await;
    eventually("the code is written down", || record(world).is_some()).await;
    (flow, shown)
}

/// The app dies while a code is awaited: what the user was shown.
pub(crate) async fn interrupted(world: &mut World, method: &StepUpMethod) -> CodePrompt {
    let (_, shown) = awaiting_code(world, method).await;
    let stored = record(world);
    restart(world);
    assert_eq!(record(world), stored, "the end of the client takes nothing away");
    shown
}

#[tokio::test]
async fn a_code_that_was_sent_is_typed_in_the_next_process() {
    let mut world = users::with_email().await;
    let shown = interrupted(&mut world, &StepUpMethod::Email).await;
    let requests = world.sandbox.log().exchanges().len();
    let flow = pending(&world).await.unwrap();
    let StepUpFlowState::AwaitingCode { option, prompt } = flow.state() else { panic!("{flow:?}") };
    assert_eq!(prompt, shown);
    assert_eq!(option.masked_label.as_deref(), Some("a•••@example.com"));
    assert_eq!((flow.scopes(), world.sandbox.log().exchanges().len()), (vec![EXPORT], requests));
    flow.submit(world.code(EMAIL)).unwrap();
    assert_eq!(granted(&flow).await[0].scopes, [EXPORT]);
    assert!(holds(&world, EXPORT));
    assert_eq!(world.count("emailVerifications/verify"), 1);
    forgotten(&world).await;
    assert!(pending(&world).await.is_none());
}

#[tokio::test]
async fn a_wrong_code_stays_in_the_next_process_too() {
    let mut world = users::with_email().await;
    let shown = interrupted(&mut world, &StepUpMethod::Email).await;
    let flow = pending(&world).await.unwrap();
    let code = world.code(EMAIL);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    flow.submit(wrong.into()).unwrap();
    let is_refused = |state: &StepUpFlowState| {
        matches!(state,
        StepUpFlowState::AwaitingCode { prompt, .. } if prompt.error.is_some())
    };
    let StepUpFlowState::AwaitingCode { prompt, .. } = until(&flow, is_refused).await else { panic!() };
    assert!(matches!(prompt.error, Some(StepUpError::InvalidCode { reason: CodeRefusal::Wrong, .. })));
    assert_eq!(CodePrompt { error: None, ..prompt }, shown);
    assert!(record(&world).is_some());
    flow.submit(code).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn a_code_is_sent_again_in_the_next_process() {
    for (method, to) in [(StepUpMethod::Email, EMAIL), (StepUpMethod::Sms, NUMBER)] {
        let mut world =
            if method == StepUpMethod::Sms { users::with_phone().await } else { users::with_email().await };
        interrupted(&mut world, &method).await;
        let flow = pending(&world).await.unwrap();
        flow.resend().unwrap();
        let is_sent = |state: &StepUpFlowState| {
            matches!(state,
            StepUpFlowState::AwaitingCode { prompt, .. } if !prompt.is_resending)
        };
        let StepUpFlowState::AwaitingCode { prompt, .. } = until(&flow, is_sent).await else { panic!() };
        assert_eq!((prompt.error, world.count("Verifications/retry")), (None, 1), "{method:?}");
        restart(&mut world);
        let flow = pending(&world).await.unwrap();
        flow.submit(world.code(to)).unwrap();
        granted(&flow).await;
    }
}

#[tokio::test]
async fn a_code_by_sms_is_typed_in_the_next_process() {
    let mut world = users::with_phone().await;
    let shown = interrupted(&mut world, &StepUpMethod::Sms).await;
    assert_eq!(shown.channel, Some(OtpChannel::Sms));
    let flow = pending(&world).await.unwrap();
    assert_eq!(prompt(&flow).await, shown);
    flow.submit(world.code(NUMBER)).unwrap();
    granted(&flow).await;
    assert_eq!(world.count("smsVerifications/verify"), 1);
}

#[tokio::test]
async fn a_second_factor_by_email_is_one_in_the_next_process() {
    let mut world = users::world_with(json!({ "mfa": { "methods": ["totp", "email"] } })).await;
    world.sign_in().await;
    let (flow, shown) = awaiting_code(&world, &StepUpMethod::Email).await;
    let StepUpFlowState::AwaitingCode { option, .. } = flow.state() else { panic!("{flow:?}") };
    assert!(option.is_second_factor);
    restart(&mut world);
    let flow = pending(&world).await.unwrap();
    let StepUpFlowState::AwaitingCode { option: again, prompt } = flow.state() else { panic!("{flow:?}") };
    assert_eq!((prompt, &again.id, again.is_second_factor), (shown, &option.id, true));
    flow.resend().unwrap();
    world.arrived("emailVerifications/retry", 1).await;
    until(&flow, |state| {
        matches!(state,
        StepUpFlowState::AwaitingCode { prompt, .. } if !prompt.is_resending)
    })
    .await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    assert_eq!(world.count("users/mfa/auth/email"), 1);
}

#[tokio::test]
async fn what_the_server_did_not_require_is_remembered() {
    let mut world = users::with_email().await;
    let flow = start_for(&world, &[EXPORT, SIGN], None);
    prompt(&flow).await;
    eventually("the code is written down", || record(&world).is_some()).await;
    restart(&mut world);
    let flow = pending(&world).await.unwrap();
    flow.submit(world.code(EMAIL)).unwrap();
    let StepUpFlowState::Granted { elevations, not_required } = flow.ended().await else { panic!() };
    assert_eq!((elevations[0].scopes.as_slice(), not_required.as_slice()), (&[EXPORT][..], &[SIGN][..]));
    let body = &world.requests("emailVerifications/verify")[0]["body"];
    assert_eq!(body["requestedScopes"], json!(["wallet:export"]));
}

#[tokio::test]
async fn going_back_asks_what_else_there_is() {
    let mut world = users::with_email().await;
    interrupted(&mut world, &StepUpMethod::Email).await;
    let flow = pending(&world).await.unwrap();
    let checks = world.count("stepUp/check");
    flow.back().unwrap();
    // The only option is not chosen for the user, who has just left it.
    assert_eq!(choosing(&flow).await.len(), 1);
    assert_eq!(world.count("stepUp/check"), checks + 1);
    forgotten(&world).await;
    select(&flow, &StepUpMethod::Email).await;
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn a_code_that_does_not_do_leads_to_the_choice_with_the_reason() {
    let mut world = users::with_email().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    interrupted(&mut world, &StepUpMethod::Email).await;
    // From now on a code by e-mail is not enough.
    world.client.passkeys().register(None).await.unwrap();
    let flow = pending(&world).await.unwrap();
    flow.submit(world.code(EMAIL)).unwrap();
    let left = until(&flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await;
    let StepUpFlowState::Choosing { options, error, .. } = left else { panic!() };
    assert_eq!(error, Some(StepUpError::NotElevated { granted: vec![], missing: vec![EXPORT] }));
    assert_eq!(options[0].method, StepUpMethod::Passkey);
    forgotten(&world).await;
    flow.select(options[0].id.clone()).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn who_dies_while_the_server_looks_at_the_code_may_type_it_again() {
    let mut world = users::with_email().await;
    let (flow, shown) = awaiting_code(&world, &StepUpMethod::Email).await;
    let path = "emailVerifications/verify";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "hang": true }));
    flow.submit(world.code(EMAIL)).unwrap();
    world.arrived(path, 1).await;
    assert!(matches!(flow.state(), StepUpFlowState::Verifying { .. }));
    restart(&mut world);
    let flow = pending(&world).await.unwrap();
    assert_eq!(prompt(&flow).await, shown);
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    forgotten(&world).await;
}
