//! `with_step_up`: an operation that is run once more after a step-up, and never without need.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use stepup_core::{StepUpError, StepUpFlow, StepUpFlowEnd, StepUpFlowState, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};
use tokio::task::JoinHandle;

use crate::{
    helpers::{EXPORT, LINK, SIGN, UNLINK, ended, granted, prompt, start},
    screen::name,
    users::{holds, with_email, world},
};

const CHECK: &str = "stepUp/check";

fn missing(scope: TokenScope) -> StepUpError {
    StepUpError::StepUpRequired { operation: "operation".into(), scope, token_was_attached: false }
}

/// Counts.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn up(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Runs an operation that ends like this the first time, the second, and so on: its outcome, how often it
/// ran, and how often the user was needed.
async fn run(
    world: &World,
    outcomes: Vec<Result<u8, StepUpError>>,
    present: impl AsyncFnOnce(Arc<StepUpFlow>),
) -> (Result<u8, StepUpError>, usize, usize) {
    let (runs, presented) = (Count::default(), Count::default());
    let shown = presented.clone();
    let operation = || std::future::ready(outcomes[runs.up()].clone());
    let present = |flow| async move {
        shown.up();
        present(flow).await;
    };
    let outcome = world.client.step_up().with_step_up(EXPORT, present, operation).await;
    (outcome, runs.get(), presented.get())
}

/// A user who does what is asked.
fn obliging(world: &World) -> impl AsyncFnOnce(Arc<StepUpFlow>) + use<> {
    let outbox = world.sandbox.outbox();
    async move |flow: Arc<StepUpFlow>| {
        prompt(&flow).await;
        flow.submit(outbox.latest_code(EMAIL).unwrap()).unwrap();
        granted(&flow).await;
    }
}

#[tokio::test]
async fn what_is_not_refused_runs_once_and_asks_nobody() {
    let world = with_email().await;
    let ran = run(&world, vec![Ok(7)], async |_| panic!("nobody is needed")).await;
    assert_eq!(ran, (Ok(7), 1, 0));
    assert_eq!(world.count(CHECK), 0);
}

#[tokio::test]
async fn what_is_refused_for_want_of_a_step_up_runs_once_more_after_it() {
    let world = with_email().await;
    let ran = run(&world, vec![Err(missing(EXPORT)), Ok(7)], obliging(&world)).await;
    assert_eq!(ran, (Ok(7), 2, 1));
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn an_operation_of_this_library_is_carried_out_with_the_token() {
    let world = with_email().await;
    let (step_up, outbox) = (world.client.step_up(), world.sandbox.outbox());
    let present = |flow: Arc<StepUpFlow>| async move {
        prompt(&flow).await;
        flow.submit(outbox.latest_code(EMAIL).unwrap()).unwrap();
    };
    let operation = || step_up.authorization_headers(EXPORT, None);
    let headers = step_up.with_step_up(EXPORT, present, operation).await.unwrap();
    assert!(headers.iter().any(|header| header.name == "x-dyn-elevated-access-token"));
}

#[tokio::test]
async fn a_held_token_that_the_app_s_backend_refuses_is_replaced_by_a_new_one() {
    let world = with_email().await;
    let (step_up, outbox) = (world.client.step_up(), world.sandbox.outbox());
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(EMAIL), vec![UNLINK], None, None).await.unwrap();
    let refusal = br#"{"error":"Elevated access token required"}"#.to_vec();
    let runs = Count::default();
    let operation = || async {
        let headers = step_up.authorization_headers(UNLINK, None).await?;
        let (status, body) = if runs.up() == 0 { (403, refusal.clone()) } else { (200, Vec::new()) };
        step_up.ensure_not_refused(UNLINK, headers.clone(), status, body, None).await?;
        Ok(headers[1].value.clone())
    };
    let refused = step_up.authorization_headers(UNLINK, None).await.unwrap()[1].value.clone();
    let present = |flow: Arc<StepUpFlow>| async move {
        prompt(&flow).await;
        flow.submit(outbox.latest_code(EMAIL).unwrap()).unwrap();
    };
    world.advance(1);
    let accepted = step_up.with_step_up(UNLINK, present, operation).await.unwrap();
    assert_ne!(accepted, refused);
    assert_eq!(runs.get(), 2);
}

#[tokio::test]
async fn who_is_not_needed_is_not_asked() {
    let world = with_email().await;
    // The token was there already when the flow looked.
    let step_up = world.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
    let ran = run(&world, vec![Err(missing(EXPORT)), Ok(7)], async |_| panic!("nobody is needed")).await;
    assert_eq!(ran, (Ok(7), 2, 0));
}

#[tokio::test]
async fn refused_again_it_is_an_error_and_no_loop() {
    let world = with_email().await;
    let outcomes = vec![Err(missing(EXPORT)), Err(missing(EXPORT)), Ok(7)];
    let ran = run(&world, outcomes, obliging(&world)).await;
    assert_eq!(ran, (Err(missing(EXPORT)), 2, 1));
}

