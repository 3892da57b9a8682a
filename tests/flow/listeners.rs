//! Listeners that are slow, fail, panic, hang or call back: the flow goes on, and the last state is told.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use stepup_core::{
    ClientConfig, Deadlines, PlatformError, StepUpFlow, StepUpFlowListener, StepUpFlowState, Subscription,
};
use stepup_test_support::{EMAIL, World, eventually};
use tokio::sync::Semaphore;

use crate::{
    helpers::{granted, prompt, start, start_choosing},
    screen::{Screen, name},
    users::{config, with_email},
};

type Step = Pin<Box<dyn Future<Output = Result<(), PlatformError>> + Send>>;

/// Writes down what it is told, and then does something.
struct Listener {
    told: Arc<Mutex<Vec<&'static str>>>,
    then: Box<dyn Fn(StepUpFlowState) -> Step + Send + Sync>,
}

impl Listener {
    fn on<F: Future<Output = Result<(), PlatformError>> + Send + 'static>(
        flow: &StepUpFlow,
        then: impl Fn(StepUpFlowState) -> F + Send + Sync + 'static,
    ) -> (Arc<Mutex<Vec<&'static str>>>, Arc<Subscription>) {
        let told = Arc::<Mutex<Vec<&'static str>>>::default();
        let listener = Self { told: Arc::clone(&told), then: Box::new(move |state| Box::pin(then(state))) };
        let subscription = flow.subscribe(Arc::new(listener)).unwrap();
        (told, subscription)
    }
}

#[async_trait::async_trait]
impl StepUpFlowListener for Listener {
    async fn state_changed(&self, state: StepUpFlowState) -> Result<(), PlatformError> {
        self.told.lock().unwrap().push(name(&state));
        (self.then)(state).await
    }
}

