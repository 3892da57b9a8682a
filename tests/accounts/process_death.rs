//! The system ends the app while the browser is in front: the redirect reaches the next process (I16).

use std::time::Duration;

use stepup_core::{ClientConfig, LinkOutcome, RedirectOutcome, RedirectRefusal, StepUpError, StorageFailure};
use stepup_test_support::{EMAIL, StorageMode, World, eventually};

use crate::helpers::{
    EXPORT, OTHER, Visit, done, holds, holds_visit, own_account, patient_world, redemptions,
    sign_in_with_google, social, user, user_id,
};

async fn handle(world: &World, url: &str) -> Result<RedirectOutcome, StepUpError> {
    world.client.auth().handle_redirect(url.into(), None).await
}

fn refused(reason: RedirectRefusal) -> Result<RedirectOutcome, StepUpError> {
    Err(StepUpError::RedirectRefused { reason })
}

/// A visit is begun, and the app dies: the redirect, which a new process waits for.
async fn interrupted(visit: Visit, world: &mut World) -> String {
    visit.prepare(world).await;
    let (call, redirect) = visit.begin(world).await;
    let config = crate::helpers::patient(world);
    world.restart_with(config);
    assert_eq!(call.await.unwrap(), Err(StepUpError::ClientClosed));
    redirect
}

#[tokio::test]
async fn a_sign_in_ends_in_the_next_process() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    let RedirectOutcome::SignedIn { outcome } = handle(&world, &redirect).await.unwrap() else { panic!() };
    let session = done(Ok(outcome));
    assert_eq!(user_id(&world).await, Some(session.user.id));
    assert!(!holds_visit(&world));
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
}

#[tokio::test]
async fn a_link_ends_in_the_next_process() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::Link, &mut world).await;
    let outcome = handle(&world, &redirect).await.unwrap();
    let RedirectOutcome::Linked { outcome: LinkOutcome::Done { session } } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(social(&session.user).len(), 1);
    assert!(!holds_visit(&world));
}

#[tokio::test]
async fn a_step_up_ends_in_the_next_process() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::Verify, &mut world).await;
    let outcome = handle(&world, &redirect).await.unwrap();
    let RedirectOutcome::Elevated { elevation } = outcome else { panic!("{outcome:?}") };
    assert_eq!(elevation.scopes, [EXPORT]);
    assert!(holds(&world, EXPORT) && !holds_visit(&world));
}

#[tokio::test]
async fn a_code_verifier_survives_too() {
    let mut world = patient_world().await;
    world.browser.set(stepup_test_support::BrowserMode::ApprovesAndHangs(own_account()));
    let auth = world.client.auth();
    let github = stepup_core::SocialProvider::Github;
    let call = tokio::spawn(async move { auth.sign_in_with_social(github, None, None).await });
    let redirect = world.browser.redirect(1).await;
    world.restart();
    call.await.unwrap().unwrap_err();
    handle(&world, &redirect).await.unwrap();
    assert!(world.requests("github/signIn")[0]["body"]["codeVerifier"].is_string());
}

#[tokio::test]
async fn i16_what_is_not_ours_leaves_the_stored_visit_alone() {
    for visit in Visit::ALL {
        let mut world = patient_world().await;
        let redirect = interrupted(visit, &mut world).await;
        let foreign = redirect.replace("dynamicOauthState=", "dynamicOauthState=x");
        for url in [foreign.as_str(), "https://app.example/device?token=x", "myapp://x"] {
            assert_eq!(handle(&world, url).await, Ok(RedirectOutcome::NotOurs), "{url}");
        }
        assert!(holds_visit(&world));
        handle(&world, &redirect).await.unwrap();
        assert!(visit.has_succeeded(&world).await, "{visit:?}");
    }
}

#[tokio::test]
async fn a_redirect_of_nobody_is_not_ours_in_any_process() {
    let mut world = patient_world().await;
    let url = "https://app.example/oauth?dynamicOauthState=a&dynamicOauthCode=b";
    assert_eq!(handle(&world, url).await, Ok(RedirectOutcome::NotOurs));
    world.restart();
    assert_eq!(handle(&world, url).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(world.sandbox.log().exchanges().len(), 0);
}

#[tokio::test]
async fn i16_of_two_at_once_one_redeems_what_was_stored() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    world.client.restore(None).await.unwrap();
    world.storage.hold("get");
    let reads = world.storage.count("get");
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (auth, redirect) = (world.client.auth(), redirect.clone());
            tokio::spawn(async move { auth.handle_redirect(redirect, None).await })
        })
        .collect();
    eventually("the visit is read", || world.storage.count("get") > reads).await;
    world.storage.release("get");
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap().unwrap());
    }
    let redeemed = outcomes.iter().filter(|outcome| **outcome != RedirectOutcome::NotOurs).count();
    assert_eq!((redeemed, redemptions(&world)), (1, 1));
}

