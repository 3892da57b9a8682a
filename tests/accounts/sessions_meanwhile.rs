//! The session changes while the browser is open (I3, I9, I16).

use serde_json::json;
use stepup_core::{RedirectOutcome, RedirectRefusal, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};

use crate::helpers::{
    LINK, OTHER, Visit, done, holds, holds_visit, own_account, patch_policy, patient_world, redemptions,
    sign_in_with_google, social, user, user_id,
};

async fn handle(world: &World, url: &str) -> Result<RedirectOutcome, StepUpError> {
    world.client.auth().handle_redirect(url.into(), None).await
}

const ANOTHER: StepUpError = StepUpError::RedirectRefused { reason: RedirectRefusal::AnotherSession };

#[tokio::test]
async fn i09_i16_a_logout_ends_the_visit_and_leaves_nothing_of_it() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        assert!(holds_visit(&world));
        world.client.auth().logout(None).await.unwrap();
        assert!(world.storage.records().is_empty(), "{visit:?}");
        // At once, although the browser is still open.
        assert_eq!(call.await.unwrap(), Err(ANOTHER), "{visit:?}");
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
        assert_eq!(redemptions(&world), earlier);
        assert_eq!(user_id(&world).await, None);
    }
}

#[tokio::test]
async fn i16_a_browser_that_answers_after_a_logout_comes_too_late() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, _) = visit.begin(&world).await;
        let auth = world.client.auth();
        let logout = tokio::spawn(async move { auth.logout(None).await });
        world.browser.release();
        logout.await.unwrap().unwrap();
        // Whichever was first: in the end nobody is signed in, and nothing is left.
        let _ = call.await.unwrap();
        assert_eq!(user_id(&world).await, None, "{visit:?}");
        assert!(!holds(&world, LINK) && !holds(&world, TokenScope::WALLET_EXPORT));
        assert!(world.storage.records().is_empty());
        assert!(redemptions(&world) <= earlier + 1);
    }
}

#[tokio::test]
async fn i03_i16_a_logout_between_the_redirect_and_its_redemption_stops_it() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        // Where the record is removed, the redirect waits.
        world.storage.hold("delete");
        let (removals, auth) = (world.storage.count("delete"), world.client.auth());
        let redeeming = tokio::spawn(async move { auth.handle_redirect(redirect, None).await });
        eventually("the record is to be removed", || world.storage.count("delete") > removals).await;
        let (discarded, auth) = (world.keys.count("delete"), world.client.auth());
        let logout = tokio::spawn(async move { auth.logout(None).await });
        eventually("the user is signed out", || world.keys.count("delete") > discarded).await;
        world.storage.release("delete");
        logout.await.unwrap().unwrap();
        assert_eq!(redeeming.await.unwrap(), Err(ANOTHER), "{visit:?}");
        assert_eq!(call.await.unwrap(), Err(ANOTHER));
        assert_eq!(redemptions(&world), earlier);
        assert_eq!(user_id(&world).await, None);
        assert!(world.storage.records().is_empty());
    }
}

#[tokio::test]
async fn i16_somebody_else_signs_in_while_the_browser_is_open() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        let other = world.sign_in_as(OTHER).await.user;
        assert_eq!(call.await.unwrap(), Err(ANOTHER), "{visit:?}");
        assert!(!holds_visit(&world), "{visit:?}");
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
        assert_eq!(redemptions(&world), earlier);
        assert_eq!(user_id(&world).await, Some(other.id));
        assert!(social(&user(&world).await).is_empty());
    }
}

#[tokio::test]
async fn i03_i16_the_same_user_who_signs_in_again_has_another_session() {
    let world = patient_world().await;
    Visit::Link.prepare(&world).await;
    // From a mail that came before.
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let (call, redirect) = Visit::Link.begin(&world).await;
    done(world.client.auth().sign_in_with_otp(world.code(EMAIL), None, None).await);
    assert_eq!(call.await.unwrap(), Err(ANOTHER));
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(redemptions(&world), 0);
}

#[tokio::test]
async fn i16_a_session_that_runs_out_takes_the_visit_along() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        patch_policy(&world, &json!({ "jwtLifeSeconds": 120 }));
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        world.sandbox.clock().advance(121);
        world.clock.set_ahead(121);
        // The redirect itself finds out.
        assert_eq!(handle(&world, &redirect).await, Err(ANOTHER), "{visit:?}");
        assert_eq!(call.await.unwrap(), Err(ANOTHER));
        assert_eq!(redemptions(&world), earlier);
        assert!(world.storage.records().is_empty());
    }
}

#[tokio::test]
async fn i07_i16_a_session_that_the_server_ends_takes_the_visit_along() {
    let world = patient_world().await;
    Visit::Verify.prepare(&world).await;
    let (call, redirect) = Visit::Verify.begin(&world).await;
    let kind = stepup_core::SessionTokenKind::Minified;
    let token = world.client.auth().session_token(kind, None).await.unwrap().unwrap();
    world.revoke(token.expose()).await;
    world.client.mfa().methods(None).await.unwrap_err();
    assert_eq!(call.await.unwrap(), Err(ANOTHER));
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i03_a_logout_while_the_visit_is_announced_opens_no_browser() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let (opened, begun) = (world.browser.opened().len(), world.count("google/initAuth"));
        let path = "providers/{provider}/initAuth";
        let late = crate::helpers::LATE;
        world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": late }));
        let client = world.client.clone();
        let call = tokio::spawn(async move { visit.make(&client).await });
        world.arrived("google/initAuth", begun + 1).await;
        world.client.auth().logout(None).await.unwrap();
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{visit:?} {error:?}");
        assert_eq!(world.browser.opened().len(), opened, "{visit:?}");
        assert!(!holds_visit(&world));
    }
}

#[tokio::test]
async fn i03_a_sign_in_while_the_visit_is_announced_opens_no_browser() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
        let (opened, begun) = (world.browser.opened().len(), world.count("google/initAuth"));
        let path = "providers/{provider}/initAuth";
        let late = crate::helpers::LATE;
        world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": late }));
        let client = world.client.clone();
        let call = tokio::spawn(async move { visit.make(&client).await });
        world.arrived("google/initAuth", begun + 1).await;
        done(world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await);
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{visit:?} {error:?}");
        assert_eq!(world.browser.opened().len(), opened, "{visit:?}");
    }
}

#[tokio::test]
async fn a_visit_that_ended_does_not_stand_in_the_way_of_the_next_user() {
    let world = patient_world().await;
    let (call, _) = Visit::SignIn.begin(&world).await;
    world.client.auth().logout(None).await.unwrap();
    call.await.unwrap().unwrap_err();
    sign_in_with_google(&world, own_account()).await;
    let (call, redirect) = Visit::Verify.begin(&world).await;
    handle(&world, &redirect).await.unwrap();
    call.await.unwrap().unwrap();
}
