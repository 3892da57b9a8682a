//! What may go wrong when a sign-in code is sent.

use std::time::Duration;

use serde_json::json;
use stepup_core::{ErrorKind, PhoneNumber, StepUpError};
use stepup_test_support::{EMAIL, World};

fn is_about(error: &StepUpError, expected: &str) -> bool {
    matches!(error, StepUpError::InvalidArgument { argument, .. } if argument == expected)
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_a_request() {
    let world = World::new().await;
    for address in ["", " ", "ada", "@example.com", "ada@", "a da@example.com", "ada@example\u{0}.com"] {
        let error = world.client.auth().send_email_otp(address.into(), None).await.unwrap_err();
        assert!(is_about(&error, "email"), "{address:?}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    }
    assert_eq!(world.sandbox.log().exchanges(), []);
}

#[tokio::test]
async fn an_address_that_only_the_server_refuses_asks_the_user_again() {
    let world = World::new().await;
    let error = world.client.auth().send_email_otp("ada@localhost".into(), None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("invalid_email"));
    assert_eq!(error.kind(), ErrorKind::AskUserAgain);
}

#[tokio::test]
async fn what_is_no_phone_number_is_refused_without_a_request() {
    let world = World::new().await;
    let iso = PhoneNumber { iso_country_code: Some("USA".into()), ..PhoneNumber::new("1", "2025550167") };
    let numbers = [
        PhoneNumber::new("", "2025550167"),
        PhoneNumber::new("+", "2025550167"),
        PhoneNumber::new("999", "2025550167"),
        PhoneNumber::new("1", ""),
        PhoneNumber::new("1", "call me"),
        PhoneNumber::new("1", "123"),
        iso,
    ];
    for number in numbers {
        let error = world.client.auth().send_sms_otp(number, None).await.unwrap_err();
        assert!(is_about(&error, "phone"), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    }
    assert_eq!(world.sandbox.log().exchanges(), []);
}

#[tokio::test]
async fn a_number_that_only_the_server_refuses_asks_the_user_again() {
    let world = World::new().await;
    // Each part may be right; together they are longer than a number can be (E.164).
    let number = PhoneNumber::new("420", "20255501671234");
    let error = world.client.auth().send_sms_otp(number, None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("invalid_phone"));
    assert_eq!(error.kind(), ErrorKind::AskUserAgain);
}

#[tokio::test]
async fn too_many_codes_are_refused_with_the_time_to_wait() {
    let world = World::new().await;
    let auth = world.client.auth();
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    auth.resend_otp(None, None).await.unwrap();
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    for error in [
        auth.send_email_otp(EMAIL.into(), None).await.unwrap_err(),
        auth.resend_otp(None, None).await.unwrap_err(),
    ] {
        assert!(matches!(error, StepUpError::RateLimited { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::RetryLater);
        let wait = error.retry_after().unwrap();
        assert!((Duration::from_secs(590)..=Duration::from_secs(601)).contains(&wait), "{wait:?}");
    }
    // What was sent before still signs in, and after the time more can be sent.
    auth.sign_in_with_otp(world.code(EMAIL), None, None).await.unwrap();
    world.sandbox.clock().advance(601);
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_again_that_was_not_sent() {
    let world = World::new().await;
    let auth = world.client.auth();
    assert!(is_about(&auth.resend_otp(None, None).await.unwrap_err(), "verification_id"));
    auth.send_email_otp(EMAIL.into(), None).await.unwrap();
    let unknown = auth.resend_otp(Some("unknown".into()), None).await.unwrap_err();
    assert!(is_about(&unknown, "verification_id"), "{unknown:?}");
    assert_eq!(world.sandbox.log().exchanges().len(), 1);
}

#[tokio::test]
async fn a_provider_that_is_switched_off_is_a_matter_of_configuration() {
    let providers = json!([{ "provider": "email", "enabled": false }]);
    let world = World::with_policy(json!({ "providers": providers })).await;
    let error = world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("no_enabled_email_provider"));
    assert_eq!(error.kind(), ErrorKind::FixConfiguration);
}
