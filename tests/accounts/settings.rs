//! The environment's settings: asked for once, again when they are old, again when they could not be read.

use serde_json::json;
use stepup_core::{NetworkFailure, SocialProvider, StepUpError, UnavailableReason};
use stepup_test_support::{BrowserMode, World, eventually};

use crate::helpers::{own_account, patch_policy, patient_world, sign_in_with_google, world};

const GOOGLE: SocialProvider = SocialProvider::Google;

fn time_passes(world: &World, seconds: i64) {
    world.sandbox.clock().advance(seconds);
    world.clock.set_ahead(seconds);
}

fn readings(world: &World) -> usize {
    world.count("/settings")
}

#[tokio::test]
async fn they_are_asked_for_once_and_only_where_they_are_needed() {
    let world = world().await;
    world.sign_in().await;
    assert_eq!(readings(&world), 0);
    for _ in 0..3 {
        sign_in_with_google(&world, own_account()).await;
    }
    assert_eq!(readings(&world), 1);
    let request = &world.requests("/settings")[0];
    assert!(request["headers"].get("authorization").is_none());
    assert!(request["query"].as_str().unwrap().starts_with("sdkVersion=StepUp%2F"), "{request}");
}

#[tokio::test]
async fn concurrent_first_calls_ask_once() {
    let world = patient_world().await;
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "latencyMs": 300 }));
    world.browser.set(BrowserMode::Closes);
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let auth = world.client.auth();
            tokio::spawn(async move { auth.sign_in_with_social(GOOGLE, None, None).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    }
    assert_eq!(readings(&world), 1);
}

#[tokio::test]
async fn fault_17_old_settings_are_renewed_beside_the_call() {
    let world = patient_world().await;
    sign_in_with_google(&world, own_account()).await;
    patch_policy(&world, &json!({ "providers": [{ "provider": "google", "clientId": "new" }] }));
    time_passes(&world, 290);
    sign_in_error(&world).await;
    assert_eq!(readings(&world), 1);
    time_passes(&world, 301);
    // Never answered: the call does not wait for it.
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "latencyMs": 500 }));
    sign_in_error(&world).await;
    eventually("the settings are read again", || readings(&world) == 2).await;
    eventually_new_client_id(&world).await;
    sign_in_with_google(&world, own_account()).await;
    assert_eq!(readings(&world), 2);
}

/// Opens a page that is made of the old settings: the provider does not know the client.
async fn sign_in_error(world: &World) {
    world.browser.set(BrowserMode::Approves(own_account()));
    world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    assert!(world.browser.opened().pop().unwrap().url.contains("client_id=sandbox-google"));
}

async fn eventually_new_client_id(world: &World) {
    let is_answered = || world.requests("/settings").iter().all(|request| request["status"] == 200);
    eventually("the settings are there", is_answered).await;
    world.browser.set(BrowserMode::Closes);
    for _ in 0..500 {
        world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
        if world.browser.opened().pop().unwrap().url.contains("client_id=new") {
            return;
        }
    }
    panic!("the new settings are never used");
}

#[tokio::test]
async fn a_reading_that_failed_is_tried_again_by_the_next_call() {
    let world = world().await;
    world.browser.set(BrowserMode::Approves(own_account()));
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "status": 500, "body": "<html>" }));
    let error = world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    let StepUpError::Server { operation, answer, .. } = error else { panic!("{error:?}") };
    assert_eq!((operation.as_str(), answer.status), ("settings", 500));
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "body": "{\"providers\":" }));
    let error = world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    assert!(matches!(error, StepUpError::UnexpectedAnswer { .. }), "{error:?}");
    assert!(world.browser.opened().is_empty());
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn fault_17_a_renewal_that_fails_leaves_the_old_ones_and_is_tried_again() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    time_passes(&world, 301);
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "status": 500 }));
    sign_in_with_google(&world, own_account()).await;
    eventually("a renewal fails", || readings(&world) == 2).await;
    sign_in_with_google(&world, own_account()).await;
    eventually("the next one is made", || readings(&world) == 3).await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_make_them_last() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    time_passes(&world, -3_600);
    // The first answer tells the new time.
    world.client.auth().send_email_otp(stepup_test_support::EMAIL.into(), None).await.unwrap();
    sign_in_with_google(&world, own_account()).await;
    eventually("they are read again", || readings(&world) == 2).await;
}

#[tokio::test]
async fn settings_without_anything_offer_nothing() {
    let world = world().await;
    for providers in [json!([]), json!(null), json!("google"), json!([null, 1, {}, { "provider": 7 }])] {
        let body = json!({ "providers": providers, "security": {} });
        world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "body": body }));
        let fresh = crate::helpers::fresh_client(&world);
        let error = fresh.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
        let reason = UnavailableReason::Unsupported;
        assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None }, "{body}");
        fresh.shutdown();
    }
}

#[tokio::test]
async fn i18_an_entry_that_is_not_readable_hides_no_other() {
    let world = world().await;
    let url = world.sandbox.url();
    let google = json!({
        "provider": "google", "clientId": "sandbox-google",
        "baseAuthUrl": format!("{url}/oauth/google/authorize"),
        "redirectUrl": format!("{url}/oauth/google/callback"), "scopes": "openid email profile",
        "brandNew": { "a": 1 }, "shopifyStore": null,
    });
    let providers = json!([null, { "provider": null }, { "provider": "new-one", "scopes": 1 }, google]);
    let body = json!({ "providers": providers, "security": { "captcha": null }, "general": [], "sdk": 5 });
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "body": body }));
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn settings_that_do_not_come_are_no_browser() {
    let world = world().await;
    world.fault(json!({ "method": "GET", "path": "settings", "hang": true }));
    let error = world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    let StepUpError::Network { failure, .. } = error else { panic!("{error:?}") };
    assert_eq!(failure, NetworkFailure::TimedOut);
    assert!(world.browser.opened().is_empty());
    world.sandbox.faults().clear();
    sign_in_with_google(&world, own_account()).await;
}
