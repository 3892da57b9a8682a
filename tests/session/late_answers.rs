//! A late answer that belongs to an ended epoch changes nothing (I4).

use serde_json::{Value, json};
use stepup_core::{CheckReason, Elevation, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World};
use tokio::task::JoinHandle;

use crate::helpers::{
    OTHER, answered_late, assert_signed_out, begin, begin_refresh, carried_out_late, envelope,
    holds_no_token, patient_world, reusable_token, session_answer, sign_in_with_tokens, stored_elevations,
    user_id,
};

const VERIFY: &str = "emailVerifications/verify";

fn assert_not_signed_in<T: std::fmt::Debug>(ended: Result<T, StepUpError>) {
    let error = ended.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
}

/// What the server answers to a verify of this user: a session, and a token that would be stored.
fn verified(user: &str) -> Value {
    let mut answer = session_answer(user);
    answer["elevatedAccessToken"] = reusable_token(user, &TokenScope::CREDENTIAL_LINK).into();
    answer
}

/// Begins a verify whose answer comes late.
async fn begin_verify(world: &World, user: &str) -> JoinHandle<Result<Elevation, StepUpError>> {
    let step_up = world.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    let earlier = world.count(VERIFY);
    answered_late(world, "POST", VERIFY, 200, verified(user));
    let code = world.code(EMAIL);
    let verify =
        begin(async move { step_up.verify_otp(code, vec![TokenScope::CREDENTIAL_LINK], None, None).await });
    world.arrived(VERIFY, earlier + 1).await;
    verify
}

#[tokio::test]
async fn i04_fault_04_a_refresh_that_is_answered_after_logout_signs_nobody_in() {
    let mut world = patient_world().await;
    let user = sign_in_with_tokens(&world).await;
    answered_late(&world, "POST", "refresh", 200, session_answer(&user));
    let refresh = begin_refresh(&world);
    world.arrived("refresh", 1).await;
    world.client.auth().logout(None).await.unwrap();
    assert_not_signed_in(refresh.await.unwrap());
    assert_signed_out(&world).await;
    world.restart();
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i04_fault_42_a_verify_that_is_answered_after_logout_leaves_no_token() {
    let mut world = patient_world().await;
    let user = sign_in_with_tokens(&world).await;
    let verify = begin_verify(&world, &user).await;
    world.client.auth().logout(None).await.unwrap();
    assert_not_signed_in(verify.await.unwrap());
    assert_signed_out(&world).await;
    world.restart();
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i04_i01_a_check_that_is_answered_after_logout_says_required() {
    let world = patient_world().await;
    world.sign_in().await;
    let answer = json!({ "isRequired": false, "credentials": [] });
    answered_late(&world, "POST", "stepUp/check", 200, answer);
    let step_up = world.client.step_up();
    let check = begin(async move { step_up.check(TokenScope::WALLET_EXPORT, None).await });
    world.arrived("stepUp/check", 1).await;
    world.client.auth().logout(None).await.unwrap();
    let check = check.await.unwrap().unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::NotSignedIn));
    assert_eq!(check.credentials, []);
    assert_signed_out(&world).await;
}

#[tokio::test]
async fn i04_fault_04_a_refresh_that_is_answered_after_a_change_of_user_restores_nobody() {
    let world = patient_world().await;
    let first = sign_in_with_tokens(&world).await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    answered_late(&world, "POST", "refresh", 200, session_answer(&first));
    let refresh = begin_refresh(&world);
    world.arrived("refresh", 1).await;
    world.client.auth().logout(None).await.unwrap();
    let (auth, code) = (world.client.auth(), world.code(OTHER));
    auth.sign_in_with_otp(code, None, None).await.unwrap();
    assert_not_signed_in(refresh.await.unwrap());
    let second = user_id(&world).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(envelope(&world)["user"]["id"], second.as_str());
    assert!(!world.storage.text().contains(&first));
    auth.refresh(None).await.unwrap();
}

#[tokio::test]
async fn i04_a_verify_that_is_answered_after_a_change_of_user_gives_no_permission() {
    let world = patient_world().await;
    let first = world.sign_in().await.user.id;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    let verify = begin_verify(&world, &first).await;
    world.client.auth().logout(None).await.unwrap();
    world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await.unwrap();
    assert_not_signed_in(verify.await.unwrap());
    assert!(holds_no_token(&world));
    assert_eq!(stored_elevations(&world), 0);
    assert_ne!(user_id(&world).await, Some(first));
}

#[tokio::test]
async fn i04_a_check_that_is_answered_after_a_change_of_user_says_nothing_about_the_new_one() {
    let world = patient_world().await;
    world.sign_in().await;
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    let answer = json!({ "isRequired": false, "credentials": [], "defaultCredentialId": "of the first" });
    answered_late(&world, "POST", "stepUp/check", 200, answer);
    let step_up = world.client.step_up();
    let late = begin(async move { step_up.check(TokenScope::WALLET_EXPORT, None).await });
    world.arrived("stepUp/check", 1).await;
    world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await.unwrap();
    // The new user's check does not join the old one.
    let check = world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    let late = late.await.unwrap().unwrap();
    assert_eq!((late.is_required, late.reason), (true, CheckReason::NotSignedIn));
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    assert_eq!(sent.masked_destination, "g•••@example.com");
}

#[tokio::test]
async fn i04_a_sign_in_that_is_answered_after_logout_signs_nobody_in() {
    let world = patient_world().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    answered_late(&world, "POST", "emailVerifications/signin", 200, verified("a-user"));
    let (auth, code) = (world.client.auth(), world.code(EMAIL));
    let sign_in = begin(async move { auth.sign_in_with_otp(code, None, None).await });
    world.arrived("emailVerifications/signin", 1).await;
    world.client.auth().logout(None).await.unwrap();
    assert_not_signed_in(sign_in.await.unwrap());
    assert_signed_out(&world).await;
    world.sign_in().await;
}

#[tokio::test]
async fn i04_a_read_that_is_answered_after_logout_is_not_answered() {
    let world = patient_world().await;
    world.sign_in().await;
    let answer = json!({ "devices": [], "passkeys": [], "userHasVerifiedMfaMethods": false });
    answered_late(&world, "GET", "users/mfa/methods", 200, answer);
    let mfa = world.client.mfa();
    let read = begin(async move { mfa.methods(None).await });
    world.arrived("users/mfa/methods", 1).await;
    world.client.auth().logout(None).await.unwrap();
    assert_not_signed_in(read.await.unwrap());
}

#[tokio::test]
async fn i03_what_one_user_proved_is_not_sent_for_the_next() {
    let world = patient_world().await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
    carried_out_late(&world, "emailVerifications/signin");
    let (auth, code) = (world.client.auth(), world.code(OTHER));
    let sign_in = begin(async move { auth.sign_in_with_otp(code, None, None).await });
    world.arrived("emailVerifications/signin", 2).await;
    // Waits for its turn until somebody else is signed in.
    let verified = step_up.verify_otp(world.code(EMAIL), vec![TokenScope::WALLET_EXPORT], None, None).await;
    assert_not_signed_in(verified);
    sign_in.await.unwrap().unwrap();
    assert_eq!(world.count(VERIFY), 0);
}
