//! A second phone of the user is registered by the link in the mail.

use serde_json::json;
use stepup_core::{DeviceRegistrationStatus, ErrorKind, OnboardingDuty, StepUpError, TokenScope};
use stepup_test_support::EMAIL;

use crate::helpers::{COMPLETE, Phone, link_for, mailed_link, patch_policy, two_phones};

fn awaiting() -> DeviceRegistrationStatus {
    DeviceRegistrationStatus::AwaitingLink { masked_email: "a•••@example.com".into() }
}

#[tokio::test]
async fn i17_fault_48_a_second_phone_is_registered_by_the_mailed_link() {
    let (world, first, second) = two_phones().await;
    assert_eq!(first.session().await.unwrap().duties, [], "a new user's first device is trusted");
    assert_eq!(first.devices().status(), DeviceRegistrationStatus::NotRequired);
    assert_eq!(second.session().await.unwrap().duties, [OnboardingDuty::RegisterDevice]);
    assert_eq!((second.devices().is_required(), second.devices().status()), (true, awaiting()));
    let link = mailed_link(&world, EMAIL);
    assert!(second.devices().is_registration_link(link.clone()));
    let session = second.complete(&link).await.unwrap();
    assert_eq!((session.duties.as_slice(), &session.user.email), ([].as_slice(), &Some(EMAIL.into())));
    assert_eq!(second.session().await, Some(session));
    assert_eq!(
        (second.devices().is_required(), second.devices().status()),
        (false, DeviceRegistrationStatus::NotRequired)
    );
    assert_eq!(second.devices().list(None).await.unwrap().len(), 2);
}

#[tokio::test]
async fn i17_a_completion_is_one_request_without_a_body_that_carries_session_token_and_signature() {
    let (world, _first, second) = two_phones().await;
    let before = world.sandbox.log().exchanges().len();
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    let sent = world.requests(COMPLETE);
    assert_eq!((sent.len(), world.sandbox.log().exchanges().len()), (1, before + 1));
    assert_eq!(
        (&sent[0]["method"], sent[0].get("body").and_then(|body| body.as_str())),
        (&json!("POST"), None)
    );
    for header in [
        "authorization",
        "x-dynamic-device-registration-token",
        "x-dynamic-device-nonce",
        "x-dynamic-device-publickey",
        "x-dynamic-device-signed-nonce",
        "x-dyn-session-public-key",
    ] {
        assert!(sent[0]["headers"][header].is_string(), "{header}: {}", sent[0]["headers"]);
    }
    for header in ["x-dyn-elevated-access-token", "x-mfa-auth-token"] {
        assert!(sent[0]["headers"].get(header).is_none(), "{header}");
    }
}

#[tokio::test]
async fn the_registration_outlives_the_process_and_the_session() {
    let (world, _first, mut second) = two_phones().await;
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    second.restart();
    assert_eq!(second.session().await.unwrap().duties, []);
    second.client.auth().logout(None).await.unwrap();
    assert_eq!(second.sign_in(&world).await.duties, [], "the device key is the same");
}

#[tokio::test]
async fn a_process_that_is_started_by_the_link_registers_without_a_word_before() {
    let (world, _first, mut second) = two_phones().await;
    second.restart();
    assert!(!second.devices().is_required(), "nothing was read yet");
    assert_eq!(second.complete(&mailed_link(&world, EMAIL)).await.unwrap().duties, []);
}

#[tokio::test]
async fn what_was_refused_before_works_afterwards() {
    let (world, _first, second) = two_phones().await;
    let step_up = second.client.step_up();
    let refused = step_up.send_otp(None, None).await.unwrap_err();
    assert_eq!(
        (&refused, refused.kind()),
        (&StepUpError::DeviceRegistrationRequired, ErrorKind::RegisterDevice)
    );
    let scope = TokenScope::WALLET_EXPORT;
    assert!(step_up.check(scope.clone(), None).await.unwrap().is_required);
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    world.sandbox.clock().advance(601);
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(EMAIL), vec![scope.clone()], None, None).await.unwrap();
    assert!(step_up.has_elevated_access_token(scope));
}

#[tokio::test]
async fn elevated_tokens_of_before_serve_again_afterwards() {
    let world = stepup_test_support::World::new().await;
    let phone = Phone::new(&world, "first", "");
    let session = phone.sign_in(&world).await;
    let step_up = phone.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(EMAIL), vec![TokenScope::CREDENTIAL_LINK], None, None).await.unwrap();
    patch_policy(&world, &json!({ "deviceRegistration": true }));
    phone.client.auth().refresh(None).await.unwrap();
    assert!(phone.devices().is_required());
    assert!(!step_up.has_elevated_access_token(TokenScope::CREDENTIAL_LINK));
    phone.complete(&link_for(&world, &session.user.id).await).await.unwrap();
    assert!(step_up.has_elevated_access_token(TokenScope::CREDENTIAL_LINK));
}
