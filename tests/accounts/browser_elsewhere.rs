//! The redirect reaches the app beside the call that opened the browser, as an Android intent does.

use std::sync::Arc;

use stepup_core::{
    AuthClient, BrowserRequest, CancelToken, LinkOutcome, OAuthBrowser, Platform, PlatformError,
    RedirectOutcome, SignInOutcome, SocialProvider, StepUpError, TokenScope,
};
use stepup_test_support::{BrowserMode, TestBrowser, World, eventually};

use crate::helpers::{
    EXPORT, LATE, LINK, Visit, holds, holds_visit, own_account, patient_world, redemptions, sign_in_verified,
    sign_in_with_google, social, user_id,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

async fn handle(world: &World, url: &str) -> Result<RedirectOutcome, StepUpError> {
    world.client.auth().handle_redirect(url.into(), None).await
}

/// The next redemption is carried out late.
fn redeemed_late(world: &World, step: &str) {
    let path = format!("providers/google/{step}");
    world.fault(serde_json::json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }));
}

#[tokio::test]
async fn a_sign_in_ends_with_the_same_outcome_for_both() {
    let world = patient_world().await;
    world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
    let auth = world.client.auth();
    let call = tokio::spawn(async move { auth.sign_in_with_social(GOOGLE, None, None).await });
    let redirect = world.browser.redirect(1).await;
    let RedirectOutcome::SignedIn { outcome } = handle(&world, &redirect).await.unwrap() else { panic!() };
    assert_eq!(call.await.unwrap().unwrap(), outcome);
    let SignInOutcome::Done { session, .. } = outcome;
    assert_eq!(user_id(&world).await, Some(session.user.id));
}

#[tokio::test]
async fn a_link_ends_with_the_same_outcome_for_both() {
    let world = patient_world().await;
    sign_in_verified(&world, &[LINK]).await;
    world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
    let auth = world.client.auth();
    let call = tokio::spawn(async move { auth.link_social(GOOGLE, None).await });
    let redirect = world.browser.redirect(1).await;
    let RedirectOutcome::Linked { outcome } = handle(&world, &redirect).await.unwrap() else { panic!() };
    assert_eq!(call.await.unwrap().unwrap(), outcome);
    let LinkOutcome::Done { session } = outcome else { panic!("{outcome:?}") };
    assert_eq!(social(&session.user).len(), 1);
}

#[tokio::test]
async fn a_step_up_ends_with_the_same_outcome_for_both() {
    let world = patient_world().await;
    sign_in_with_google(&world, own_account()).await;
    world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
    let step_up = world.client.step_up();
    let call = tokio::spawn(async move { step_up.verify_social(GOOGLE, vec![EXPORT], None).await });
    let redirect = world.browser.redirect(2).await;
    let RedirectOutcome::Elevated { elevation } = handle(&world, &redirect).await.unwrap() else { panic!() };
    assert_eq!(call.await.unwrap().unwrap(), elevation);
    // One permission, not two.
    let step_up = world.client.step_up();
    let take = || step_up.take_elevated_access_token(EXPORT, None);
    assert!(take().await.unwrap().is_some());
    assert_eq!(take().await.unwrap(), None);
}

#[tokio::test]
async fn i16_a_browser_that_answers_while_the_app_redeems_waits_for_that() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    redeemed_late(&world, "signIn");
    let auth = world.client.auth();
    let redeeming = tokio::spawn(async move { auth.handle_redirect(redirect, None).await });
    world.arrived("google/signIn", 1).await;
    // The browser answers now.
    world.browser.release();
    redeeming.await.unwrap().unwrap();
    call.await.unwrap().unwrap();
    assert_eq!(redemptions(&world), 1);
    assert!(Visit::SignIn.has_succeeded(&world).await);
}

