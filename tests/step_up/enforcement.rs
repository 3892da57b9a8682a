//! Operations that the server guards, each with a token that the core attaches, and without (faults 30, 45).

use serde_json::json;
use stepup_core::{
    ErrorKind, MfaFactorKind, OnboardingDuty, PasskeyId, SignInOptions, StepUpError, TokenScope,
    UnavailableReason,
};
use stepup_test_support::{EMAIL, PasskeyMode, World};

use crate::helpers::{EXPORT, LINK, UNLINK, holds, patch_policy, unavailable, verify_by_totp};

#[track_caller]
fn assert_required<T: std::fmt::Debug>(refused: Result<T, StepUpError>, operation: &str, scope: TokenScope) {
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StepUpNeeded);
    let token_was_attached = false;
    assert_eq!(error, StepUpError::StepUpRequired { operation: operation.into(), scope, token_was_attached });
}

async fn signed_in() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world
}

/// The id of the user's passkey.
async fn passkey(world: &World) -> PasskeyId {
    let factors = world.factors().await.unwrap();
    factors.into_iter().find(|factor| factor.kind == MfaFactorKind::Passkey).unwrap().id.into()
}

#[tokio::test]
async fn adding_an_authenticator_app_needs_a_token() {
    let world = signed_in().await;
    let refused = world.client.mfa().enroll_totp(None).await;
    assert_required(refused, "enroll_totp", LINK);
    world.verify_by_email(&[LINK]).await.unwrap();
    world.client.mfa().enroll_totp(None).await.unwrap();
}

#[tokio::test]
async fn adding_a_passkey_needs_a_token_and_without_one_no_sheet_is_shown() {
    let world = signed_in().await;
    let refused = world.client.passkeys().register(None).await;
    assert_required(refused, "register_passkey", LINK);
    assert_eq!(world.passkeys.ceremonies(), 0);
    world.verify_by_email(&[LINK]).await.unwrap();
    let session = world.client.passkeys().register(None).await.unwrap();
    assert_eq!(world.passkeys.ceremonies(), 1);
    assert_eq!(session.user.verified_credentials.len(), 2);
    assert!(holds(&world, LINK), "reusable for ten minutes");
}

#[tokio::test]
async fn i01_where_the_server_cannot_be_asked_no_sheet_is_shown() {
    let world = signed_in().await;
    for fault in [json!({ "status": 500 }), json!({ "body": {} }), json!({ "hang": true })] {
        let mut rule = json!({ "method": "POST", "path": "stepUp/check", "count": 1 });
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        world.fault(rule);
        let refused = world.client.passkeys().register(None).await;
        assert_required(refused, "register_passkey", LINK);
    }
    assert_eq!(world.passkeys.ceremonies(), 0);
}

#[tokio::test]
async fn where_nothing_is_required_nothing_is_demanded() {
    let world = World::with_policy(json!({ "apiVersion": "2026_01_01" })).await;
    world.sign_in().await;
    world.client.passkeys().register(None).await.unwrap();
    world.client.mfa().enroll_totp(None).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_that_demands_a_factor_lets_the_first_one_be_added() {
    let world = World::with_policy(json!({ "mfa": { "enrollment": "signup" } })).await;
    assert_eq!(world.sign_in().await.duties, [OnboardingDuty::CompleteMfa]);
    let session = world.client.passkeys().register(None).await.unwrap();
    assert_eq!(session.duties, []);
    // It was for the first one only.
    patch_policy(&world, &json!({ "mfa": { "enrollment": "none" } }));
    assert_required(world.client.mfa().enroll_totp(None).await, "enroll_totp", LINK);
}

#[tokio::test]
async fn a_sign_in_that_waits_for_a_factor_shows_no_sheet_for_another_one() {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    patch_policy(&world, &json!({ "mfa": { "session": true } }));
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sign_in().await.duties, [OnboardingDuty::CompleteMfa]);
    assert_required(world.client.passkeys().register(None).await, "register_passkey", LINK);
    assert_eq!(world.passkeys.ceremonies(), 0);
}

