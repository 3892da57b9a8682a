//! The stored record of what waits for the user: what it holds, when it is written, and what is done where it
//! cannot be.

use std::sync::Arc;

use serde_json::Value;
use stepup_core::{ClientConfig, RedirectOutcome, SocialProvider, StepUpFlowState, StepUpMethod};
use stepup_test_support::{BrowserMode, EMAIL, StorageMode, TestLog, World, eventually};

use crate::{
    helpers::{EXPORT, LINK, granted, prompt, select, start_choosing, start_for, until},
    process_death::{DELETE, awaiting_code, forgotten, interrupted, pending, record, restart},
    users::{self, NUMBER, account, config},
};

const WARNING: &str = "could not be written down";

/// The record is another one from now on.
async fn overwrite(world: &World, text: &str) {
    use stepup_core::SecureStorage;
    let records = world.storage.records();
    let key = records.keys().find(|key| key.ends_with(".browser")).unwrap();
    world.storage.put(key.clone(), text.as_bytes().to_vec()).await.unwrap();
}

async fn at_rest(world: &World) {
    eventually("the storage is at rest", || world.storage.is_at_rest()).await;
}

/// A client that logs, on the same storage.
fn with_log(world: &mut World) -> TestLog {
    let log = TestLog::default();
    let platform = world.platform().with_log_sink(Arc::new(log.clone()));
    let config = ClientConfig { deadlines: world.config().deadlines, ..config(world) };
    world.restart_on(config, platform);
    log
}

#[tokio::test]
async fn i12_the_record_holds_no_code_no_address_and_no_token() {
    for method in [StepUpMethod::Email, StepUpMethod::Sms] {
        let world = users::with_many().await;
        let (_, shown) = awaiting_code(&world, &method).await;
        let (stored, code) = (record(&world).unwrap(), world.code(EMAIL));
        for secret in ["ada@", "2025550167", "5550167", "eyJ", code.as_str()] {
            assert!(!stored.contains(secret), "{secret} in {stored}");
        }
        assert!(!stored.contains(&world.code(NUMBER)));
        assert!(stored.contains(&shown.masked_destination.unwrap()));
    }
}

#[tokio::test]
async fn the_label_of_a_social_account_is_not_in_the_record() {
    let world = users::with_google().await;
    world.browser.set(BrowserMode::Hangs);
    let flow = start_choosing(&world);
    let google = StepUpMethod::Social { provider: SocialProvider::Google };
    let label = select(&flow, &google).await.masked_label;
    world.browser.page(2).await;
    let stored = record(&world).unwrap();
    assert!(!stored.contains("ada") && !stored.contains('@'), "{stored}");
    assert!(label.is_none_or(|label| !stored.contains(&label)));
}

#[tokio::test]
async fn fault_15_what_changed_is_written_once() {
    let world = users::with_email().await;
    at_rest(&world).await;
    let calls = |expected: &'static [&'static str]| {
        let world = &world;
        async move {
            eventually("it is written", || world.storage.calls().len() >= expected.len()).await;
            at_rest(world).await;
            assert_eq!(world.storage.calls(), expected);
            world.storage.clear_calls();
        }
    };
    world.storage.clear_calls();
    let flow = start_for(&world, &[EXPORT], None);
    prompt(&flow).await;
    calls(&["put"]).await;
    flow.submit("12".into()).unwrap();
    let is_refused = |state: &StepUpFlowState| {
        matches!(state,
        StepUpFlowState::AwaitingCode { prompt, .. } if prompt.error.is_some())
    };
    until(&flow, is_refused).await;
    calls(&[]).await;
    flow.resend().unwrap();
    world.arrived("emailVerifications/retry", 1).await;
    calls(&["put"]).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    // The session that the proof has brought, and the record that is not needed any more.
    calls(&["put", "delete"]).await;
    let unsent = start_for(&world, &[LINK], None);
    unsent.cancel();
    calls(&[]).await;
}

