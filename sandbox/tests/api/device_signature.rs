//! The device signature on the endpoints that carry it.

use reqwest::Method;
use serde_json::json;

use crate::support::{App, Device};

const ANNA: &str = "anna@peer.example";

/// One endpoint stands for all where the detail of the check is the point: refresh has no body.
#[tokio::test]
async fn each_way_to_get_it_wrong_is_refused_with_a_code() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let refresh = || app.api(Method::POST, "refresh").bearer(&login.token);
    refresh().send().await.refused(401, "device_signature_missing");

    let nonce = app.nonce().await;
    let without_key = refresh().header("x-dynamic-device-nonce", &nonce);
    without_key.send().await.refused(401, "device_signature_missing");

    let other = Device::new();
    let mixed = refresh()
        .header("x-dynamic-device-nonce", &nonce)
        .header("x-dynamic-device-publickey", &app.device.public_key())
        .header("x-dynamic-device-signed-nonce", &other.sign(&nonce));
    mixed.send().await.refused(401, "invalid_device_signature");
    let spent = refresh().signed_by(&app.device, &nonce).send().await;
    spent.refused(401, "invalid_device_nonce");

    refresh().signed_by(&app.device, "made-up").send().await.refused(401, "invalid_device_nonce");

    let nonce = app.nonce().await;
    let upper_case = refresh()
        .header("x-dynamic-device-nonce", &nonce)
        .header("x-dynamic-device-publickey", &app.device.public_key())
        .header("x-dynamic-device-signed-nonce", &app.device.sign(&nonce).to_uppercase());
    upper_case.send().await.refused(401, "invalid_device_signature");

    let nonce = app.nonce().await;
    let bad_key = refresh()
        .header("x-dynamic-device-nonce", &nonce)
        .header("x-dynamic-device-publickey", &"0".repeat(66))
        .header("x-dynamic-device-signed-nonce", &app.device.sign(&nonce));
    bad_key.send().await.refused(401, "invalid_device_public_key");
}

#[tokio::test]
async fn a_good_signature_serves_once_and_a_nonce_lives_a_day() {
    let app = App::with_policy(json!({ "jwtLifeSeconds": 1_000_000 })).await;
    let login = app.sign_in(ANNA).await;
    let nonce = app.nonce().await;
    let old = app.nonce().await;
    let refresh = |token: &str| app.api(Method::POST, "refresh").bearer(token);
    let answer = refresh(&login.token).signed_by(&app.device, &nonce).send().await.ok();
    let token = answer["minifiedJwt"].as_str().unwrap().to_owned();
    refresh(&token).signed_by(&app.device, &nonce).send().await.refused(401, "invalid_device_nonce");
    app.sandbox.clock().advance(24 * 3600);
    refresh(&token).signed_by(&app.device, &old).send().await.refused(401, "invalid_device_nonce");
}

#[tokio::test]
async fn every_endpoint_of_the_list_demands_it_and_no_other() {
    let app = App::start().await;
    for (method, path) in [
        (Method::POST, "externalAuth/signin"),
        (Method::POST, "refresh"),
        (Method::POST, "smsVerifications/signin"),
        (Method::POST, "smsVerifications/verify"),
        (Method::POST, "emailVerifications/signin"),
        (Method::POST, "emailVerifications/verify"),
        (Method::POST, "deviceRegistration"),
        (Method::GET, "deviceRegistrations"),
        (Method::DELETE, "deviceRegistrations"),
        (Method::DELETE, "deviceRegistrations/1"),
    ] {
        app.api(method, path).send().await.refused(401, "device_signature_missing");
    }
    for (method, path) in [
        (Method::POST, "externalAuth/verify"),
        (Method::POST, "users/passkeys/signin"),
        (Method::POST, "users/mfa/auth/totp"),
        (Method::POST, "stepUp/check"),
        (Method::POST, "revoke"),
        (Method::GET, "users"),
    ] {
        let answer = app.api(method.clone(), path).send().await;
        assert_ne!(answer.body["code"], "device_signature_missing", "{method} {path}");
    }
}

#[tokio::test]
async fn nonces_come_in_the_number_asked_for() {
    let app = App::start().await;
    let nonces = app.get("nonces?count=5").send().await.ok()["nonces"].as_array().unwrap().clone();
    let distinct: std::collections::HashSet<_> = nonces.iter().map(|nonce| nonce.as_str().unwrap()).collect();
    assert_eq!(distinct.len(), 5);
    assert_eq!(app.get("nonces").send().await.ok()["nonces"].as_array().unwrap().len(), 1);
    assert!(app.get("nonce").send().await.ok()["nonce"].is_string());
    assert_eq!(app.get("nonces?count=0").send().await.status.as_u16(), 400);
}
