//! A browser that fails, and calls that are cancelled while it is open (I14, I15, I16).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    CancelToken, ErrorKind, PlatformCallback, RedirectOutcome, SocialProvider, StepUpError, StorageFailure,
};
use stepup_test_support::{BrowserMode, StorageMode, eventually};

use crate::helpers::{
    Visit, holds_visit, own_account, patient_world, redemptions, sign_in_with_google, user_id, world,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

#[tokio::test]
async fn i14_a_browser_that_never_answers_ends_by_its_deadline() {
    for visit in Visit::ALL {
        let world = world().await;
        visit.prepare(&world).await;
        world.browser.set(BrowserMode::Hangs);
        let error = visit.make(&world.client).await.unwrap_err();
        assert_eq!(error, StepUpError::TimedOut { what: PlatformCallback::Browser });
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
        eventually("the visit is not stored any more", || !holds_visit(&world)).await;
        world.browser.set(BrowserMode::Approves(own_account()));
        visit.make(&world.client).await.unwrap();
        assert!(visit.has_succeeded(&world).await, "{visit:?}");
    }
}

#[tokio::test]
async fn i14_a_browser_that_panics_fails_the_call_only() {
    let world = world().await;
    world.browser.set(BrowserMode::Panics);
    let error = Visit::SignIn.make(&world.client).await.unwrap_err();
    assert_eq!(error, StepUpError::CallbackFailed { what: PlatformCallback::Browser });
    eventually("the visit is not stored any more", || !holds_visit(&world)).await;
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn i16_a_user_who_closes_the_browser_has_cancelled() {
    for visit in Visit::ALL {
        let world = world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        world.browser.set(BrowserMode::Closes);
        let error = visit.make(&world.client).await.unwrap_err();
        assert_eq!((&error, error.kind()), (&StepUpError::Cancelled, ErrorKind::Cancelled));
        eventually("the visit is not stored any more", || !holds_visit(&world)).await;
        assert_eq!(redemptions(&world), earlier);
        assert!(!visit.has_succeeded(&world).await);
    }
}

#[tokio::test]
async fn i16_the_visit_is_stored_before_the_browser_opens() {
    let world = world().await;
    for mode in [StorageMode::Fails, StorageMode::Hangs, StorageMode::Panics] {
        // Whoever is signed in is known, so the visit is the first thing that is stored.
        user_id(&world).await;
        world.storage.set(mode);
        let error = Visit::SignIn.make(&world.client).await.unwrap_err();
        let expected = match mode {
            StorageMode::Hangs => StepUpError::TimedOut { what: PlatformCallback::Storage },
            StorageMode::Panics => StepUpError::CallbackFailed { what: PlatformCallback::Storage },
            _ => StepUpError::StorageFailed { reason: StorageFailure::Unavailable },
        };
        assert_eq!(error, expected, "{mode:?}");
        world.storage.set(StorageMode::Works);
    }
    assert!(world.browser.opened().is_empty());
    sign_in_with_google(&world, own_account()).await;
    eventually("the visits are not stored any more", || !holds_visit(&world)).await;
}

#[tokio::test]
async fn a_visit_that_the_server_does_not_know_of_opens_nothing() {
    let world = world().await;
    let path = "providers/{provider}/initAuth";
    for status in [400, 429, 500] {
        world.fault(json!({ "method": "POST", "path": path, "count": 1, "status": status }));
        Visit::SignIn.make(&world.client).await.unwrap_err();
    }
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "hang": true }));
    let error = Visit::SignIn.make(&world.client).await.unwrap_err();
    assert!(matches!(error, StepUpError::Network { .. }), "{error:?}");
    assert!(world.browser.opened().is_empty());
    assert_eq!(world.storage.count("put"), 0);
    // It is announced once each time: a state that may have arrived is not repeated.
    assert_eq!(world.count("google/initAuth"), 4);
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn i15_i16_a_call_that_is_cancelled_while_the_browser_is_open_waits_for_nothing_any_more() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
        let (client, cancel, decided) = (world.client.clone(), CancelToken::new(), world.browser.decided());
        let token = Some(Arc::clone(&cancel));
        let call = tokio::spawn(async move {
            match visit {
                Visit::SignIn => client.auth().sign_in_with_social(GOOGLE, None, token).await.map(drop),
                Visit::Link => client.auth().link_social(GOOGLE, token).await.map(drop),
                Visit::Verify => {
                    let scopes = vec![crate::helpers::EXPORT];
                    client.step_up().verify_social(GOOGLE, scopes, token).await.map(drop)
                }
            }
        });
        let redirect = world.browser.redirect(decided + 1).await;
        assert!(holds_visit(&world));
        cancel.cancel();
        assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
        eventually("the visit is not stored any more", || !holds_visit(&world)).await;
        let late = world.client.auth().handle_redirect(redirect, None).await;
        assert_eq!(late, Ok(RedirectOutcome::NotOurs), "{visit:?}");
        assert_eq!(redemptions(&world), earlier);
    }
}

#[tokio::test]
async fn i15_a_call_that_is_dropped_while_the_browser_is_open_waits_for_nothing_any_more() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    eventually("the visit is not stored any more", || !holds_visit(&world)).await;
    let late = world.client.auth().handle_redirect(redirect, None).await;
    assert_eq!(late, Ok(RedirectOutcome::NotOurs));
}

#[tokio::test]
async fn a_client_that_is_shut_down_leaves_the_visit_to_the_next() {
    for _ in 0..20 {
        let mut world = patient_world().await;
        let (call, redirect) = Visit::SignIn.begin(&world).await;
        world.client.shutdown();
        assert_eq!(call.await.unwrap(), Err(StepUpError::ClientClosed));
        let closed = world.client.auth().handle_redirect(redirect.clone(), None).await;
        assert_eq!(closed, Err(StepUpError::ClientClosed));
        assert!(holds_visit(&world));
        world.restart();
        world.client.auth().handle_redirect(redirect, None).await.unwrap();
        assert!(Visit::SignIn.has_succeeded(&world).await);
    }
}

#[tokio::test]
async fn i12_i16_state_and_verifier_are_in_the_secure_storage_and_nowhere_else() {
    let mut world = patient_world().await;
    let log = stepup_test_support::TestLog::default();
    let platform = world.platform().with_log_sink(Arc::new(log.clone()));
    world.restart_on(crate::helpers::patient(&world), platform);
    world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
    let auth = world.client.auth();
    let call =
        tokio::spawn(async move { auth.sign_in_with_social(SocialProvider::Github, None, None).await });
    let redirect = world.browser.redirect(1).await;
    let mut stored: serde_json::Value = serde_json::from_str(&world.storage.text()).unwrap();
    let stored = stored["browser"].take();
    let opened = world.browser.opened().pop().unwrap();
    let code = crate::helpers::query(&redirect)["dynamicOauthCode"].clone();
    let state = stored["state"].as_str().unwrap().to_owned();
    let verifier = stored["code_verifier"].as_str().unwrap().to_owned();
    assert!(redirect.contains(&state) && verifier.len() == 43 && !opened.url.contains(&verifier));
    let outcome = world.client.auth().handle_redirect(redirect, None).await;
    let answered = call.await.unwrap();
    let told = format!("{opened:?} {opened} {outcome:?} {answered:?} {}", log.text());
    assert!(log.text().contains("signed in"));
    for secret in [&state, &verifier, &code] {
        assert!(!told.contains(secret), "{told}");
    }
    assert!(!world.storage.text().contains(&verifier));
}
