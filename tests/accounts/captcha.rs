//! Captchas: asked where the environment's settings say so, and sent with what they belong to.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{
    CaptchaChallenge, ErrorKind, PhoneNumber, PlatformCallback, SocialProvider, StepUpError,
    UnavailableReason,
};
use stepup_test_support::{BrowserMode, CaptchaMode, EMAIL, TestCaptcha, World};

use crate::helpers::{
    LINK, OTHER, Visit, done, linked, own_account, patch_policy, requests_at_all, sign_in_with_google,
    user_id, world, world_with,
};

const TOKEN: &str = "a-solved-captcha";

fn wanted() -> Value {
    json!({ "captcha": { "provider": "cloudflareTurnstile", "siteKey": "a-site" } })
}

/// A captcha is wanted, and the app can show it.
async fn captcha_world() -> (World, TestCaptcha) {
    let mut world = world_with(wanted()).await;
    let captcha = TestCaptcha::default();
    world.restart_on(world.config(), world.platform().with_captcha(Arc::new(captcha.clone())));
    (world, captcha)
}

fn token_of(world: &World, path: &str) -> Option<String> {
    let body = &world.requests(path).pop().unwrap()["body"];
    body.get("captchaToken").map(|token| token.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_code_that_is_sent_has_a_captcha_of_its_own() {
    let (world, captcha) = captcha_world().await;
    let (auth, step_up) = (world.client.auth(), world.client.step_up());
    let mut solved = 0;
    let mut check = |path: &str| {
        solved += 1;
        assert_eq!(token_of(&world, path), Some(format!("captcha {solved}")), "{path}");
        assert_eq!(captcha.challenges().len(), solved);
        captcha.set(CaptchaMode::Solves(format!("captcha {}", solved + 1)));
    };
    captcha.set(CaptchaMode::Solves("captcha 1".into()));
    auth.send_sms_otp(PhoneNumber::new("1", "2025550167"), None).await.unwrap();
    check("smsVerifications/create");
    auth.resend_otp(None, None).await.unwrap();
    check("smsVerifications/retry");
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    check("emailVerifications/create");
    done(auth.sign_in_with_otp(world.code(EMAIL), None, None).await);
    step_up.send_otp(None, None).await.unwrap();
    check("emailVerifications/create");
    step_up.resend_otp(None, None).await.unwrap();
    check("emailVerifications/retry");
    step_up.verify_otp(world.code(EMAIL), vec![LINK], None, None).await.unwrap();
    auth.link_email(OTHER.into(), None).await.unwrap();
    check("/users");
    auth.resend_link_otp(None, None).await.unwrap();
    check("emailVerifications/retry");
    linked(auth.confirm_link(world.code(OTHER), None, None).await);
    assert_eq!(captcha.challenges().len(), solved, "a code that was sent is proof enough");
    let challenge = CaptchaChallenge { provider: "cloudflareTurnstile".into(), site_key: "a-site".into() };
    assert!(captcha.challenges().iter().all(|shown| *shown == challenge));
    assert_eq!(world.count("/settings"), 1);
}

#[tokio::test]
async fn a_social_sign_in_sends_it_with_the_code() {
    let (world, captcha) = captcha_world().await;
    sign_in_with_google(&world, own_account()).await;
    assert_eq!(token_of(&world, "google/signIn").as_deref(), Some(TOKEN));
    assert_eq!(token_of(&world, "google/initAuth"), None);
    assert_eq!(captcha.challenges().len(), 1);
    // Who is signed in needs none.
    Visit::Verify.make(&world.client).await.unwrap();
    assert_eq!(token_of(&world, "google/verify"), None);
    assert_eq!(captcha.challenges().len(), 1);
}

#[tokio::test]
async fn a_social_sign_in_sends_it_from_the_next_process_too() {
    let (mut world, captcha) = captcha_world().await;
    let platform = world.platform().with_captcha(Arc::new(captcha.clone()));
    world.restart_on(crate::helpers::patient(&world), platform.clone());
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    world.restart_on(crate::helpers::patient(&world), platform);
    call.await.unwrap().unwrap_err();
    world.client.auth().handle_redirect(redirect, None).await.unwrap();
    assert_eq!(token_of(&world, "google/signIn").as_deref(), Some(TOKEN));
    assert_eq!(captcha.challenges().len(), 1);
}

#[tokio::test]
async fn none_is_shown_where_the_environment_wants_none() {
    let mut world = world().await;
    let captcha = TestCaptcha::default();
    world.restart_on(world.config(), world.platform().with_captcha(Arc::new(captcha.clone())));
    world.sign_in().await;
    assert_eq!(token_of(&world, "emailVerifications/create"), None);
    assert!(captcha.challenges().is_empty());
    assert_eq!(world.count("/settings"), 1);
}

#[tokio::test]
async fn without_a_provider_the_settings_are_not_asked_for() {
    let world = world().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    assert_eq!(world.count("/settings"), 0);
}

#[tokio::test]
async fn a_captcha_that_nobody_can_show_is_a_matter_of_configuration() {
    let world = world_with(wanted()).await;
    let error = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap_err();
    let StepUpError::MethodUnavailable { reason, answer } = &error else { panic!("{error:?}") };
    assert_eq!(*reason, UnavailableReason::CaptchaRequired);
    assert_eq!(answer.as_ref().unwrap().code.as_deref(), Some("captcha_required"));
    assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    assert_eq!(world.count("/settings"), 0);
}

#[tokio::test]
async fn nobody_goes_through_a_browser_for_a_sign_in_that_lacks_its_captcha() {
    let world = world_with(wanted()).await;
    world.browser.set(BrowserMode::Approves(own_account()));
    let google = SocialProvider::Google;
    let error = world.client.auth().sign_in_with_social(google, None, None).await.unwrap_err();
    let reason = UnavailableReason::CaptchaRequired;
    assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None });
    assert!(world.browser.opened().is_empty());
}

