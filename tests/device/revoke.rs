//! Revoking devices. Where it is the own one, the session here ends before the call returns (I3).

use serde_json::json;
use stepup_core::{CancelToken, RegisteredDeviceId, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, eventually};

use crate::helpers::{Phone, answered, begin, mailed_link, requests, two_phones};

const ALL: &str = "deviceRegistrations";
const ONE: &str = "deviceRegistrations/{id}";

async fn registered_phones() -> (World, Phone, Phone) {
    let (world, first, second) = two_phones().await;
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
    (world, first, second)
}

/// The id of the own device, or of the other one.
async fn id(phone: &Phone, is_current: bool) -> RegisteredDeviceId {
    let devices = phone.devices().list(None).await.unwrap();
    devices.into_iter().find(|device| device.is_current == is_current).unwrap().id
}

async fn assert_ended_by_server(phone: &Phone) {
    let error = phone.client.auth().refresh(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { answer: Some(_) }), "{error:?}");
    phone.assert_signed_out().await;
}

#[tokio::test]
async fn another_device_that_is_revoked_is_signed_out_there_and_not_here() {
    let (_world, first, second) = registered_phones().await;
    assert_eq!(first.devices().revoke(id(&first, false).await, None).await, Ok(false));
    assert_ended_by_server(&second).await;
    assert_eq!(first.devices().list(None).await.unwrap().len(), 1);
    first.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i03_the_own_device_that_is_revoked_is_signed_out_before_the_call_returns() {
    let (world, first, second) = registered_phones().await;
    let token = TokenScope::CREDENTIAL_LINK;
    world.sandbox.clock().advance(601);
    let step_up = second.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    step_up.verify_otp(world.code(EMAIL), vec![token.clone()], None, None).await.unwrap();
    let (own, deleted) = (id(&second, true).await, second.keys.count("delete"));
    assert_eq!(second.devices().revoke(own, None).await, Ok(true));
    assert!(second.storage.records().is_empty());
    assert!(!step_up.has_elevated_access_token(token));
    let keys = second.keys.calls();
    let gone: Vec<_> = keys.iter().filter(|call| call.starts_with("delete")).skip(deleted).collect();
    assert!(!gone.is_empty() && gone.iter().all(|call| call.ends_with("session")), "{gone:?}");
    second.assert_signed_out().await;
    assert_eq!(first.devices().list(None).await.unwrap().len(), 1);
    // The key is still there, the registration is not.
    second.sign_in(&world).await;
    assert!(second.devices().is_required());
}

#[tokio::test]
async fn i03_revoking_all_devices_signs_out_everywhere() {
    let (_world, first, second) = registered_phones().await;
    first.devices().revoke_all(None).await.unwrap();
    assert!(first.storage.records().is_empty());
    first.assert_signed_out().await;
    assert_ended_by_server(&second).await;
}

#[tokio::test]
async fn i03_revoking_all_devices_signs_out_whatever_the_server_says_of_this_one() {
    for answer in [json!({ "currentDeviceRevoked": false }), json!({})] {
        let (world, first, _second) = two_phones().await;
        answered(&world, "DELETE", ALL, 200, answer);
        first.devices().revoke_all(None).await.unwrap();
        first.assert_signed_out().await;
    }
}

#[tokio::test]
async fn a_revocation_that_fails_leaves_the_session_as_it_was() {
    let (world, first, _second) = two_phones().await;
    let (own, session) = (id(&first, true).await, first.session().await);
    for (status, body) in [(500, json!("<html>")), (429, json!({ "message": "slow down", "code": 429 }))] {
        for path in [ONE, ALL] {
            answered(&world, "DELETE", path, status, body.clone());
        }
        let error = first.devices().revoke(own.clone(), None).await.unwrap_err();
        assert_eq!(error.server_answer().unwrap().status, status);
        let error = first.devices().revoke_all(None).await.unwrap_err();
        assert_eq!(error.server_answer().unwrap().status, status);
    }
    assert_eq!(first.session().await, session);
    assert_eq!(first.devices().revoke(own, None).await, Ok(true));
}

#[tokio::test]
async fn an_answer_that_does_not_say_which_device_it_was_is_an_error() {
    let (world, first, _second) = two_phones().await;
    for answer in
        [json!({}), json!({ "currentDeviceRevoked": null }), json!({ "currentDeviceRevoked": "no" })]
    {
        answered(&world, "DELETE", ONE, 200, answer);
        let error = first.devices().revoke("any".into(), None).await.unwrap_err();
        assert!(matches!(error, StepUpError::UnexpectedAnswer { .. }), "{error:?}");
    }
    answered(&world, "DELETE", ALL, 200, json!("<html>Please log in to this network</html>"));
    let error = first.devices().revoke_all(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::UnexpectedAnswer { .. }), "{error:?}");
    assert!(first.session().await.is_some());
}

#[tokio::test]
async fn what_is_no_device_is_told() {
    let (world, first, _second) = two_phones().await;
    let error = first.devices().revoke("../users".into(), None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().status, 404);
    assert!(world.requests("/users").is_empty(), "an id is one segment of the path");
    let before = requests(&world);
    for id in ["", ".", ".."] {
        let error = first.devices().revoke(id.into(), None).await.unwrap_err();
        assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    }
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn a_device_that_is_not_registered_can_revoke_none() {
    let (_world, _first, second) = two_phones().await;
    for refused in
        [second.devices().revoke("any".into(), None).await.map(drop), second.devices().revoke_all(None).await]
    {
        assert_eq!(refused.unwrap_err().server_answer().unwrap().status, 401);
    }
    assert!(second.devices().is_required(), "still signed in");
}

#[tokio::test]
async fn i15_a_revocation_that_is_cancelled_after_it_was_sent_signs_out_all_the_same() {
    let (world, mut first, second) = registered_phones().await;
    first.restart_patiently();
    let own = id(&first, true).await;
    world.fault(json!({ "method": "DELETE", "path": ONE, "count": 1, "latencyMs": 500 }));
    let (devices, cancel) = (first.devices(), CancelToken::new());
    let (token, path) = (std::sync::Arc::clone(&cancel), format!("deviceRegistrations/{own}"));
    let revoke = begin(async move { devices.revoke(own, Some(token)).await });
    world.arrived(&path, 1).await;
    cancel.cancel();
    assert_eq!(revoke.await.unwrap(), Err(StepUpError::Cancelled));
    eventually("the end of the session", || first.storage.records().is_empty()).await;
    first.assert_signed_out().await;
    assert_eq!(second.devices().list(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn i04_a_late_revocation_does_not_sign_out_the_next_user() {
    let (world, mut first, _second) = two_phones().await;
    first.restart_patiently();
    let own = id(&first, true).await;
    world.fault(json!({
        "method": "DELETE", "path": ONE, "count": 1, "latencyMs": 800,
        "status": 200, "body": { "currentDeviceRevoked": true },
    }));
    let (devices, path) = (first.devices(), format!("deviceRegistrations/{own}"));
    let revoke = begin(async move { devices.revoke(own, None).await });
    world.arrived(&path, 1).await;
    first.client.auth().logout(None).await.unwrap();
    let other = first.sign_in_as(&world, crate::helpers::OTHER).await;
    let _ = revoke.await.unwrap();
    assert_eq!(first.session().await.unwrap().user.id, other.user.id);
}
