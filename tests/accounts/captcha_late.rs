//! A captcha takes its time, and the session changes meanwhile (I3, I15).

use std::{future::Future, sync::Arc};

use serde_json::json;
use stepup_core::{AuthClient, CancelToken, StepUpError};
use stepup_test_support::{CaptchaMode, EMAIL, TestCaptcha, World, eventually};
use tokio::task::JoinHandle;

use crate::helpers::{
    LINK, OTHER, Visit, done, holds_visit, patient, sign_in_verified, user, user_id, world_with,
};

/// Captchas are wanted. Ada is signed in with a token for linking; Grace has her code. From now on a captcha
/// takes its time.
async fn prepared() -> (World, TestCaptcha) {
    let policy = json!({ "captcha": { "provider": "hcaptcha", "siteKey": "a-site" } });
    let mut world = world_with(policy).await;
    let captcha = TestCaptcha::default();
    world.restart_on(patient(&world), world.platform().with_captcha(Arc::new(captcha.clone())));
    sign_in_verified(&world, &[LINK]).await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    captcha.set(CaptchaMode::SolvesLate("late".into()));
    (world, captcha)
}

/// Begins a call, and waits until it shows its captcha.
async fn begin<T, F>(
    world: &World,
    captcha: &TestCaptcha,
    call: impl FnOnce(Arc<AuthClient>) -> F,
) -> JoinHandle<Result<T, StepUpError>>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StepUpError>> + Send + 'static,
{
    let shown = captcha.challenges().len();
    let call = tokio::spawn(call(world.client.auth()));
    eventually("the captcha is shown", || captcha.challenges().len() > shown).await;
    call
}

async fn sign_in_as_grace(world: &World) -> String {
    done(world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await).user.id
}

fn assert_not_signed_in<T: std::fmt::Debug>(ended: Result<T, StepUpError>) {
    let error = ended.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
}

#[tokio::test]
async fn i03_an_address_that_one_user_typed_is_not_linked_to_the_next() {
    let (world, captcha) = prepared().await;
    let call = |auth: Arc<AuthClient>| async move { auth.link_email("new@example.com".into(), None).await };
    let link = begin(&world, &captcha, call).await;
    let grace = sign_in_as_grace(&world).await;
    captcha.release();
    assert_not_signed_in(link.await.unwrap());
    assert_eq!(world.count("/users"), 0);
    assert_eq!(user(&world).await.email.as_deref(), Some(OTHER));
    assert_eq!(user_id(&world).await, Some(grace));
}

#[tokio::test]
async fn i03_an_address_is_not_linked_after_a_logout() {
    let (world, captcha) = prepared().await;
    let call = |auth: Arc<AuthClient>| async move { auth.link_email("new@example.com".into(), None).await };
    let link = begin(&world, &captcha, call).await;
    world.client.auth().logout(None).await.unwrap();
    captcha.release();
    assert_not_signed_in(link.await.unwrap());
    assert_eq!(world.count("/users"), 0);
}

#[tokio::test]
async fn i03_a_code_for_a_step_up_is_not_sent_in_the_name_of_the_next_user() {
    let (world, captcha) = prepared().await;
    let (earlier, step_up) = (world.count("emailVerifications/create"), world.client.step_up());
    let send = begin(&world, &captcha, |_| async move { step_up.send_otp(None, None).await }).await;
    sign_in_as_grace(&world).await;
    captcha.release();
    assert_not_signed_in(send.await.unwrap());
    assert_eq!(world.count("emailVerifications/create"), earlier);
}

#[tokio::test]
async fn a_code_for_a_sign_in_depends_on_no_session() {
    let (world, captcha) = prepared().await;
    let call =
        |auth: Arc<AuthClient>| async move { auth.send_email_otp("new@example.com".into(), None).await };
    let send = begin(&world, &captcha, call).await;
    sign_in_as_grace(&world).await;
    captcha.release();
    send.await.unwrap().unwrap();
    done(world.client.auth().sign_in_with_otp(world.code("new@example.com"), None, None).await);
}

#[tokio::test]
async fn i03_a_social_sign_in_before_a_logout_opens_no_browser_after_it() {
    let (world, captcha) = prepared().await;
    let client = world.client.clone();
    let sign_in = begin(&world, &captcha, |_| async move { Visit::SignIn.make(&client).await }).await;
    world.client.auth().logout(None).await.unwrap();
    captcha.release();
    assert_not_signed_in(sign_in.await.unwrap());
    assert!(world.browser.opened().is_empty() && !holds_visit(&world));
    assert_eq!(user_id(&world).await, None);
}

#[tokio::test]
async fn i15_a_call_that_is_cancelled_while_its_captcha_is_shown_sends_nothing() {
    let (world, captcha) = prepared().await;
    let (earlier, cancel) = (world.count("emailVerifications/create"), CancelToken::new());
    let token = Some(Arc::clone(&cancel));
    let call = |auth: Arc<AuthClient>| async move { auth.send_email_otp(EMAIL.into(), token).await };
    let send = begin(&world, &captcha, call).await;
    cancel.cancel();
    assert_eq!(send.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    assert_eq!(world.count("emailVerifications/create"), earlier);
}

#[tokio::test]
async fn i13_calls_go_on_while_a_captcha_is_shown() {
    let (world, captcha) = prepared().await;
    let call = |auth: Arc<AuthClient>| async move { auth.link_email("new@example.com".into(), None).await };
    let link = begin(&world, &captcha, call).await;
    // Nothing that they need is held.
    world.client.auth().refresh(None).await.unwrap();
    world.client.step_up().check(LINK, None).await.unwrap();
    captcha.release();
    link.await.unwrap().unwrap();
    assert_eq!(world.requests("/users")[0]["body"]["captchaToken"], "late");
}
