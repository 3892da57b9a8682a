//! Verifying with a code by e-mail or SMS: what works.

use std::time::SystemTime;

use serde_json::json;
use stepup_core::{CredentialFormat, OtpChannel, PhoneNumber, SignInOutcome, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, LINK, SIGN, UNLINK, credential, holds, link_phone, seconds, unix_now};

const NUMBER: &str = "2025550167";
const PHONE: &str = "+12025550167";

async fn sign_in_by_sms(world: &World) {
    world.client.auth().send_sms_otp(PhoneNumber::new("+1", NUMBER), None).await.unwrap();
    let signed_in = world.client.auth().sign_in_with_otp(world.code(PHONE), None, None).await;
    assert!(matches!(signed_in, Ok(SignInOutcome::Done { .. })));
}

#[tokio::test]
async fn an_email_code_elevates() {
    let world = World::new().await;
    world.sign_in().await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Email, "a•••@example.com"));
    assert!(sent.resend_at > SystemTime::now());
    let elevation =
        world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
    assert_eq!((&elevation.scopes[..], elevation.single_use), (&[EXPORT][..], true));
    let life = seconds(elevation.expires_at).abs_diff(unix_now(&world));
    assert!((295..=305).contains(&life), "five minutes, not {life} s");
    assert_eq!(world.client.step_up().elevation(EXPORT), Some(elevation));
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn an_sms_code_elevates() {
    let world = World::new().await;
    sign_in_by_sms(&world).await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Sms, "+1 •••67"));
    world.client.step_up().verify_otp(world.code(PHONE), vec![UNLINK], None, None).await.unwrap();
    assert_eq!(world.protected(UNLINK).await, Ok(200));
    assert_eq!((world.count("smsVerifications/verify"), world.count("emailVerifications/verify")), (1, 0));
}

#[tokio::test]
async fn the_request_names_the_scopes_and_is_signed_by_the_device() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[UNLINK, EXPORT, UNLINK]).await.unwrap();
    let request = world.requests("emailVerifications/verify").remove(0);
    assert_eq!(request["body"]["requestedScopes"], json!(["credential:unlink", "wallet:export"]));
    assert!(request["headers"]["authorization"].is_string());
    for header in ["x-dynamic-device-nonce", "x-dynamic-device-publickey", "x-dynamic-device-signed-nonce"] {
        assert!(request["headers"][header].is_string(), "{header}");
    }
    let passed = |name: &str| {
        let checks = request["checks"].as_array().unwrap();
        checks.iter().any(|check| check["name"] == name && check["passed"] == true)
    };
    assert!(passed("device_signature") && passed("code"), "{}", request["checks"]);
}

#[tokio::test]
async fn several_scopes_come_in_one_token() {
    let world = World::new().await;
    world.sign_in().await;
    let elevation = world.verify_by_email(&[UNLINK, LINK]).await.unwrap();
    assert_eq!(elevation.scopes, [LINK, UNLINK]);
    let step_up = world.client.step_up();
    let link = step_up.take_elevated_access_token(LINK, None).await.unwrap().unwrap();
    let unlink = step_up.take_elevated_access_token(UNLINK, None).await.unwrap().unwrap();
    assert_eq!(link, unlink);
    assert_eq!(world.count("emailVerifications/verify"), 1);
}

#[tokio::test]
async fn a_scope_named_twice_is_asked_for_once() {
    let world = World::new().await;
    world.sign_in().await;
    let elevation = world.verify_by_email(&[EXPORT, EXPORT]).await.unwrap();
    assert_eq!(elevation.scopes, [EXPORT]);
    assert_eq!(
        world.requests("emailVerifications/verify")[0]["body"]["requestedScopes"],
        json!(["wallet:export"])
    );
}

#[tokio::test]
async fn an_unknown_scope_is_the_servers_business() {
    let world = World::new().await;
    world.sign_in().await;
    let scope = TokenScope::from("business_account:close");
    let elevation = world.verify_by_email(std::slice::from_ref(&scope)).await.unwrap();
    assert!(elevation.scopes.contains(&scope) && holds(&world, scope));
}

#[tokio::test]
async fn a_code_sent_again_replaces_the_first() {
    let world = World::new().await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    let sent = step_up.send_otp(None, None).await.unwrap();
    let first = world.code(EMAIL);
    let again = step_up.resend_otp(Some(sent.id.clone()), None).await.unwrap();
    assert_eq!(again.channel, OtpChannel::Email);
    assert_eq!(world.count("emailVerifications/retry"), 1);
    let second = world.code(EMAIL);
    if first != second {
        step_up.verify_otp(first, vec![EXPORT], None, None).await.unwrap_err();
    }
    step_up.verify_otp(second, vec![EXPORT], Some(again.id), None).await.unwrap();
}

#[tokio::test]
async fn without_an_id_the_latest_verification_counts() {
    let world = World::new().await;
    sign_in_by_sms(&world).await;
    let step_up = world.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(PHONE), vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn two_verifications_go_side_by_side() {
    let world = World::new().await;
    world.sign_in().await;
    let phone = link_phone(&world, NUMBER).await;
    let email = credential(&world, &CredentialFormat::Email).await;
    let step_up = world.client.step_up();
    let by_email = step_up.send_otp(Some(email), None).await.unwrap();
    let by_sms = step_up.send_otp(Some(phone), None).await.unwrap();
    let (email_code, sms_code) = (world.code(EMAIL), world.code(PHONE));
    let (first, second) = tokio::join!(
        step_up.verify_otp(email_code, vec![EXPORT], Some(by_email.id), None),
        step_up.verify_otp(sms_code, vec![SIGN], Some(by_sms.id), None),
    );
    assert_eq!(first.unwrap().scopes, [EXPORT]);
    assert_eq!(second.unwrap().scopes, [SIGN]);
    assert!(holds(&world, EXPORT) && holds(&world, SIGN));
    assert_eq!(world.protected(EXPORT).await, Ok(200));
    assert_eq!(world.protected(SIGN).await, Ok(200));
}

#[tokio::test]
async fn a_code_is_read_as_people_type_it() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let arabic: String = world
        .code(EMAIL)
        .chars()
        .map(|digit| char::from_u32(0x660 + digit.to_digit(10).unwrap()).unwrap())
        .collect();
    let typed = format!(" {}-{}\n", &arabic[..6], &arabic[6..]);
    world.client.step_up().verify_otp(typed, vec![EXPORT], None, None).await.unwrap();
}