#[tokio::test]
async fn removing_an_authenticator_app_needs_a_token() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let mfa = world.client.mfa();
    assert_required(mfa.delete(totp.device_id.clone(), None).await, "delete_totp", UNLINK);
    assert_eq!(world.factors().await.unwrap().len(), 1);
    verify_by_totp(&world, &totp, &[UNLINK]).await;
    mfa.delete(totp.device_id, None).await.unwrap();
    assert_eq!(world.factors().await, Ok(vec![]));
}

#[tokio::test]
async fn removing_a_passkey_needs_a_token() {
    let world = signed_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    let id = passkey(&world).await;
    assert_required(world.client.passkeys().delete(id.clone(), None).await, "delete_passkey", UNLINK);
    world.client.step_up().verify_passkey(vec![UNLINK], None).await.unwrap();
    world.client.passkeys().delete(id, None).await.unwrap();
    assert_eq!(world.factors().await, Ok(vec![]));
}

#[tokio::test]
async fn a_token_for_another_operation_does_not_serve() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[LINK, EXPORT]).await;
    let refused = world.client.mfa().delete(totp.device_id.clone(), None).await;
    assert_required(refused, "delete_totp", UNLINK);
    assert!(holds(&world, LINK) && holds(&world, EXPORT), "it was not spent either");
}

#[tokio::test]
async fn a_permission_that_came_with_the_sign_in_serves() {
    let world = World::new().await;
    let options = SignInOptions { requested_scopes: vec![LINK], ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_cannot_be_removed_and_costs_no_reusable_token() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[UNLINK]).await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let (mfa, passkeys) = (world.client.mfa(), world.client.passkeys());
    for id in [unknown, "a b", "%2e%2e", "ä"] {
        let refused = mfa.delete(id.into(), None).await;
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled, "{id}");
    }
    assert_eq!(unavailable(passkeys.delete(unknown.into(), None).await), UnavailableReason::NotEnrolled);
    assert!(holds(&world, UNLINK));
    mfa.delete(totp.device_id, None).await.unwrap();
}

#[tokio::test]
async fn a_second_passkey_on_the_same_device_is_refused_by_the_sheet() {
    let world = signed_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    let refused = world.client.passkeys().register(None).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable(refused), UnavailableReason::AlreadyEnrolled);
    assert_eq!(world.factors().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_registration_that_comes_to_nothing_leaves_no_passkey_and_keeps_the_token() {
    let world = signed_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    for (mode, kind) in [
        (PasskeyMode::Cancelled, ErrorKind::Cancelled),
        (PasskeyMode::Hangs, ErrorKind::AskUserAgain),
        (PasskeyMode::Panics, ErrorKind::Bug),
        (PasskeyMode::Answers("rubbish".into()), ErrorKind::Bug),
    ] {
        world.passkeys.set(mode.clone());
        let refused = world.client.passkeys().register(None).await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{mode:?}: {refused:?}");
        assert!(holds(&world, LINK), "{mode:?}");
    }
    let posts = world.requests("users/passkeys/register").into_iter();
    assert_eq!(posts.filter(|request| request["method"] == "POST").count(), 0);
    world.passkeys.set(PasskeyMode::Works);
    world.client.passkeys().register(None).await.unwrap();
}

#[tokio::test]
async fn a_registration_on_another_origin_is_refused_by_the_server() {
    let world = signed_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    world.passkeys.set(PasskeyMode::WrongOrigin);
    let refused = world.client.passkeys().register(None).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable(refused), UnavailableReason::ProofRefused);
    assert_eq!(world.factors().await, Ok(vec![]));
}

#[tokio::test]
async fn nobody_signed_in_has_no_factors_to_change() {
    let world = World::new().await;
    let (mfa, passkeys) = (world.client.mfa(), world.client.passkeys());
    for refused in [
        mfa.methods(None).await.map(drop),
        mfa.enroll_totp(None).await.map(drop),
        mfa.confirm_totp("123456".into(), None).await.map(drop),
        mfa.delete("1".into(), None).await,
        mfa.recovery_codes(None).await.map(drop),
        mfa.regenerate_recovery_codes(None).await.map(drop),
        mfa.acknowledge_recovery_codes(None).await.map(drop),
        passkeys.register(None).await.map(drop),
        passkeys.delete("1".into(), None).await,
    ] {
        assert_eq!(refused, Err(StepUpError::NotSignedIn { answer: None }));
    }
    assert_eq!(world.sandbox.log().exchanges().len(), 0);
}