#[tokio::test]
async fn what_is_refused_for_anything_else_does_not_run_twice() {
    let world = with_email().await;
    for error in [missing(LINK), StepUpError::Cancelled, StepUpError::NotSignedIn { answer: None }] {
        let ran = run(&world, vec![Err(error.clone()), Ok(7)], async |_| panic!("nobody is needed")).await;
        assert_eq!(ran, (Err(error), 1, 0));
    }
    assert_eq!(world.count(CHECK), 0);
}

#[tokio::test]
async fn a_user_who_does_not_want_to_has_cancelled() {
    let world = with_email().await;
    let ran = run(&world, vec![Err(missing(EXPORT)), Ok(7)], async |flow| flow.cancel()).await;
    assert_eq!(ran, (Err(StepUpError::Cancelled), 1, 1));
}

#[tokio::test]
async fn a_flow_that_fails_is_the_error() {
    let world = world().await;
    let (outcome, runs, presented) =
        run(&world, vec![Err(missing(EXPORT)), Ok(7)], async |_| panic!("nobody is needed")).await;
    assert!(matches!(outcome, Err(StepUpError::NotSignedIn { .. })), "{outcome:?}");
    assert_eq!((runs, presented), (1, 0));
}

#[tokio::test]
async fn a_screen_that_returns_early_does_not_end_the_flow() {
    let world = with_email().await;
    let (step_up, outbox) = (world.client.step_up(), world.sandbox.outbox());
    let ran = run(&world, vec![Err(missing(EXPORT)), Ok(7)], async move |flow| {
        // The app opens a screen and comes back at once; the screen goes on by itself.
        tokio::spawn(async move {
            prompt(&flow).await;
            flow.submit(outbox.latest_code(EMAIL).unwrap()).unwrap();
        });
    });
    assert_eq!(ran.await, (Ok(7), 2, 1));
    assert!(step_up.has_elevated_access_token(EXPORT));
}

/// A guarded operation under way, with the flow that it presents.
fn under_way(
    world: &World,
    runs: &Count,
) -> (JoinHandle<Result<usize, StepUpError>>, impl Future<Output = Arc<StepUpFlow>> + use<>) {
    let (step_up, runs) = (world.client.step_up(), runs.clone());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let call = tokio::spawn(async move {
        let present = |flow: Arc<StepUpFlow>| async move {
            let _ = sender.send(Arc::clone(&flow));
            std::future::pending().await
        };
        let times = AtomicUsize::new(0);
        let operation = || async {
            runs.up();
            if times.fetch_add(1, Ordering::SeqCst) == 0 { Err(missing(EXPORT)) } else { Ok(7) }
        };
        step_up.with_step_up(EXPORT, present, operation).await
    });
    (call, async move { receiver.await.unwrap() })
}

#[tokio::test]
async fn dropped_it_ends_the_flow() {
    let world = with_email().await;
    let (call, flow) = under_way(&world, &Count::default());
    let flow = flow.await;
    prompt(&flow).await;
    call.abort();
    let over = StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ByApp };
    assert_eq!(ended(&flow).await, over);
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn dropped_it_leaves_a_flow_that_somebody_else_wants() {
    let world = with_email().await;
    let (call, flow) = under_way(&world, &Count::default());
    let flow = flow.await;
    let joined = start(&world);
    assert!(Arc::ptr_eq(&flow, &joined));
    prompt(&flow).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(name(&flow.state()), "AwaitingCode");
    joined.submit(world.code(EMAIL)).unwrap();
    granted(&joined).await;
}

#[tokio::test]
async fn two_at_once_share_a_flow_and_its_check() {
    let world = with_email().await;
    let runs = Count::default();
    let ((one, flow), (other, other_flow)) = (under_way(&world, &runs), under_way(&world, &runs));
    let (flow, other_flow) = (flow.await, other_flow.await);
    assert!(Arc::ptr_eq(&flow, &other_flow));
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    assert_eq!((one.await.unwrap(), other.await.unwrap()), (Ok(7), Ok(7)));
    assert_eq!((runs.get(), world.count(CHECK), world.count("emailVerifications/create")), (4, 1, 2));
}

#[tokio::test]
async fn one_of_two_that_is_dropped_leaves_the_other_its_flow() {
    let world = with_email().await;
    let runs = Count::default();
    let ((one, flow), (other, _)) = (under_way(&world, &runs), under_way(&world, &runs));
    let flow = flow.await;
    prompt(&flow).await;
    eventually("both have begun", || runs.get() == 2).await;
    one.abort();
    assert!(one.await.unwrap_err().is_cancelled());
    assert_eq!(name(&flow.state()), "AwaitingCode");
    flow.submit(world.code(EMAIL)).unwrap();
    assert_eq!(other.await.unwrap(), Ok(7));
}

#[tokio::test]
async fn a_scope_that_the_server_does_not_require_is_granted_without_the_user() {
    let world = with_email().await;
    let runs = Count::default();
    let operation = || {
        let first = runs.up() == 0;
        std::future::ready(if first { Err(missing(SIGN)) } else { Ok(7) })
    };
    let present = |_| async { panic!("nobody is needed") };
    let outcome = world.client.step_up().with_step_up(SIGN, present, operation).await;
    assert_eq!((outcome, runs.get()), (Ok(7), 2));
}
