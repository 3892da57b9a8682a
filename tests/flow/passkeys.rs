//! Passkeys in a flow: prepared beside the check, so that the system's sheet follows the tap.

use std::sync::{Arc, Mutex};

use serde_json::json;
use stepup_core::{PasskeyProvider, PlatformError, StepUpMethod};
use stepup_sandbox::Log;
use stepup_test_support::{PasskeyMode, TestPasskeys, World, eventually};

use crate::{
    helpers::{EXPORT, SIGN, choosing, granted, select, start, start_choosing},
    screen::{Screen, name},
    users::{config, holds, with_passkey, with_totp_and_passkey},
};

const OPTIONS: &str = "users/passkeys/authenticate";
const VERIFY: &str = "users/mfa/auth/passkey";

/// A sheet that remembers how many requests had been made when it was shown.
#[derive(Clone)]
struct Sheet {
    passkeys: TestPasskeys,
    log: Log,
    shown_after: Arc<Mutex<Vec<usize>>>,
}

impl Sheet {
    fn before(world: &mut World) -> Self {
        let (passkeys, log) = (world.passkeys.clone(), world.sandbox.log());
        let sheet = Self { passkeys, log, shown_after: Arc::default() };
        let platform = world.platform().with_passkeys(Arc::new(sheet.clone()));
        world.restart_on(config(world), platform);
        sheet
    }

    fn shown_after(&self) -> Vec<usize> {
        self.shown_after.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl PasskeyProvider for Sheet {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        self.passkeys.create(options_json).await
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        self.shown_after.lock().unwrap().push(self.log.exchanges().len());
        self.passkeys.get(options_json).await
    }
}

/// Waits until the passkey's options have been fetched so many times.
async fn prepared(world: &World, times: usize) {
    let answered = || world.requests(OPTIONS).iter().filter(|exchange| exchange["status"] == 200).count();
    eventually("the options are there", || answered() >= times).await;
    // What was answered before this has arrived when this has.
    world.client.step_up().check(SIGN, None).await.unwrap();
}

fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

#[tokio::test]
async fn fault_36_the_sheet_follows_the_tap_and_one_request_follows_the_sheet() {
    let mut world = with_passkey().await;
    let sheet = Sheet::before(&mut world);
    world.client.restore(None).await.unwrap();
    let flow = start_choosing(&world);
    let screen = Screen::on(&flow);
    screen.shows("Choosing").await;
    prepared(&world, 1).await;
    let before = requests(&world);
    select(&flow, &StepUpMethod::Passkey).await;
    screen.showed(&["Checking", "Choosing", "AwaitingCeremony", "Verifying", "Granted"]).await;
    assert_eq!(sheet.shown_after(), [before], "no request between the tap and the sheet");
    assert_eq!((requests(&world), world.count(VERIFY)), (before + 1, 1));
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn the_options_are_fetched_beside_the_check_and_not_after_it() {
    let world = with_passkey().await;
    world.fault(json!({
        "method": "POST", "path": "stepUp/check", "count": 1, "latencyMs": 1_000,
    }));
    let flow = start_choosing(&world);
    prepared(&world, 1).await;
    assert_eq!(name(&flow.state()), "Checking");
    flow.cancel();
}

#[tokio::test]
async fn the_only_method_that_can_be_used_shows_its_sheet_by_itself() {
    let world = with_passkey().await;
    let flow = start(&world);
    granted(&flow).await;
    assert_eq!((world.count(OPTIONS), world.count(VERIFY)), (1, 1));
}

#[tokio::test]
async fn options_that_have_run_out_are_fetched_again_and_the_old_challenge_is_not_shown() {
    let world = with_passkey().await;
    let flow = start_choosing(&world);
    choosing(&flow).await;
    prepared(&world, 1).await;
    world.sandbox.clock().advance(400);
    world.clock.set_ahead(400);
    select(&flow, &StepUpMethod::Passkey).await;
    granted(&flow).await;
    assert_eq!((world.count(OPTIONS), world.count(VERIFY)), (2, 1));
}

#[tokio::test]
async fn the_method_is_chosen_before_its_options_have_come() {
    let (world, _) = with_totp_and_passkey().await;
    world.fault(json!({ "method": "GET", "path": OPTIONS, "count": 1, "latencyMs": 300 }));
    let flow = start_choosing(&world);
    select(&flow, &StepUpMethod::Passkey).await;
    granted(&flow).await;
    assert_eq!((world.count(OPTIONS), world.count(VERIFY)), (1, 1));
}

#[tokio::test]
async fn after_going_back_the_next_sheet_has_a_challenge_of_its_own() {
    let world = with_passkey().await;
    world.passkeys.set(PasskeyMode::Hangs);
    let flow = start(&world);
    eventually("the sheet", || world.passkeys.ceremonies() == 2).await;
    world.passkeys.set(PasskeyMode::Works);
    flow.back().unwrap();
    prepared(&world, 2).await;
    select(&flow, &StepUpMethod::Passkey).await;
    granted(&flow).await;
    assert_eq!((world.count(OPTIONS), world.count(VERIFY)), (2, 1));
}
