//! A flow on whatever thread (I13).

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use stepup_core::{PlatformError, StepUpFlowListener, StepUpFlowState};
use stepup_test_support::EMAIL;
use tokio::runtime::{Builder, Handle};

use crate::{
    helpers::{EXPORT, start},
    screen::name,
    users::{holds, with_email},
};

/// Passes on what it is told.
struct Teller(mpsc::Sender<StepUpFlowState>);

#[async_trait::async_trait]
impl StepUpFlowListener for Teller {
    async fn state_changed(&self, state: StepUpFlowState) -> Result<(), PlatformError> {
        self.0.send(state).map_err(|_| PlatformError::Unsupported)
    }
}

#[test]
fn i13_fault_46_a_flow_is_driven_from_plain_threads_without_an_executor() {
    // The sandbox needs a runtime; the client does not get it.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let world = runtime.block_on(with_email());
    assert!(Handle::try_current().is_err(), "no runtime is here");
    let (sender, states) = mpsc::channel();
    let flow = thread::scope(|scope| scope.spawn(|| start(&world)).join().unwrap());
    let _subscription = thread::scope(|scope| {
        let subscribe = || flow.subscribe(Arc::new(Teller(sender))).unwrap();
        scope.spawn(subscribe).join().unwrap()
    });
    loop {
        match name(&states.recv_timeout(Duration::from_secs(30)).unwrap()) {
            "AwaitingCode" => {
                thread::scope(|scope| drop(scope.spawn(|| flow.submit(world.code(EMAIL)).unwrap())));
            }
            "Granted" => break,
            _ => {}
        }
    }
    assert!(holds(&world, EXPORT));
}