#[tokio::test]
async fn i16_an_app_that_comes_while_the_browsers_redirect_is_redeemed_gets_nothing() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    redeemed_late(&world, "signIn");
    world.browser.release();
    world.arrived("google/signIn", 1).await;
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    call.await.unwrap().unwrap();
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn i16_of_many_at_once_one_redeems() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let (auth, redirect) = (world.client.auth(), redirect.clone());
                tokio::spawn(async move { auth.handle_redirect(redirect, None).await })
            })
            .collect();
        world.browser.release();
        let mut redeemed = 0;
        for call in calls {
            redeemed += usize::from(call.await.unwrap().unwrap() != RedirectOutcome::NotOurs);
        }
        call.await.unwrap().unwrap();
        // None, if the browser was the quickest.
        assert!(redeemed <= 1, "{redeemed}");
        assert_eq!(redemptions(&world), earlier + 1, "{visit:?}");
        assert!(visit.has_succeeded(&world).await);
    }
}

#[tokio::test]
async fn another_visit_takes_the_place_of_the_first() {
    let world = patient_world().await;
    let (first, old) = Visit::SignIn.begin(&world).await;
    let (second, new) = Visit::SignIn.begin(&world).await;
    assert_eq!(first.await.unwrap(), Err(StepUpError::Cancelled));
    assert_eq!(handle(&world, &old).await, Ok(RedirectOutcome::NotOurs));
    assert!(holds_visit(&world), "the second one's record is not the first one's to remove");
    handle(&world, &new).await.unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn an_app_that_gives_up_on_its_redirect_ends_the_call_as_well() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    redeemed_late(&world, "signIn");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Some(Arc::clone(&cancel));
    let redeeming = tokio::spawn(async move { auth.handle_redirect(redirect, token).await });
    world.arrived("google/signIn", 1).await;
    cancel.cancel();
    assert_eq!(redeeming.await.unwrap(), Err(StepUpError::Cancelled));
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    // The request was sent, so the session that it brings is kept (I15).
    let auth = world.client.auth();
    assert_eq!(auth.session(None).await.unwrap(), None);
    eventually("the session is there", || !world.storage.records().is_empty()).await;
    assert!(user_id(&world).await.is_some());
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn i15_a_permission_that_nobody_waits_for_is_not_kept() {
    let world = patient_world().await;
    sign_in_with_google(&world, own_account()).await;
    let (call, redirect) = Visit::Verify.begin(&world).await;
    redeemed_late(&world, "verify");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Some(Arc::clone(&cancel));
    let redeeming = tokio::spawn(async move { auth.handle_redirect(redirect, token).await });
    world.arrived("google/verify", 1).await;
    cancel.cancel();
    assert_eq!(redeeming.await.unwrap(), Err(StepUpError::Cancelled));
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    // Has its turn after the verify.
    world.client.auth().refresh(None).await.unwrap();
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn a_refresh_meanwhile_leaves_the_visit_alone() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let (call, redirect) = visit.begin(&world).await;
        world.client.auth().refresh(None).await.unwrap();
        world.client.step_up().check(TokenScope::WALLET_SIGN, None).await.unwrap();
        handle(&world, &redirect).await.unwrap();
        call.await.unwrap().unwrap();
        assert!(visit.has_succeeded(&world).await, "{visit:?}");
    }
}

/// A browser of an app that hands each redirect on by itself, too.
struct Eager {
    inner: TestBrowser,
    auth: std::sync::OnceLock<Arc<AuthClient>>,
}

#[async_trait::async_trait]
impl OAuthBrowser for Eager {
    async fn open(&self, request: BrowserRequest) -> Result<String, PlatformError> {
        let redirect = self.inner.open(request).await?;
        let auth = Arc::clone(self.auth.get().expect("the client is open"));
        auth.handle_redirect(redirect.clone(), None).await.unwrap();
        Ok(redirect)
    }
}

#[tokio::test]
async fn i13_a_browser_may_hand_the_redirect_to_the_client_itself() {
    for visit in Visit::ALL {
        let mut world = patient_world().await;
        let browser = Arc::new(Eager { inner: world.browser.clone(), auth: std::sync::OnceLock::new() });
        let platform = Platform { oauth_browser: Some(browser.clone()), ..world.platform() };
        world.restart_on(crate::helpers::patient(&world), platform);
        browser.auth.set(world.client.auth()).ok().unwrap();
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        world.browser.set(BrowserMode::Approves(own_account()));
        visit.make(&world.client).await.unwrap();
        assert_eq!(redemptions(&world), earlier + 1, "{visit:?}");
        assert!(visit.has_succeeded(&world).await);
    }
}