#[tokio::test]
async fn fault_15_a_flow_that_is_found_again_writes_nothing() {
    let mut world = users::with_email().await;
    interrupted(&mut world, &StepUpMethod::Email).await;
    world.storage.clear_calls();
    let flow = pending(&world).await.unwrap();
    flow.submit("12".into()).unwrap();
    let is_refused = |state: &StepUpFlowState| {
        matches!(state,
        StepUpFlowState::AwaitingCode { prompt, .. } if prompt.error.is_some())
    };
    until(&flow, is_refused).await;
    assert_eq!(world.storage.calls(), ["get", "get"], "the session and the record");
}

#[tokio::test]
async fn a_flow_goes_on_where_the_storage_fails() {
    for mode in [StorageMode::Fails, StorageMode::Locked, StorageMode::Panics, StorageMode::Hangs] {
        let mut world = users::with_email().await;
        let log = with_log(&mut world);
        world.client.restore(None).await.unwrap();
        world.storage.set(mode);
        let flow = start_for(&world, &[EXPORT], None);
        prompt(&flow).await;
        eventually("it is told", || log.text().contains(WARNING)).await;
        assert!(!log.text().contains("ada@"));
        world.storage.set(StorageMode::Works);
        flow.submit(world.code(EMAIL)).unwrap();
        granted(&flow).await;
        at_rest(&world).await;
        restart(&mut world);
        assert!(pending(&world).await.is_none(), "{mode:?}");
    }
}

#[tokio::test]
async fn a_record_that_is_not_readable_is_nothing() {
    for text in ["", "{", "[1]", "{\"code\":7}", "{\"code\":{\"origin\":{}}}", "\u{0}\u{1}"] {
        let mut world = users::with_email().await;
        interrupted(&mut world, &StepUpMethod::Email).await;
        overwrite(&world, text).await;
        assert!(pending(&world).await.is_none(), "{text}");
        let (flow, _) = awaiting_code(&world, &StepUpMethod::Email).await;
        flow.submit(world.code(EMAIL)).unwrap();
        granted(&flow).await;
        forgotten(&world).await;
    }
}

#[tokio::test]
async fn a_record_about_another_credential_is_nothing() {
    let mut world = users::with_email().await;
    interrupted(&mut world, &StepUpMethod::Email).await;
    let mut stored: Value = serde_json::from_str(&record(&world).unwrap()).unwrap();
    stored["code"]["origin"]["option_id"] = "somebody else's".into();
    overwrite(&world, &stored.to_string()).await;
    assert!(pending(&world).await.is_none());
    forgotten(&world).await;
}

#[tokio::test]
async fn a_visit_that_an_older_version_has_written_down_is_ended_by_its_redirect() {
    let mut world = users::with_google().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let flow = start_choosing(&world);
    select(&flow, &StepUpMethod::Social { provider: SocialProvider::Google }).await;
    let redirect = world.browser.redirect(2).await;
    restart(&mut world);
    let mut stored: Value = serde_json::from_str(&record(&world).unwrap()).unwrap();
    let mut visit = stored["browser"].take();
    visit["purpose"]["verify"].as_object_mut().unwrap().remove("flow").unwrap();
    overwrite(&world, &visit.to_string()).await;
    assert!(pending(&world).await.is_none());
    let outcome = world.client.auth().handle_redirect(redirect, None).await.unwrap();
    assert!(matches!(outcome, RedirectOutcome::Elevated { .. }), "{outcome:?}");
    assert!(record(&world).is_none());
}

#[tokio::test]
async fn a_code_leaves_the_visit_alone_that_an_earlier_process_has_begun() {
    let mut world = users::with_many().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(account()));
    let (flow, decided) = (start_choosing(&world), world.browser.decided());
    select(&flow, &StepUpMethod::Social { provider: SocialProvider::Google }).await;
    let redirect = world.browser.redirect(decided + 1).await;
    restart(&mut world);
    let flow = start_for(&world, &[DELETE], None);
    select(&flow, &StepUpMethod::Email).await;
    prompt(&flow).await;
    eventually("both are kept", || {
        record(&world).is_some_and(|stored| stored.contains("\"code\"") && stored.contains("\"browser\""))
    })
    .await;
    let outcome = world.client.auth().handle_redirect(redirect, None).await.unwrap();
    assert!(matches!(outcome, RedirectOutcome::Elevated { .. }), "{outcome:?}");
    assert!(record(&world).is_some_and(|stored| !stored.contains("\"browser\"")));
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    forgotten(&world).await;
}
