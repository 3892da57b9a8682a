//! Signing in with a code by e-mail or SMS.

use serde_json::json;
use stepup_core::{
    CodeRefusal, OtpChannel, PhoneNumber, SignInOptions, SignInOutcome, StepUpError, TokenScope,
};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{OTHER, holds, user_id};

/// What the sandbox's outbox calls the number of `phone`.
const NUMBER: &str = "+12025550167";

fn phone(country_code: &str, iso: Option<&str>) -> PhoneNumber {
    PhoneNumber { iso_country_code: iso.map(Into::into), ..PhoneNumber::new(country_code, "202-555-0167") }
}

async fn sign_in_by_sms(world: &World, phone: PhoneNumber) -> String {
    let auth = world.client.auth();
    let sent = auth.send_sms_otp(phone, None).await.unwrap();
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Sms, "+1 •••67"));
    let SignInOutcome::Done { session, .. } =
        auth.sign_in_with_otp(world.code(NUMBER), None, None).await.unwrap();
    assert_eq!(session.user.verified_credentials.len(), 1);
    session.user.id
}

#[tokio::test]
async fn an_email_code_signs_in_and_a_second_sign_in_finds_the_same_user() {
    let world = World::new().await;
    let first = world.sign_in().await;
    assert!(first.user.new_user);
    assert_eq!(first.user.email.as_deref(), Some(EMAIL));
    assert_eq!(first.duties, []);
    world.client.auth().logout(None).await.unwrap();
    let second = world.sign_in().await;
    assert!(!second.user.new_user);
    assert_eq!(second.user.id, first.user.id);
}

#[tokio::test]
async fn fault_50_a_phone_signs_in_with_and_without_plus_sign_and_iso_code() {
    let world = World::new().await;
    let user = sign_in_by_sms(&world, phone("1", Some("US"))).await;
    assert_eq!(sign_in_by_sms(&world, phone("+1", None)).await, user);
    for request in world.requests("smsVerifications/create") {
        let expected =
            json!({ "phoneCountryCode": "1", "phoneNumber": "2025550167", "isoCountryCode": "US" });
        assert_eq!(request["body"], expected);
    }
    let other_country = phone("+1", Some("ca"));
    world.client.auth().send_sms_otp(other_country, None).await.unwrap();
    assert_eq!(world.requests("smsVerifications/create")[2]["body"]["isoCountryCode"], "CA");
}

#[tokio::test]
async fn a_code_sent_again_replaces_the_first() {
    let world = World::new().await;
    let auth = world.client.auth();
    let first = auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    let old_code = world.code(EMAIL);
    let again = auth.resend_otp(None, None).await.unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!(world.count("emailVerifications/retry"), 1);
    let old = auth.sign_in_with_otp(old_code, None, None).await.unwrap_err();
    assert!(matches!(old, StepUpError::InvalidCode { reason: CodeRefusal::Wrong, .. }), "{old:?}");
    auth.sign_in_with_otp(world.code(EMAIL), None, None).await.unwrap();
}

#[tokio::test]
async fn an_sms_is_sent_again_through_its_own_endpoint() {
    let world = World::new().await;
    let auth = world.client.auth();
    let sent = auth.send_sms_otp(phone("1", None), None).await.unwrap();
    auth.resend_otp(Some(sent.id), None).await.unwrap();
    assert_eq!(world.requests("smsVerifications/retry")[0]["body"]["isoCountryCode"], "US");
    auth.sign_in_with_otp(world.code(NUMBER), None, None).await.unwrap();
}

#[tokio::test]
async fn a_code_signs_in_for_the_verification_that_is_named() {
    let world = World::new().await;
    let auth = world.client.auth();
    let first = auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    auth.send_email_otp(OTHER.into(), None).await.unwrap();
    let options = SignInOptions { verification_id: Some(first.id), ..SignInOptions::default() };
    let signed_in = auth.sign_in_with_otp(world.code(EMAIL), Some(options), None).await;
    let SignInOutcome::Done { session, .. } = signed_in.unwrap();
    assert_eq!(session.user.email.as_deref(), Some(EMAIL));
}

#[tokio::test]
async fn a_code_is_read_as_people_write_it() {
    let world = World::new().await;
    let auth = world.client.auth();
    auth.send_email_otp(format!("  {EMAIL}\n"), None).await.unwrap();
    let code = world.code(EMAIL);
    let typed = format!(" {}\u{2013}{} ", &code[..3], &code[3..]);
    auth.sign_in_with_otp(typed, None, None).await.unwrap();
    assert_eq!(world.requests("emailVerifications/signin")[0]["body"]["verificationToken"], code.as_str());
}

#[tokio::test]
async fn fault_09_scopes_requested_at_sign_in_are_sent_and_granted() {
    let world = World::new().await;
    let auth = world.client.auth();
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    let requested_scopes = vec![TokenScope::WALLET_EXPORT, TokenScope::CREDENTIAL_LINK];
    let options = SignInOptions { requested_scopes, ..SignInOptions::default() };
    let signed_in = auth.sign_in_with_otp(world.code(EMAIL), Some(options), None).await.unwrap();
    let SignInOutcome::Done { granted, .. } = signed_in;
    assert_eq!(granted, [TokenScope::CREDENTIAL_LINK, TokenScope::WALLET_EXPORT]);
    assert_eq!(world.protected(TokenScope::WALLET_EXPORT).await, Ok(200));
}

#[tokio::test]
async fn a_first_factor_may_be_linked_without_step_up_if_the_sign_in_asked_for_that() {
    let world = World::new().await;
    world.sign_in().await;
    assert!(!holds(&world, TokenScope::CREDENTIAL_LINK));
    let refused = world.client.mfa().enroll_totp(None).await.unwrap_err();
    assert!(matches!(refused, StepUpError::StepUpRequired { token_was_attached: false, .. }), "{refused:?}");

    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    world.client.mfa().enroll_totp(None).await.unwrap();
}

#[tokio::test]
async fn fault_37_a_sign_in_beside_a_session_is_a_sign_in_and_not_a_link() {
    let world = World::new().await;
    let first = world.sign_in().await.user.id;
    let second = world.sign_in_as(OTHER).await.user.id;
    assert_ne!(first, second);
    assert_eq!(user_id(&world).await.as_ref(), Some(&second));
    assert_eq!(world.count("emailVerifications/verify"), 0);
    for path in ["emailVerifications/create", "emailVerifications/signin"] {
        let requests = world.requests(path);
        assert_eq!(requests.len(), 2);
        assert!(requests.iter().all(|request| request["headers"]["authorization"].is_null()), "{path}");
    }
}
