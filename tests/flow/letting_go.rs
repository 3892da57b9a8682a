//! Nobody holds the client any more: its flows are over, what they had under way ends, and another client may
//! open.

use std::sync::{Arc, Mutex, Weak};

use stepup_core::{
    PasskeyProvider, PlatformError, StepUpClient, StepUpError, StepUpFlow, StepUpFlowEnd, StepUpFlowState,
};
use stepup_test_support::{World, eventually};
use tokio::sync::Semaphore;

use crate::{
    helpers::{EXPORT, prompt},
    screen::Screen,
    users::{config, with_email, with_passkey},
};

/// A sheet that nobody answers.
#[derive(Clone)]
struct Sheet {
    shown: Arc<Semaphore>,
    dismissed: Arc<Semaphore>,
}

struct Dismissal(Arc<Semaphore>);

impl Drop for Dismissal {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

#[async_trait::async_trait]
impl PasskeyProvider for Sheet {
    async fn create(&self, _options_json: String) -> Result<String, PlatformError> {
        Err(PlatformError::Unsupported)
    }

    async fn get(&self, _options_json: String) -> Result<String, PlatformError> {
        let _dismissal = Dismissal(Arc::clone(&self.dismissed));
        self.shown.add_permits(1);
        std::future::pending().await
    }
}

/// The world's client is gone, and another one on the same storage is there instead, with this sheet.
fn reopened(world: &World, sheet: &Sheet) -> Arc<StepUpClient> {
    let platform = world.platform().with_passkeys(Arc::new(sheet.clone()));
    StepUpClient::with_clock(config(world), platform, world.clock.shared()).unwrap()
}

fn sheet() -> Sheet {
    Sheet { shown: Arc::new(Semaphore::new(0)), dismissed: Arc::new(Semaphore::new(0)) }
}

async fn is_free(world: &World) {
    let mut client = None;
    eventually("the identity is free", || {
        let opened = StepUpClient::with_clock(config(world), world.platform(), world.clock.shared());
        assert!(opened.is_ok() || matches!(opened, Err(StepUpError::AlreadyOpen)));
        client = opened.ok();
        client.is_some()
    })
    .await;
}

#[tokio::test]
async fn i23_letting_the_client_go_ends_its_flow_and_dismisses_what_is_shown() {
    let world = with_passkey().await;
    world.client.shutdown();
    let sheet = sheet();
    let client = reopened(&world, &sheet);
    let flow = client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    sheet.shown.acquire().await.unwrap().forget();
    let weak: Weak<StepUpFlow> = Arc::downgrade(&flow);
    drop((flow, client));
    sheet.dismissed.acquire().await.unwrap().forget();
    eventually("the flow is gone", || weak.upgrade().is_none()).await;
    is_free(&world).await;
}

#[tokio::test]
async fn i23_a_flow_that_waits_for_a_code_keeps_no_client_open() {
    let world = with_email().await;
    world.client.shutdown();
    let client = reopened(&world, &sheet());
    let flow = client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    prompt(&flow).await;
    let weak = Arc::downgrade(&flow);
    drop((flow, client));
    eventually("the flow is gone", || weak.upgrade().is_none()).await;
    is_free(&world).await;
}

#[tokio::test]
async fn a_screen_is_told_the_end_of_a_flow_that_went_with_its_client() {
    let world = with_email().await;
    world.client.shutdown();
    let client = reopened(&world, &sheet());
    let flow = client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    let screen = Screen::on(&flow);
    screen.shows("AwaitingCode").await;
    drop((flow, client));
    let last = screen.shows("Cancelled").await;
    assert_eq!(last, StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ClientClosed });
    is_free(&world).await;
}

#[tokio::test]
async fn a_flow_goes_on_while_no_screen_holds_it() {
    let world = with_email().await;
    let weak = {
        let flow = world.client.step_up().start(vec![EXPORT], None, None, true).unwrap();
        Arc::downgrade(&flow)
    };
    let again = world.client.step_up().start(vec![EXPORT], None, None, true).unwrap();
    assert!(Weak::ptr_eq(&weak, &Arc::downgrade(&again)));
    prompt(&again).await;
}

#[tokio::test]
async fn who_lets_go_of_a_flow_last_ends_its_client_wherever_that_happens() {
    let world = with_email().await;
    world.client.shutdown();
    for _ in 0..100 {
        let opened = Mutex::new(None);
        eventually("the place is free again", || {
            *opened.lock().unwrap() = world.open().ok();
            opened.lock().unwrap().is_some()
        })
        .await;
        let client = opened.into_inner().unwrap().unwrap();
        let flow = client.step_up().start(vec![EXPORT], None, None, true).unwrap();
        client.shutdown();
        // Its own watcher looks at it in this moment, and may be the last to hold it.
        flow.ended().await;
        drop((client, flow));
    }
}
