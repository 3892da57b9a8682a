//! The list of devices: names, the own one, and what is no list.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use stepup_core::{ErrorKind, RegisteredDevice, RegisteredDeviceKind, StepUpError};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{Phone, answered, mailed_link, requests, two_phones, world};

const LIST: &str = "deviceRegistrations";

/// Both phones are registered.
async fn registered_phones() -> (World, Phone, Phone) {
    let (world, first, second) = two_phones().await;
    world.sandbox.clock().advance(60);
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    (world, first, second)
}

fn names(devices: &[RegisteredDevice]) -> Vec<(&str, bool)> {
    devices.iter().map(|device| (device.name.as_str(), device.is_current)).collect()
}

async fn list(phone: &Phone) -> Vec<RegisteredDevice> {
    phone.devices().list(None).await.unwrap()
}

/// What the phone makes of this answer.
async fn listed(world: &World, phone: &Phone, answer: Value) -> Result<Vec<RegisteredDevice>, StepUpError> {
    answered(world, "GET", LIST, 200, answer);
    phone.devices().list(None).await
}

#[tokio::test]
async fn devices_have_readable_names_and_the_own_one_is_marked_and_first() {
    let (_world, first, second) = registered_phones().await;
    let (pixel, iphone) = ("Pixel 9 (Android 16)", "iPhone 17 (iOS 26)");
    assert_eq!(names(&list(&first).await), [(pixel, true), (iphone, false)]);
    let devices = list(&second).await;
    assert_eq!(names(&devices), [(iphone, true), (pixel, false)]);
    assert!(devices.iter().all(|device| device.kind == RegisteredDeviceKind::Mobile));
    assert!(devices[0].created_at > devices[1].created_at);
    assert!(devices[0].user_agent.as_deref().unwrap().contains("iPhone 17; iOS 26"));
    assert_ne!(devices[0].id, devices[1].id);
}

#[tokio::test]
async fn i18_fault_41_an_odd_device_does_not_fail_the_list() {
    let (world, first, _second) = two_phones().await;
    let chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/124.0 Safari/537.36";
    let devices = listed(
        &world,
        &first,
        json!({ "count": null, "new": {}, "deviceRegistrations": [
        { "id": "undated", "isCurrentDevice": false, "createdAt": null, "userAgent": null },
        { "id": "old", "isCurrentDevice": false, "createdAt": "2026-01-01T00:00:00Z", "userAgent": "?" },
        { "id": "new", "createdAt": "2026-01-01T00:00:00.5Z", "userAgent": chrome, "type": "hologram" },
        { "id": "own", "isCurrentDevice": true, "createdAt": "2025-01-01T00:00:00.000001Z" },
        { "isCurrentDevice": false },
        null,
        7,
    ] }),
    )
    .await
    .unwrap();
    let told: Vec<_> = devices.iter().map(|device| (device.id.as_str(), device.name.as_str())).collect();
    assert_eq!(
        told,
        [
            ("own", "Unknown device"),
            ("new", "Chrome on Windows"),
            ("old", "Unknown device"),
            ("undated", "Unknown device"),
        ]
    );
    let half_past = UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
    assert_eq!((devices[1].created_at, devices[3].created_at), (Some(half_past), None));
    assert_eq!(devices[1].kind, RegisteredDeviceKind::Desktop);
}

#[tokio::test]
async fn i18_that_there_are_no_devices_is_said_and_not_concluded() {
    let (world, first, _second) = two_phones().await;
    assert_eq!(listed(&world, &first, json!({ "count": 0, "deviceRegistrations": [] })).await, Ok(vec![]));
    for silent in [json!({}), json!({ "deviceRegistrations": null }), json!([]), json!("<html>")] {
        let error = listed(&world, &first, silent.clone()).await.unwrap_err();
        assert!(matches!(error, StepUpError::UnexpectedAnswer { .. }), "{silent}: {error:?}");
    }
}

#[tokio::test]
async fn fault_24_a_device_that_is_not_registered_sees_none_and_stays_signed_in() {
    let (_world, _first, second) = two_phones().await;
    assert_eq!(list(&second).await, []);
    assert!(second.session().await.is_some() && second.devices().is_required());
}

#[tokio::test]
async fn fault_24_a_session_that_has_ended_is_not_a_user_without_devices() {
    let (world, first, second) = registered_phones().await;
    let own = list(&second).await.into_iter().find(|device| !device.is_current).unwrap();
    assert!(!second.devices().revoke(own.id, None).await.unwrap());
    let error = first.devices().list(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { answer: Some(_) }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::SignInAgain);
    first.assert_signed_out().await;
    let before = requests(&world);
    assert_eq!(first.devices().list(None).await, Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn fault_24_nobody_is_signed_in_and_nothing_is_asked() {
    let world = world().await;
    let phone = Phone::new(&world, "first", "Pixel 9; Android 16");
    assert_eq!(phone.devices().list(None).await, Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(requests(&world), 0);
}

#[tokio::test]
async fn fault_24_what_could_not_be_found_out_is_not_a_user_without_devices() {
    let (world, first, _second) = two_phones().await;
    answered(&world, "GET", LIST, 401, json!({ "message": "Unauthorized" }));
    world.fault(json!({ "method": "GET", "path": "session", "count": 3, "status": 503, "body": {} }));
    let error = first.devices().list(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RetryLater, "{error:?}");
    assert!(matches!(&error, StepUpError::Server { operation, .. } if operation == "session"), "{error:?}");
    assert!(first.session().await.is_some());
}

#[tokio::test]
async fn fault_24_a_signature_that_was_refused_is_not_a_user_without_devices() {
    let (world, first, _second) = two_phones().await;
    for code in ["invalid_device_nonce", "invalid_device_signature", "invalid_device_public_key"] {
        answered(&world, "GET", LIST, 401, json!({ "error": "no", "code": code }));
        let error = first.devices().list(None).await.unwrap_err();
        assert_eq!(error.server_answer().unwrap().code.as_deref(), Some(code));
    }
    assert_eq!(list(&first).await.len(), 1);
}

#[tokio::test]
async fn where_the_feature_is_off_the_servers_answer_is_passed_on() {
    let world = World::new().await;
    let phone = Phone::new(&world, "first", "");
    phone.sign_in(&world).await;
    assert!(!phone.devices().is_required());
    assert_eq!(list(&phone).await, []);
    answered(&world, "GET", LIST, 404, json!({ "error": "Not found", "code": "not_found" }));
    let error = phone.devices().list(None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().status, 404);
}
