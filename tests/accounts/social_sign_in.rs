//! Signing in with a social account: what is sent, what it brings, what it must not become.

use serde_json::json;
use stepup_core::{
    ErrorKind, OnboardingDuty, SignInOptions, SignInOutcome, SocialProvider, StepUpError, TokenScope,
    UnavailableReason,
};
use stepup_test_support::{BrowserMode, EMAIL, SocialAccount};

use crate::helpers::{
    EXPORT, LINK, OLDER, OTHER, holds, holds_visit, make_patient, other_account, own_account,
    requests_at_all, sign_in_verified, sign_in_with_google, social, user_id, world, world_with,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

#[tokio::test]
async fn the_session_holds_also_in_the_next_process() {
    let mut world = world().await;
    let user = sign_in_with_google(&world, own_account()).await.user;
    assert_eq!(social(&user).len(), 1);
    assert!(!holds_visit(&world), "nothing is waited for any more");
    world.restart();
    assert_eq!(user_id(&world).await.as_ref(), Some(&user.id));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn the_same_account_is_the_same_user_and_another_is_another() {
    let world = world().await;
    let first = sign_in_with_google(&world, own_account()).await.user;
    let second = sign_in_with_google(&world, other_account()).await.user;
    let third = sign_in_with_google(&world, own_account()).await.user;
    assert_ne!(first.id, second.id);
    assert_eq!((first.id, first.new_user, third.new_user), (third.id, true, false));
}

#[tokio::test]
async fn a_sign_in_costs_two_requests_where_settings_and_nonces_are_known() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let before = requests_at_all(&world);
    sign_in_with_google(&world, own_account()).await;
    assert_eq!(requests_at_all(&world) - before, 2);
}

#[tokio::test]
async fn what_the_sign_in_asks_for_is_granted_with_it() {
    let world = world().await;
    world.browser.set(BrowserMode::Approves(own_account()));
    let options = SignInOptions { requested_scopes: vec![LINK], ..SignInOptions::default() };
    let signed_in = world.client.auth().sign_in_with_social(GOOGLE, Some(options), None).await.unwrap();
    let SignInOutcome::Done { granted, .. } = signed_in;
    assert_eq!(granted, [LINK]);
    assert!(holds(&world, LINK) && !holds(&world, EXPORT));
    assert_eq!(world.requests("providers/google/signIn")[0]["body"]["requestedScopes"], json!([LINK]));
}

#[tokio::test]
async fn without_scopes_none_are_sent() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let body = &world.requests("providers/google/signIn")[0]["body"];
    assert_eq!((body.get("requestedScopes"), body.get("captchaToken")), (None, None));
}

#[tokio::test]
async fn scopes_that_are_none_are_refused_before_anything_is_sent() {
    let world = world().await;
    let options = SignInOptions { requested_scopes: vec![TokenScope::from("")], ..SignInOptions::default() };
    let error = world.client.auth().sign_in_with_social(GOOGLE, Some(options), None).await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    assert_eq!((requests_at_all(&world), world.browser.opened().len()), (0, 0));
}

#[tokio::test]
async fn fault_37_a_session_that_is_there_never_turns_a_sign_in_into_a_link() {
    for version in ["2026_04_01", OLDER] {
        let mut world = world_with(json!({ "apiVersion": version })).await;
        make_patient(&mut world);
        let first = sign_in_verified(&world, &[LINK]).await.user;
        let second = sign_in_with_google(&world, own_account()).await.user;
        assert_ne!(second.id, first.id);
        assert!(!holds(&world, LINK), "tokens end with the session");
        for request in [&world.requests("google/initAuth")[0], &world.requests("google/signIn")[0]] {
            assert!(request["headers"].get("authorization").is_none());
            assert!(request["headers"].get("x-dyn-elevated-access-token").is_none());
        }
        assert_eq!(world.count("google/verify"), 0);
        // The first user has not got the account.
        let again = world.sign_in().await.user;
        assert_eq!((again.id, again.verified_credentials.len()), (first.id, 1));
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_leaves_who_was_signed_in() {
    let world = world().await;
    let user = sign_in_verified(&world, &[LINK]).await.user;
    world.browser.set(BrowserMode::Denies("access_denied".into()));
    world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    assert_eq!(user_id(&world).await, Some(user.id));
    assert!(holds(&world, LINK));
}

#[tokio::test]
async fn an_address_that_signs_in_another_way_is_told_as_such() {
    let world = world().await;
    let auth = world.client.auth();
    world.sign_in().await;
    auth.logout(None).await.unwrap();
    world.browser.set(BrowserMode::Approves(SocialAccount::with_email("new", EMAIL)));
    let error = auth.sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    let code = error.server_answer().unwrap().code;
    assert_eq!(code.as_deref(), Some("user_has_already_account_with_email"));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    assert!(!format!("{error:?} {error}").contains(EMAIL));
    // And the other way round.
    sign_in_with_google(&world, SocialAccount::with_email("other", OTHER)).await;
    auth.logout(None).await.unwrap();
    auth.send_email_otp(OTHER.into(), None).await.unwrap();
    let error = auth.sign_in_with_otp(world.code(OTHER), None, None).await.unwrap_err();
    let code = error.server_answer().unwrap().code;
    assert_eq!(code.as_deref(), Some("email_associated_with_different_provider"));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_a_social_sign_in_too() {
    let world = world_with(json!({ "mfa": { "session": true, "enrollment": "signup" } })).await;
    let session = sign_in_with_google(&world, own_account()).await;
    assert_eq!(session.duties, [OnboardingDuty::CompleteMfa]);
}

#[tokio::test]
async fn the_device_signature_goes_with_the_redemption() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let redeemed = &world.requests("google/signIn")[0];
    let passed = |name: &str| {
        let checks = redeemed["checks"].as_array().unwrap();
        checks.iter().any(|check| check["name"] == name && check["passed"] == true)
    };
    assert!(passed("device_signature") && passed("oauth_code"), "{redeemed}");
    assert!(redeemed["body"]["sessionPublicKey"].is_string());
}

#[tokio::test]
async fn a_code_that_the_server_refuses_signs_nobody_in() {
    let world = world().await;
    let body = json!({ "error": "no", "code": "invalid_verification" });
    let path = "providers/{provider}/signIn";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "status": 422, "body": body }));
    world.browser.set(BrowserMode::Approves(own_account()));
    let error = world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
    let StepUpError::MethodUnavailable { reason, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*reason, UnavailableReason::ProofRefused);
    assert_eq!(user_id(&world).await, None);
    assert!(!holds_visit(&world));
    sign_in_with_google(&world, own_account()).await;
}
