//! What comes of the check that a flow begins with: nothing to do, something to do, nobody to ask.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use serde_json::json;
use stepup_core::{
    Clock, CredentialFormat, ErrorKind, StepUpClient, StepUpError, StepUpFlowState, StepUpMethod,
};
use stepup_test_support::{EMAIL, TestKeys, TestStorage, World, at_rest};

use crate::{
    helpers::{
        EXPORT, LINK, SIGN, UNLINK, choosing, ended, granted, prompt, select, start, start_for, until,
    },
    screen::name,
    users::{config, holds, with_email, with_many, world, world_with},
};

const CHECK: &str = "stepUp/check";

fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

/// A choice that the server has not confirmed.
async fn unconfirmed(flow: &stepup_core::StepUpFlow) -> StepUpError {
    match until(flow, |state| name(state) == "Choosing").await {
        StepUpFlowState::Choosing { is_confirmed: false, error: Some(error), options, .. } => {
            assert_eq!(options[0].method, StepUpMethod::Email);
            error
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_that_is_held_is_an_answer_without_a_request() {
    let world = with_email().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let before = requests(&world);
    let held = world.client.step_up().elevation(LINK).unwrap();
    assert_eq!(granted(&start_for(&world, &[LINK], None)).await, [held]);
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn what_the_server_does_not_require_is_granted_without_a_token() {
    let world = with_email().await;
    let state = ended(&start_for(&world, &[SIGN], None)).await;
    assert_eq!(state, StepUpFlowState::Granted { elevations: vec![], not_required: vec![SIGN] });
    assert!(!holds(&world, SIGN));
}

#[tokio::test]
async fn i01_a_check_that_fails_is_never_not_required() {
    for answer in [
        json!({ "status": 500 }),
        json!({ "body": {} }),
        json!({ "body": { "isRequired": null } }),
        json!({ "body": "<html>" }),
        json!({ "cut": "before" }),
        json!({ "status": 403, "body": { "isRequired": false } }),
    ] {
        let world = with_email().await;
        let mut rule = json!({ "method": "POST", "path": CHECK });
        rule.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        world.fault(rule);
        unconfirmed(&start_for(&world, &[SIGN], None)).await;
    }
}

#[tokio::test]
async fn a_check_that_fails_leaves_the_users_own_methods_and_is_repeated_by_retry() {
    let world = with_email().await;
    world.fault(json!({ "method": "POST", "path": CHECK, "cut": "before" }));
    let flow = start(&world);
    assert_eq!(unconfirmed(&flow).await.kind(), ErrorKind::RetryLater);
    world.sandbox.faults().clear();
    flow.retry().unwrap();
    // Now it is known that there is only one.
    assert_eq!(prompt(&flow).await.error, None);
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn methods_that_are_not_confirmed_can_be_tried() {
    let world = with_email().await;
    world.fault(json!({ "method": "POST", "path": CHECK, "status": 503 }));
    let flow = start(&world);
    unconfirmed(&flow).await;
    select(&flow, &StepUpMethod::Email).await;
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    assert!(holds(&world, EXPORT));
}

/// A clock that panics once it is broken.
struct Fragile {
    clock: Arc<dyn Clock>,
    breaks: AtomicBool,
    read: AtomicUsize,
}

impl Clock for Fragile {
    fn now(&self) -> SystemTime {
        self.read.fetch_add(1, Ordering::SeqCst);
        assert!(!self.breaks.swap(false, Ordering::SeqCst), "the host's fault");
        self.clock.now()
    }
}

#[tokio::test]
async fn i14_a_panic_in_what_a_flow_does_is_told_and_what_it_did_can_be_repeated() {
    let world = with_email().await;
    world.client.shutdown();
    let (breaks, read) = (AtomicBool::new(false), AtomicUsize::new(0));
    let clock = Arc::new(Fragile { clock: world.clock.shared(), breaks, read });
    let client = StepUpClient::with_clock(config(&world), world.platform(), clock.clone()).unwrap();
    world.fault(
        json!({ "method": "POST", "path": "emailVerifications/create", "count": 1, "latencyMs": 500 }),
    );
    let flow = client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    world.arrived("emailVerifications/create", 2).await;
    // The next to read it is who waits for the answer, and not who looks at the session meanwhile.
    at_rest("looks at the clock", || clock.read.load(Ordering::SeqCst)).await;
    clock.breaks.store(true, Ordering::SeqCst);
    let broken_off = StepUpError::Internal { reason: "a panic was caught".into() };
    match until(&flow, |state| name(state) == "Choosing").await {
        StepUpFlowState::Choosing { error, .. } => assert_eq!(error, Some(broken_off)),
        other => panic!("{other:?}"),
    }
    flow.retry().unwrap();
    prompt(&flow).await;
}

#[tokio::test]
async fn all_scopes_are_asked_about_at_once() {
    let world = with_email().await;
    world.fault(json!({ "method": "POST", "path": CHECK, "hang": true }));
    let flow = start_for(&world, &[EXPORT, LINK, SIGN], None);
    world.arrived(CHECK, 3).await;
    assert_eq!(name(&flow.state()), "Checking");
    flow.cancel();
}

#[tokio::test]
async fn one_proof_serves_every_scope_that_is_missing_and_asks_for_no_other() {
    let world = with_email().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let scopes = [UNLINK, LINK, EXPORT, SIGN];
    let flow = start_for(&world, &scopes, None);
    prompt(&flow).await;
    assert_eq!(world.count(CHECK), 3, "what is held is not asked about");
    flow.submit(world.code(EMAIL)).unwrap();
    let state = ended(&flow).await;
    let StepUpFlowState::Granted { elevations, not_required } = state else { panic!("{state:?}") };
    assert_eq!(not_required, [SIGN]);
    let request = world.requests("emailVerifications/verify").pop().unwrap();
    assert_eq!(request["body"]["requestedScopes"], json!(["credential:unlink", "wallet:export"]));
    let granted: Vec<_> = elevations.into_iter().flat_map(|elevation| elevation.scopes).collect();
    let expected = [&LINK, &UNLINK, &EXPORT];
    assert!(expected.iter().all(|scope| granted.contains(scope) && holds(&world, (*scope).clone())));
}

#[tokio::test]
async fn only_what_serves_every_scope_is_offered() {
    let world = with_many().await;
    let email = crate::users::credential(&world, &CredentialFormat::Email).await;
    let listed = json!([{ "id": email, "format": "email" }]);
    let answer = json!({ "isRequired": true, "credentials": listed, "defaultCredentialId": email });
    // One of the two is answered so, and the other with all that the user has.
    world.fault(json!({ "method": "POST", "path": CHECK, "count": 1, "body": answer }));
    let scopes = vec![EXPORT, UNLINK];
    let flow = world.client.step_up().start(scopes, None, None, false).unwrap();
    let methods: Vec<_> = choosing(&flow).await.into_iter().map(|option| option.method).collect();
    assert_eq!(methods, [StepUpMethod::Email]);
}

#[tokio::test]
async fn a_token_that_another_call_brings_is_noticed_at_the_next_check() {
    let world = with_email().await;
    world.fault(json!({ "method": "POST", "path": CHECK, "cut": "before" }));
    let flow = start_for(&world, &[LINK], None);
    unconfirmed(&flow).await;
    world.verify_by_email(&[LINK]).await.unwrap();
    flow.retry().unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn nobody_signed_in_fails_and_sends_nothing() {
    let world = world().await;
    let state = ended(&start(&world)).await;
    let StepUpFlowState::Failed { error } = state else { panic!("{state:?}") };
    assert_eq!((error.kind(), requests(&world)), (ErrorKind::SignInAgain, 0));
}

#[tokio::test]
async fn fault_40_a_device_that_is_not_registered_fails_as_such_and_no_code_is_asked_for() {
    let mut world = world_with(json!({ "deviceRegistration": true })).await;
    world.sign_in().await;
    world.client.shutdown();
    (world.keys, world.storage) = (TestKeys::default(), TestStorage::default());
    world.client = world.open().unwrap();
    world.sign_in().await;
    let before = requests(&world);
    let flow = start(&world);
    let state = ended(&flow).await;
    let StepUpFlowState::Failed { error } = state else { panic!("{state:?}") };
    assert_eq!(error, StepUpError::DeviceRegistrationRequired);
    assert_eq!((error.kind(), requests(&world)), (ErrorKind::RegisterDevice, before));
    let no_code = StepUpError::InvalidTransition { event: "submit".into() };
    assert_eq!(flow.submit("123456".into()), Err(no_code));
}
