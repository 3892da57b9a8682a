//! How the client's step-ups are going: loading, error, pending code.

use std::sync::Arc;

use stepup_core::{
    CancelToken, CodeRefusal, OtpVerification, StepUpError, StepUpFlowState, StepUpState, TokenScope,
};
use stepup_test_support::{EMAIL, World, eventually};
use tokio::task::JoinHandle;

use crate::helpers::{OTHER, carried_out_late, patient_world, subscribe_state};

const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
/// Nothing is under way.
const IDLE: StepUpState = StepUpState { is_loading: false, error: None, pending_code: None };

fn malformed() -> StepUpError {
    StepUpError::InvalidCode { reason: CodeRefusal::Malformed, answer: None }
}

fn state(world: &World) -> StepUpState {
    world.client.step_up().state()
}

/// A call that fails without a request.
async fn fail(world: &World) {
    let failed = world.client.step_up().verify_totp("1".into(), vec![EXPORT], None, None).await;
    assert_eq!(failed, Err(malformed()));
}

async fn send(world: &World) -> OtpVerification {
    world.client.step_up().send_otp(None, None).await.unwrap()
}

/// A check that is asked of the server and takes its time.
fn begin_check(world: &World, cancel: Option<Arc<CancelToken>>) -> JoinHandle<Result<(), StepUpError>> {
    carried_out_late(world, "stepUp/check", 300);
    let step_up = world.client.step_up();
    tokio::spawn(async move { step_up.check(EXPORT, cancel).await.map(drop) })
}

#[tokio::test]
async fn it_is_loading_while_a_call_is_under_way_and_told_so() {
    let world = patient_world().await;
    world.sign_in().await;
    let (listener, _subscription) = subscribe_state(&world);
    listener.was_told(&[IDLE]).await;
    let check = begin_check(&world, None);
    let loading = StepUpState { is_loading: true, ..IDLE };
    listener.was_told(&[IDLE, loading.clone()]).await;
    assert_eq!(state(&world), loading);
    check.await.unwrap().unwrap();
    assert_eq!(state(&world), IDLE);
    listener.was_told(&[IDLE, loading, IDLE]).await;
}

#[tokio::test]
async fn two_calls_are_loading_until_both_have_ended() {
    let world = patient_world().await;
    world.sign_in().await;
    let check = begin_check(&world, None);
    world.arrived("stepUp/check", 1).await;
    fail(&world).await;
    assert_eq!(state(&world), StepUpState { is_loading: true, error: Some(malformed()), ..IDLE });
    check.await.unwrap().unwrap();
    assert_eq!(state(&world), StepUpState { error: Some(malformed()), ..IDLE });
}

#[tokio::test]
async fn a_call_that_begins_clears_the_error_and_one_that_succeeds_leaves_none() {
    let world = patient_world().await;
    world.sign_in().await;
    fail(&world).await;
    assert_eq!(state(&world).error, Some(malformed()));
    let check = begin_check(&world, None);
    eventually("it has begun", || state(&world).is_loading).await;
    assert_eq!(state(&world).error, None);
    check.await.unwrap().unwrap();
    assert_eq!(state(&world), IDLE);
}

#[tokio::test]
async fn the_error_of_an_older_call_that_ends_later_is_not_told() {
    let world = patient_world().await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    world.fault(serde_json::json!({
        "method": "POST", "path": "emailVerifications/create", "status": 500, "latencyMs": 300, "body": {},
    }));
    let older = tokio::spawn(async move { step_up.send_otp(None, None).await });
    world.arrived("emailVerifications/create", 2).await;
    fail(&world).await;
    assert!(older.await.unwrap().is_err());
    assert_eq!(state(&world).error, Some(malformed()));
}

#[tokio::test]
async fn a_call_that_is_cancelled_or_dropped_has_ended_without_an_error() {
    let world = patient_world().await;
    world.sign_in().await;
    let cancel = CancelToken::new();
    let check = begin_check(&world, Some(Arc::clone(&cancel)));
    eventually("it has begun", || state(&world).is_loading).await;
    cancel.cancel();
    assert_eq!(check.await.unwrap(), Err(StepUpError::Cancelled));
    assert_eq!(state(&world), IDLE);
    let check = begin_check(&world, None);
    eventually("it has begun", || state(&world).is_loading).await;
    check.abort();
    eventually("it has ended", || state(&world) == IDLE).await;
}