#[tokio::test]
async fn a_step_up_and_a_link_need_no_captcha() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    patch_policy(&world, &wanted());
    Visit::Verify.make(&world.client).await.unwrap();
}

#[tokio::test]
async fn i14_a_captcha_that_is_not_solved_ends_the_call_and_nothing_is_sent() {
    let (world, captcha) = captcha_world().await;
    let what = PlatformCallback::Captcha;
    for (mode, expected, kind) in [
        (CaptchaMode::Cancels, StepUpError::Cancelled, ErrorKind::Cancelled),
        (CaptchaMode::Hangs, StepUpError::TimedOut { what }, ErrorKind::AskUserAgain),
        (CaptchaMode::Panics, StepUpError::CallbackFailed { what }, ErrorKind::Bug),
        (CaptchaMode::Solves(String::new()), StepUpError::CallbackFailed { what }, ErrorKind::Bug),
    ] {
        captcha.set(mode.clone());
        let error = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap_err();
        assert_eq!((&error, error.kind()), (&expected, kind), "{mode:?}");
        let error = Visit::SignIn.make(&world.client).await.unwrap_err();
        assert_eq!(error, expected, "{mode:?}");
    }
    assert_eq!(requests_at_all(&world), 1, "the settings");
    assert!(world.browser.opened().is_empty());
    captcha.set(CaptchaMode::Solves(TOKEN.into()));
    world.sign_in().await;
}

#[tokio::test]
async fn i01_settings_that_cannot_be_read_send_no_code() {
    let (world, captcha) = captcha_world().await;
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "status": 500 }));
    let error = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RetryLater);
    assert_eq!(world.count("emailVerifications/create"), 0);
    world.sign_in().await;
    assert_eq!(captcha.challenges().len(), 1);
}

#[tokio::test]
async fn the_old_place_of_the_setting_is_read_too() {
    let (world, captcha) = captcha_world().await;
    let body = json!({ "providers": [], "security": { "hCaptcha": { "enabled": true, "siteKey": "old" } } });
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "body": body }));
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    let expected = CaptchaChallenge { provider: "hcaptcha".into(), site_key: "old".into() };
    assert_eq!(captcha.challenges(), [expected]);
    assert_eq!(user_id(&world).await, None);
}
