//! Whether this device has to be registered: at once, without asking anybody.

use serde_json::json;
use stepup_core::{DeviceRegistrationStatus, OnboardingDuty, PhoneNumber, Session, SignInOutcome};
use stepup_sandbox::{MessageFilter, MessageKind};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{Phone, link_for, requests, two_phones, world};

async fn sign_in_by_sms(world: &World, phone: &Phone) -> Session {
    let number = PhoneNumber::new("1", "2025550167");
    phone.client.auth().send_sms_otp(number, None).await.unwrap();
    let signed_in = phone.client.auth().sign_in_with_otp(world.code("+12025550167"), None, None).await;
    let SignInOutcome::Done { session, .. } = signed_in.unwrap();
    session
}

#[tokio::test]
async fn i02_the_status_is_told_without_storage_keys_or_network() {
    let (world, _first, mut second) = two_phones().await;
    second.restart();
    let (reads, keys, sent) = (second.storage.calls().len(), second.keys.calls().len(), requests(&world));
    assert!(!second.devices().is_required(), "before the storage is read");
    assert_eq!(second.devices().status(), DeviceRegistrationStatus::NotRequired);
    assert_eq!(second.storage.calls().len(), reads);
    second.client.restore(None).await.unwrap();
    assert!(second.devices().is_required());
    assert!(matches!(second.devices().status(), DeviceRegistrationStatus::AwaitingLink { .. }));
    assert_eq!((second.keys.calls().len(), requests(&world)), (keys, sent));
}

#[tokio::test]
async fn a_user_without_an_address_is_a_state_of_its_own() {
    let world = world().await;
    let first = Phone::new(&world, "first", "");
    assert_eq!(sign_in_by_sms(&world, &first).await.duties, [], "a new user's device is trusted");
    let second = Phone::new(&world, "second", "");
    let session = sign_in_by_sms(&world, &second).await;
    assert_eq!(session.duties, [OnboardingDuty::RegisterDevice]);
    assert!(second.devices().is_required());
    assert_eq!(second.devices().status(), DeviceRegistrationStatus::NoEmailAddress);
    let mails = world.sandbox.outbox().messages(&MessageFilter::default()).into_iter();
    assert_eq!(mails.filter(|mail| mail.kind == MessageKind::DeviceRegistration).count(), 0);
    // Whoever gets a link in another way can use it.
    second.complete(&link_for(&world, &session.user.id).await).await.unwrap();
    assert_eq!(second.devices().status(), DeviceRegistrationStatus::NotRequired);
}

#[tokio::test]
async fn the_address_is_masked_and_not_printed() {
    let (_world, _first, second) = two_phones().await;
    let status = second.devices().status();
    assert_eq!(status, DeviceRegistrationStatus::AwaitingLink { masked_email: "a•••@example.com".into() });
    assert!(!format!("{status:?}").contains(EMAIL));
}

#[tokio::test]
async fn an_environment_that_does_not_ask_for_it_or_is_older_never_requires_it() {
    for policy in [json!({}), json!({ "apiVersion": "2026_01_01" })] {
        let world = World::with_policy(policy).await;
        for name in ["first", "second"] {
            let phone = Phone::new(&world, name, "");
            assert_eq!(phone.sign_in(&world).await.duties, []);
            assert!(!phone.devices().is_required());
            assert_eq!(phone.devices().status(), DeviceRegistrationStatus::NotRequired);
        }
    }
}

#[tokio::test]
async fn nobody_has_to_register_after_the_session() {
    let (_world, _first, second) = two_phones().await;
    second.client.auth().logout(None).await.unwrap();
    assert!(!second.devices().is_required());
    assert_eq!(second.devices().status(), DeviceRegistrationStatus::NotRequired);
}

#[tokio::test]
async fn a_session_that_has_run_out_waits_for_nothing() {
    let (world, _first, second) = two_phones().await;
    assert!(second.devices().is_required());
    world.sandbox.clock().advance(60 * 60 * 24 * 365);
    // Any answer tells the time.
    let _ = second.client.auth().send_email_otp("someone@example.com".into(), None).await;
    assert!(!second.devices().is_required());
}

#[tokio::test]
async fn a_refresh_tells_what_the_server_has_come_to_want() {
    let world = World::new().await;
    let phone = Phone::new(&world, "first", "");
    phone.sign_in(&world).await;
    assert!(!phone.devices().is_required());
    crate::helpers::patch_policy(&world, &json!({ "deviceRegistration": true }));
    phone.client.auth().refresh(None).await.unwrap();
    assert!(phone.devices().is_required());
}
