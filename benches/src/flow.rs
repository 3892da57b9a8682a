//! The step-up flow: how soon a screen hears of a state, what many callers cost, and what happens between the
//! user's action and the end.

use std::{
    fs,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use serde_json::json;
use stepup_core::{
    PlatformError, SignInOptions, StepUpFlow, StepUpFlowListener, StepUpFlowState, StepUpMethod, TokenScope,
};
use stepup_test_support::{EMAIL, World};

use crate::{remote::median, report::Report, round_trips};

const CHANGES: usize = 2_000;
const CALLERS: usize = 10_000;

pub(crate) async fn measure(report: &mut Report) {
    told(report).await;
    joined(report).await;
    by_email(report).await;
    after_the_action(report).await;
}

fn start(world: &World, auto_select: bool) -> Arc<StepUpFlow> {
    world.client.step_up().start(vec![TokenScope::WALLET_EXPORT], None, None, auto_select).unwrap()
}

async fn until(flow: &StepUpFlow, is_it: impl Fn(&StepUpFlowState) -> bool) -> StepUpFlowState {
    let state = flow.reached(|state| is_it(state) || state.is_final()).await;
    assert!(is_it(&state), "{state:?}");
    state
}

async fn select(flow: &StepUpFlow, method: &StepUpMethod) {
    let choosing = until(flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await;
    let StepUpFlowState::Choosing { options, .. } = choosing else { return };
    let option = options.into_iter().find(|option| option.method == *method).unwrap();
    flow.select(option.id).unwrap();
}

/// Sends the time at which each state was told.
struct Watch(mpsc::Sender<(Instant, StepUpFlowState)>);

#[async_trait::async_trait]
impl StepUpFlowListener for Watch {
    async fn state_changed(&self, state: StepUpFlowState) -> Result<(), PlatformError> {
        let _ = self.0.send((Instant::now(), state));
        Ok(())
    }
}

/// From the call that changes the state to the listener: selecting an authenticator app and going back, which
/// asks nobody.
async fn told_in_rust() -> Duration {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let flow = start(&world, false);
    until(&flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await;
    let (sender, states) = mpsc::channel();
    let _subscription = flow.subscribe(Arc::new(Watch(sender))).unwrap();
    tokio::task::spawn_blocking(move || {
        states.recv().unwrap();
        let StepUpFlowState::Choosing { options, .. } = flow.state() else { return Duration::MAX };
        let totp = options.iter().find(|option| option.method == StepUpMethod::Totp).unwrap();
        let mut times = Vec::new();
        for _ in 0..CHANGES / 2 {
            let began = Instant::now();
            flow.select(totp.id.clone()).unwrap();
            times.push(states.recv().unwrap().0 - began);
            let began = Instant::now();
            flow.back().unwrap();
            times.push(states.recv().unwrap().0 - began);
        }
        median(times)
    })
    .await
    .unwrap()
}

async fn told(report: &mut Report) {
    let time = told_in_rust().await;
    report.note(
        "flow: state change to listener, median, in Rust",
        format!("{:.1} µs", time.as_secs_f64() * 1e6),
    );
}

async fn joined(report: &mut Report) {
    let world = World::new().await;
    world.sign_in().await;
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 200 }));
    let resident = || resident_kib().unwrap();
    let (before, began) = (resident(), Instant::now());
    let flows: Vec<_> = (0..CALLERS).map(|_| start(&world, false)).collect();
    let took = began.elapsed();
    let grown = resident() - before;
    until(&flows[0], |state| matches!(state, StepUpFlowState::Choosing { .. })).await;
    assert!(flows.iter().all(|flow| Arc::ptr_eq(flow, &flows[0])));
    let requests = world.count("stepUp/check");
    let measured = format!("{requests}; {} ms, {grown} KiB RSS more", took.as_millis());
    report.limit("flow: 10,000 callers joined", "1 check", measured, requests == 1);
}

fn resident_kib() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

async fn by_email(report: &mut Report) {
    let world = World::new().await;
    world.sign_in().await;
    let what = "flow: start to Granted by e-mail code, nonces warm";
    let elapsed = round_trips::row(report, &world, what, 3, async {
        let flow = start(&world, true);
        until(&flow, |state| matches!(state, StepUpFlowState::AwaitingCode { .. })).await;
        flow.submit(world.code(EMAIL)).unwrap();
        until(&flow, |state| matches!(state, StepUpFlowState::Granted { .. })).await;
        Ok(())
    })
    .await;
    let (measured, is_met) = (format!("{} ms", elapsed.as_millis()), elapsed.as_millis() <= 320);
    report.goal("flow: the same, with 100 ms more per request", "≤ 320 ms", measured, is_met);
}

/// Requests from the user's action to Granted.
async fn after_the_action(report: &mut Report) {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let flow = start(&world, true);
    until(&flow, |state| matches!(state, StepUpFlowState::AwaitingCode { .. })).await;
    let before = round_trips::api_requests(&world);
    flow.submit(world.totp_code(&totp)).unwrap();
    let granted = until(&flow, |state| matches!(state, StepUpFlowState::Granted { .. })).await;
    one_request(report, "authenticator app", round_trips::api_requests(&world) - before);
    drop(granted);

    let world = World::new().await;
    let linking = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, linking).await;
    world.client.passkeys().register(None).await.unwrap();
    let flow = start(&world, false);
    until(&flow, |state| matches!(state, StepUpFlowState::Choosing { .. })).await;
    world.arrived("users/passkeys/authenticate", 1).await;
    let before = round_trips::api_requests(&world);
    select(&flow, &StepUpMethod::Passkey).await;
    until(&flow, |state| matches!(state, StepUpFlowState::Granted { .. })).await;
    one_request(report, "passkey", round_trips::api_requests(&world) - before);
}

fn one_request(report: &mut Report, method: &str, requests: usize) {
    let what = format!("flow: requests after the user's action, {method}");
    report.limit(&what, "1", requests.to_string(), requests == 1);
}