#[tokio::test]
async fn a_storage_that_fails_is_told_and_asked_again() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    world.client.restore(None).await.unwrap();
    world.storage.set(StorageMode::Fails);
    let failed = StepUpError::StorageFailed { reason: StorageFailure::Unavailable };
    assert_eq!(handle(&world, &redirect).await, Err(failed));
    world.storage.set(StorageMode::Works);
    handle(&world, &redirect).await.unwrap();
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn i16_a_visit_that_cannot_be_removed_is_not_redeemed() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    assert_eq!(handle(&world, "https://app.example/oauth?state=x").await, Ok(RedirectOutcome::NotOurs));
    world.storage.set(StorageMode::Fails);
    let failed = StepUpError::StorageFailed { reason: StorageFailure::Unavailable };
    assert_eq!(handle(&world, &redirect).await, Err(failed));
    world.storage.set(StorageMode::Works);
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(redemptions(&world), 0);
    sign_in_with_google(&world, own_account()).await;
    assert!(!holds_visit(&world));
}

#[tokio::test]
async fn a_record_that_is_not_readable_is_nothing() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    world.storage.overwrite(b"{\"purpose\":\"sign_in\"}");
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn i16_a_session_that_has_run_out_meanwhile_links_and_verifies_nothing() {
    for visit in [Visit::Link, Visit::Verify] {
        let mut world = patient_world().await;
        let policy = serde_json::json!({ "jwtLifeSeconds": 300 });
        crate::helpers::patch_policy(&world, &policy);
        let redirect = interrupted(visit, &mut world).await;
        let earlier = redemptions(&world);
        world.sandbox.clock().advance(301);
        world.clock.set_ahead(301);
        assert_eq!(handle(&world, &redirect).await, refused(RedirectRefusal::AnotherSession), "{visit:?}");
        assert_eq!(redemptions(&world), earlier);
        assert!(world.storage.records().is_empty());
        assert_eq!(user_id(&world).await, None);
    }
}

#[tokio::test]
async fn a_sign_in_that_replaces_a_session_that_has_run_out_ends_in_the_next_process() {
    let mut world = patient_world().await;
    crate::helpers::patch_policy(&world, &serde_json::json!({ "jwtLifeSeconds": 60 }));
    world.sign_in().await;
    world.sandbox.clock().advance(61);
    world.clock.set_ahead(61);
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    handle(&world, &redirect).await.unwrap();
    assert_eq!(social(&user(&world).await).len(), 1);
}

#[tokio::test]
async fn i16_another_user_or_another_session_of_the_same_one_ends_no_visit() {
    for (visit, next) in [(Visit::Link, EMAIL), (Visit::Link, OTHER), (Visit::SignIn, OTHER)] {
        let mut world = patient_world().await;
        let redirect = interrupted(visit, &mut world).await;
        let earlier = redemptions(&world);
        world.sign_in_as(next).await;
        assert_eq!(handle(&world, &redirect).await, refused(RedirectRefusal::AnotherSession), "{visit:?}");
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
        assert_eq!(redemptions(&world), earlier);
        assert!(!holds_visit(&world));
        assert!(social(&user(&world).await).is_empty());
    }
}

#[tokio::test]
async fn i09_after_a_logout_in_the_next_process_nothing_is_waited_for() {
    for visit in Visit::ALL {
        let mut world = patient_world().await;
        let redirect = interrupted(visit, &mut world).await;
        let earlier = redemptions(&world);
        world.client.auth().logout(None).await.unwrap();
        assert!(world.storage.records().is_empty());
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs), "{visit:?}");
        assert_eq!(redemptions(&world), earlier);
    }
}

#[tokio::test]
async fn i16_another_redirect_address_in_the_configuration_ends_no_visit() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    let moved = Some("https://app.example/moved".to_owned());
    world.restart_with(ClientConfig { oauth_redirect_url: moved, ..world.config() });
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    let elsewhere = redirect.replace("/oauth?", "/moved?");
    assert_eq!(handle(&world, &elsewhere).await, refused(RedirectRefusal::AnotherSession));
    assert_eq!(redemptions(&world), 0);
}

#[tokio::test]
async fn i16_the_next_process_does_not_take_it_after_ten_minutes() {
    let mut world = patient_world().await;
    let redirect = interrupted(Visit::SignIn, &mut world).await;
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    assert_eq!(handle(&world, &redirect).await, refused(RedirectRefusal::Expired));
    assert!(!holds_visit(&world));
}

#[tokio::test]
async fn a_new_visit_takes_the_place_of_the_stored_one() {
    let mut world = patient_world().await;
    let old = interrupted(Visit::SignIn, &mut world).await;
    let (call, new) = Visit::SignIn.begin(&world).await;
    assert_eq!(handle(&world, &old).await, Ok(RedirectOutcome::NotOurs));
    handle(&world, &new).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), call).await.unwrap().unwrap().unwrap();
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn i21_nothing_is_read_for_a_url_that_is_none_of_ours() {
    let mut world = patient_world().await;
    world.sign_in().await;
    world.restart();
    world.client.restore(None).await.unwrap();
    world.storage.clear_calls();
    for url in ["https://app.example/device?token=1", "https://app.example/oauth", "myapp://oauth?state=1"] {
        assert_eq!(handle(&world, url).await, Ok(RedirectOutcome::NotOurs));
    }
    assert!(world.storage.calls().is_empty());
}