#[tokio::test]
async fn i02_a_check_that_is_answered_from_memory_is_no_activity() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    fail(&world).await;
    let (listener, _subscription) = subscribe_state(&world);
    listener.was_told_times(1).await;
    assert!(!world.client.step_up().is_required(EXPORT, None).await.unwrap());
    assert_eq!(state(&world).error, Some(malformed()), "and clears nothing");
    assert_eq!(listener.told().len(), 1);
}

#[tokio::test]
async fn a_code_is_pending_from_when_it_was_sent_until_it_was_used() {
    let world = World::new().await;
    world.sign_in().await;
    let (listener, _subscription) = subscribe_state(&world);
    let sent = send(&world).await;
    let awaiting = StepUpState { pending_code: Some(sent.clone()), ..IDLE };
    assert_eq!(state(&world), awaiting);
    listener.knows(&awaiting).await;
    let wrong: String = world.code(EMAIL).chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    world.client.step_up().verify_otp(wrong, vec![EXPORT], None, None).await.unwrap_err();
    assert_eq!(state(&world).pending_code, Some(sent), "a wrong code uses nothing up");
    let again = world.client.step_up().resend_otp(None, None).await.unwrap();
    assert_eq!(state(&world).pending_code, Some(again));
    world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
    assert_eq!(state(&world), IDLE);
    listener.knows(&IDLE).await;
}

#[tokio::test]
async fn a_pending_code_ends_with_the_session_and_is_not_one_for_a_sign_in() {
    let world = World::new().await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    assert_eq!(state(&world), IDLE);
    world.sign_in().await;
    send(&world).await;
    let (listener, _subscription) = subscribe_state(&world);
    listener.was_told_times(1).await;
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(state(&world), IDLE);
    listener.knows(&IDLE).await;
}

#[tokio::test]
async fn reset_forgets_error_and_code_and_cancels_nothing() {
    let world = patient_world().await;
    world.sign_in().await;
    let sent = send(&world).await;
    fail(&world).await;
    let check = begin_check(&world, None);
    eventually("it has begun", || state(&world).is_loading).await;
    fail(&world).await;
    let (listener, _subscription) = subscribe_state(&world);
    let before = StepUpState { is_loading: true, error: Some(malformed()), pending_code: Some(sent.clone()) };
    listener.was_told(&[before]).await;
    world.client.step_up().reset();
    let loading = StepUpState { is_loading: true, ..IDLE };
    assert_eq!(state(&world), loading);
    listener.knows(&loading).await;
    check.await.unwrap().unwrap();
    listener.knows(&IDLE).await;
    let without_id = world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await;
    assert!(matches!(without_id, Err(StepUpError::InvalidArgument { .. })));
}

#[tokio::test]
async fn reset_leaves_a_code_to_whoever_names_it() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = send(&world).await;
    world.client.step_up().reset();
    let by_name =
        world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], Some(sent.id), None).await;
    assert_eq!(by_name.unwrap().scopes, [EXPORT]);
    // One that is sent afterwards is pending again.
    let sent = send(&world).await;
    assert_eq!(state(&world).pending_code, Some(sent));
}

#[tokio::test]
async fn a_flow_is_loading_until_it_has_ended() {
    let world = World::new().await;
    world.sign_in().await;
    let flow = world.client.step_up().start(vec![EXPORT], None, None, false).unwrap();
    assert!(state(&world).is_loading);
    flow.cancel();
    eventually("it has ended", || state(&world) == IDLE).await;
}

#[tokio::test]
async fn reset_while_a_flow_waits_for_its_code_leaves_it_waiting() {
    let world = World::new().await;
    world.sign_in().await;
    let flow = world.client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    eventually("a code", || matches!(flow.state(), StepUpFlowState::AwaitingCode { .. })).await;
    assert!(state(&world).pending_code.is_some());
    world.client.step_up().reset();
    assert_eq!(state(&world), StepUpState { is_loading: true, ..IDLE });
    flow.submit(world.code(EMAIL)).unwrap();
    eventually("granted", || matches!(flow.state(), StepUpFlowState::Granted { .. })).await;
    assert_eq!(state(&world), IDLE);
}
