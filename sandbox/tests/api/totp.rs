//! TOTP: enrolment, one device per user, one-time codes, limits.

use serde_json::json;

use crate::support::App;

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn enrolment_needs_a_token_and_the_first_right_code() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    app.get("users/mfa/register/totp")
        .bearer(&login.token)
        .send()
        .await
        .refused(403, "elevated_access_token_required");
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let register = app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
    let enrolment = register.send().await.ok();
    assert_eq!(enrolment["type"], "totp");
    let secret = enrolment["secret"].as_str().unwrap();
    let uri = enrolment["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(secret), "{uri}");

    let methods = |query: &'static str| app.get(query).bearer(&login.token);
    let listed = methods("users/mfa/methods?verifiedOnly=true").send().await.ok();
    assert_eq!(listed, json!({ "devices": [], "passkeys": [], "userHasVerifiedMfaMethods": false }));
    let listed = methods("users/mfa/methods").send().await.ok();
    assert_eq!(listed["devices"][0]["verified"], false);
    assert_eq!(app.check(&login, "wallet:export").await["credentials"][0]["format"], "email");

    let login = app.verify_totp(&login, secret, &[]).await;
    let listed = app.get("users/mfa/methods?verifiedOnly=true").bearer(&login.token).send().await.ok();
    assert_eq!(listed["userHasVerifiedMfaMethods"], true);
    assert_eq!(listed["devices"][0]["id"], enrolment["id"]);
    let one = app.get(&format!("users/mfa/{}", enrolment["id"].as_str().unwrap())).bearer(&login.token);
    assert_eq!(one.send().await.ok()["verified"], true);
}

#[tokio::test]
async fn a_second_device_is_refused_with_401() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let login = app.verify_totp(&login, &secret, &["credential:link"]).await;
    let second = app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
    second.send().await.unauthorized();
    app.get("session").bearer(&login.token).send().await.ok();
}

#[tokio::test]
async fn a_code_serves_once_and_an_earlier_step_never_again() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let earlier = app.totp(&secret);
    app.next_totp_step();
    let code = app.totp(&secret);
    let login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    for used in [code, earlier] {
        app.try_totp(&login, &used, &[]).await.refused(422, "mfa_invalid_code");
    }
}

#[tokio::test]
async fn codes_repeat_where_the_policy_lets_them() {
    let app = App::with_policy(json!({ "mfa": { "totpCodes": "repeatable" } })).await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    app.verify_totp(&login, &secret, &["wallet:export"]).await;
}

#[tokio::test]
async fn wrong_codes_are_limited() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let right = app.totp(&secret);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for code in [wrong, "12345", "1234567", "abcdef", ""] {
        app.try_totp(&login, code, &[]).await.refused(422, "mfa_invalid_code");
    }
    let limited = app.try_totp(&login, &right, &[]).await;
    limited.refused(429, "mfa_rate_limited");
    let seconds: i64 = limited.headers["retry-after"].to_str().unwrap().parse().unwrap();
    app.sandbox.clock().advance(seconds);
    app.verify_totp(&login, &secret, &[]).await;
}

#[tokio::test]
async fn an_unknown_device_id_is_told_apart_from_a_wrong_code() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    app.try_totp(&login, "123456", &[]).await.refused(422, "mfa_device_not_found");
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let body = json!({ "code": app.totp(&secret), "id": "no-such-device" });
    let refused = app.post("users/mfa/auth/totp", body).bearer(&login.token).send().await;
    refused.refused(422, "mfa_device_not_found");
}

#[tokio::test]
async fn the_old_way_to_confirm_answers_the_device_and_keeps_the_session() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let register = app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
    let secret = register.send().await.ok()["secret"].as_str().unwrap().to_owned();
    let body = json!({ "type": "totp", "code": app.totp(&secret) });
    let device = app.post("users/mfa/register/totp", body).bearer(&login.token).send().await.ok();
    assert_eq!(device["verified"], true);
    app.get("session").bearer(&login.token).send().await.ok();
}

#[tokio::test]
async fn it_is_deleted_with_a_token_and_can_then_be_enrolled_anew() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let login = app.verify_totp(&login, &secret, &["credential:unlink", "credential:link"]).await;
    let devices = app.get("users/mfa").bearer(&login.token).send().await.ok();
    let path = format!("users/mfa/{}", devices["devices"][0]["id"].as_str().unwrap());
    let delete = || app.delete(&path, &login).elevated(&login.elevated()).header("x-mfa-auth-token", "");
    delete().send().await.ok();
    delete().send().await.refused(422, "mfa_device_not_found");
    assert_eq!(
        app.get("users/mfa").bearer(&login.token).send().await.ok(),
        json!({ "count": 0, "devices": [] })
    );
    app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated()).send().await.ok();
}

#[tokio::test]
async fn it_is_refused_where_mfa_is_off() {
    let app = App::with_policy(json!({ "actions": [] })).await;
    let login = app.sign_in(ANNA).await;
    let refused = app.get("users/mfa/register/totp").bearer(&login.token).send().await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(refused.body, json!({ "error": "MFA is not enabled for this environment" }));
}