async fn brought_to_its_end(world: &World, flow: &StepUpFlow) {
    prompt(flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(flow).await;
}

async fn last_is_granted(told: &Mutex<Vec<&'static str>>) {
    eventually("the last state is told", || told.lock().unwrap().last() == Some(&"Granted")).await;
    let granted = told.lock().unwrap().iter().filter(|name| **name == "Granted").count();
    assert_eq!(granted, 1);
}

#[tokio::test]
async fn a_slow_listener_misses_what_was_between_and_is_told_the_latest() {
    let world = with_email().await;
    let flow = start_choosing(&world);
    Screen::on(&flow).shows("Choosing").await;
    let drawn = Arc::new(Semaphore::new(0));
    let drawing = Arc::clone(&drawn);
    let (told, _subscription) = Listener::on(&flow, move |_| {
        let drawing = Arc::clone(&drawing);
        async move {
            drawing.acquire().await.unwrap().forget();
            Ok(())
        }
    });
    eventually("it is told the present state", || *told.lock().unwrap() == ["Choosing"]).await;
    crate::helpers::select(&flow, &stepup_core::StepUpMethod::Email).await;
    brought_to_its_end(&world, &flow).await;
    drawn.add_permits(2);
    last_is_granted(&told).await;
    assert_eq!(*told.lock().unwrap(), ["Choosing", "Granted"]);
}

#[tokio::test]
async fn i14_a_listener_that_fails_or_panics_is_told_the_next_state_all_the_same() {
    for panics in [false, true] {
        let world = with_email().await;
        let flow = start(&world);
        let screen = Screen::on(&flow);
        let (told, _subscription) = Listener::on(&flow, move |_| async move {
            assert!(!panics, "the host's fault");
            Err(PlatformError::Internal { reason: "the host's fault".into() })
        });
        brought_to_its_end(&world, &flow).await;
        last_is_granted(&told).await;
        screen.shows("Granted").await;
    }
}

#[tokio::test]
async fn i14_a_listener_that_hangs_holds_up_nobody_and_is_given_up() {
    let mut world = with_email().await;
    let deadlines = Some(Deadlines { storage: Some(Duration::from_millis(300)), ..Deadlines::default() });
    world.restart_with(ClientConfig { deadlines, ..config(&world) });
    let flow = start(&world);
    let (told, _subscription) = Listener::on(&flow, |state| async move {
        if !state.is_final() {
            std::future::pending::<()>().await;
        }
        Ok(())
    });
    let screen = Screen::on(&flow);
    brought_to_its_end(&world, &flow).await;
    screen.shows("Granted").await;
    last_is_granted(&told).await;
}

#[tokio::test]
async fn i13_a_listener_may_drive_the_flow() {
    let world = with_email().await;
    let flow = start_choosing(&world);
    let (me, outbox) = (Arc::clone(&flow), world.sandbox.outbox());
    let (told, _subscription) = Listener::on(&flow, move |state| {
        let (me, outbox) = (Arc::clone(&me), outbox.clone());
        async move {
            match state {
                StepUpFlowState::Choosing { options, .. } => me.select(options[0].id.clone()).unwrap(),
                StepUpFlowState::AwaitingCode { .. } => {
                    assert_eq!(name(&me.state()), "AwaitingCode");
                    me.submit(outbox.latest_code(EMAIL).unwrap()).unwrap();
                }
                _ => {}
            }
            Ok(())
        }
    });
    granted(&flow).await;
    last_is_granted(&told).await;
}

#[tokio::test]
async fn i13_a_listener_may_cancel_the_flow_and_subscribe_and_start_another() {
    let world = with_email().await;
    let flow = start(&world);
    let (me, step_up) = (Arc::clone(&flow), world.client.step_up());
    let others = Arc::<Mutex<Vec<Screen>>>::default();
    let kept = Arc::clone(&others);
    let (told, _subscription) = Listener::on(&flow, move |state| {
        let (me, step_up, kept) = (Arc::clone(&me), Arc::clone(&step_up), Arc::clone(&kept));
        async move {
            if name(&state) == "AwaitingCode" {
                me.cancel();
                let another = step_up.start(me.scopes(), None, None, true).unwrap();
                kept.lock().unwrap().extend([Screen::on(&me), Screen::on(&another)]);
            }
            Ok(())
        }
    });
    eventually("it has ended", || told.lock().unwrap().last() == Some(&"Cancelled")).await;
    let screens = std::mem::take(&mut *others.lock().unwrap());
    screens[0].shows("Cancelled").await;
    screens[1].shows("AwaitingCode").await;
}

#[tokio::test]
async fn i13_who_waits_for_a_state_may_drive_the_flow_while_looking_at_one() {
    let world = with_email().await;
    let flow = start(&world);
    let driving = Arc::clone(&flow);
    let reached = tokio::spawn(async move {
        let me = Arc::clone(&driving);
        driving
            .reached(move |state| {
                if name(state) == "AwaitingCode" {
                    me.cancel();
                }
                state.is_final()
            })
            .await
    });
    eventually("it has ended", || reached.is_finished()).await;
    assert_eq!(name(&reached.await.unwrap()), "Cancelled");
}

#[tokio::test]
async fn a_subscription_that_is_cancelled_or_let_go_tells_no_more() {
    let world = with_email().await;
    let flow = start_choosing(&world);
    let (cancelled, dropped, kept) = (Screen::on(&flow), Screen::on(&flow), Screen::on(&flow));
    for screen in [&cancelled, &dropped, &kept] {
        screen.shows("Choosing").await;
    }
    cancelled.subscription.cancel();
    cancelled.subscription.cancel();
    let dropped = dropped.let_go();
    crate::helpers::select(&flow, &stepup_core::StepUpMethod::Email).await;
    brought_to_its_end(&world, &flow).await;
    kept.shows("Granted").await;
    assert_eq!(cancelled.names().last(), Some(&"Choosing"));
    assert_eq!(dropped().last().map(name), Some("Choosing"));
}

#[tokio::test]
async fn who_comes_after_the_end_is_told_the_end_once() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    flow.cancel();
    let screen = Screen::on(&flow);
    screen.shows("Cancelled").await;
    world.client.shutdown();
    let late = Screen::on(&flow);
    late.shows("Cancelled").await;
    assert_eq!((screen.names(), late.names()), (vec!["Cancelled"], vec!["Cancelled"]));
}

#[tokio::test]
async fn a_thousand_screens_are_told_the_end() {
    let world = with_email().await;
    let flow = start(&world);
    let screens: Vec<_> = (0..1_000).map(|_| Screen::on(&flow)).collect();
    brought_to_its_end(&world, &flow).await;
    for screen in &screens {
        screen.shows("Granted").await;
    }
}
