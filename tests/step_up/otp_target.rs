//! Where a code goes if the app does not say, and if it does.

use serde_json::{Value, json};
use stepup_core::{CredentialFormat, ErrorKind, OtpChannel, PhoneNumber, UnavailableReason};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, credential, give_credentials, link_phone, unavailable};

const NUMBER: &str = "2025550167";
const PHONE: &str = "+12025550167";

fn email(id: &str, address: &str, enabled: bool) -> Value {
    json!({ "id": id, "format": "email", "signInEnabled": enabled, "email": address })
}

fn phone(id: &str, enabled: bool) -> Value {
    json!({
        "id": id, "format": "phoneNumber", "signInEnabled": enabled,
        "phoneCountryCode": "+1", "phoneNumber": NUMBER, "isoCountryCode": null,
    })
}

/// A user with these credentials, none of which is the one that was signed in with.
async fn user_with(credentials: Value) -> World {
    let world = World::new().await;
    world.sign_in_as("eve@example.com").await;
    give_credentials(&world, credentials).await;
    world
}

async fn channel(world: &World, credential_id: Option<&str>) -> OtpChannel {
    let id = credential_id.map(Into::into);
    world.client.step_up().send_otp(id, None).await.unwrap().channel
}

/// The addresses that step-up codes were sent to by e-mail.
fn addresses(world: &World) -> Vec<String> {
    let sent = world.requests("emailVerifications/create").into_iter();
    let by_step_up = sent.filter(|request| request["headers"]["authorization"].is_string());
    by_step_up.map(|request| request["body"]["email"].as_str().unwrap().into()).collect()
}

#[tokio::test]
async fn the_credential_of_the_sign_in_comes_first() {
    let world = World::new().await;
    world.sign_in().await;
    link_phone(&world, NUMBER).await;
    assert_eq!(channel(&world, None).await, OtpChannel::Email);

    // The same user by SMS, and without any check.
    world.client.auth().send_sms_otp(PhoneNumber::new("1", NUMBER), None).await.unwrap();
    world.client.auth().sign_in_with_otp(world.code(PHONE), None, None).await.unwrap();
    assert_eq!(channel(&world, None).await, OtpChannel::Sms);
}

#[tokio::test]
async fn the_servers_default_comes_before_the_sign_in() {
    let world = World::new().await;
    world.sign_in().await;
    let phone = link_phone(&world, NUMBER).await;
    world.fault(json!({
        "method": "POST", "path": "stepUp/check", "count": 1,
        "body": { "isRequired": true, "credentials": [], "defaultCredentialId": phone },
    }));
    world.client.step_up().check(EXPORT, None).await.unwrap();
    assert_eq!(channel(&world, None).await, OtpChannel::Sms);
    // The default belongs to the session in which it was named.
    world.client.auth().logout(None).await.unwrap();
    world.sandbox.clock().advance(601);
    world.sign_in().await;
    assert_eq!(channel(&world, None).await, OtpChannel::Email);
}

#[tokio::test]
async fn a_default_that_takes_no_codes_is_passed_over() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    assert_eq!(check.default_credential_id, Some(totp.device_id.into()));
    assert_eq!(channel(&world, None).await, OtpChannel::Email);
    assert_eq!(addresses(&world), [EMAIL]);
}

#[tokio::test]
async fn else_the_first_email_address_that_may_be_used() {
    let wallet = json!({ "id": "w", "format": "blockchain", "signInEnabled": true, "address": "0x" });
    let credentials = json!([
        wallet,
        phone("p", true),
        email("1", "1@example.com", false),
        email("2", "2@example.com", true),
        email("3", "3@example.com", true),
    ]);
    let world = user_with(credentials).await;
    assert_eq!(channel(&world, None).await, OtpChannel::Email);
    assert_eq!(addresses(&world), ["2@example.com"]);
}

#[tokio::test]
async fn fault_50_else_the_first_phone_with_its_number_put_in_order() {
    let world = user_with(json!([email("1", "1@example.com", false), phone("p", true)])).await;
    assert_eq!(channel(&world, None).await, OtpChannel::Sms);
    let body = world.requests("smsVerifications/create")[0]["body"].clone();
    assert_eq!(body, json!({ "phoneCountryCode": "1", "phoneNumber": NUMBER, "isoCountryCode": "US" }));
}

#[tokio::test]
async fn else_there_is_nothing_to_send_to() {
    let passkey = json!({ "id": "k", "format": "passkey", "signInEnabled": true });
    for credentials in [json!([]), json!([email("1", "1@example.com", false), phone("p", false), passkey])] {
        let world = user_with(credentials).await;
        let refused = world.client.step_up().send_otp(None, None).await;
        assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
        assert_eq!((addresses(&world).len(), world.count("smsVerifications/create")), (0, 0));
    }
}

#[tokio::test]
async fn fault_49_a_credential_can_be_chosen_by_its_id() {
    let world = World::new().await;
    world.sign_in().await;
    let phone = link_phone(&world, NUMBER).await;
    let email = credential(&world, &CredentialFormat::Email).await;
    assert_eq!(channel(&world, Some(phone.as_str())).await, OtpChannel::Sms);
    world.client.step_up().verify_otp(world.code(PHONE), vec![EXPORT], None, None).await.unwrap();
    assert_eq!(world.protected(EXPORT).await, Ok(200));
    assert_eq!(channel(&world, Some(email.as_str())).await, OtpChannel::Email);
}

#[tokio::test]
async fn an_id_that_names_no_such_credential_is_refused_without_a_request() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    for id in ["", "unknown", "00000000-0000-4000-8000-000000000000", totp.device_id.as_str()] {
        let refused = world.client.step_up().send_otp(Some(id.into()), None).await;
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled, "{id}");
    }
    assert_eq!((addresses(&world).len(), world.count("smsVerifications/create")), (0, 0));
    assert_eq!(channel(&world, None).await, OtpChannel::Email);
}
