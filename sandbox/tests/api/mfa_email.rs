//! Codes by e-mail as a second factor.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login};

const ANNA: &str = "anna@peer.example";

async fn start(session: bool) -> App {
    let mfa = json!({ "methods": ["totp", "passkey", "email"], "session": session });
    App::with_policy(json!({ "mfa": mfa })).await
}

/// Shows the factor with a fresh code.
async fn authenticate(app: &App, login: &Login, to: &str, extra: Value) -> Answer {
    let id = app.send_email(to).await;
    let body = app.code_body(&id, to, extra);
    app.post("users/mfa/auth/email", body).bearer(&login.token).send().await
}

#[tokio::test]
async fn every_user_with_an_address_has_such_a_device_where_the_policy_lists_it() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let methods = app.get("users/mfa/methods?verifiedOnly=true").bearer(&login.token).send().await.ok();
    let device = methods["devices"][0].clone();
    assert_eq!((&device["type"], &device["alias"]), (&json!("email"), &json!(ANNA)));
    assert_eq!((&device["verified"], &device["default"]), (&json!(true), &json!(true)));
    assert_eq!(methods["userHasVerifiedMfaMethods"], true);
    let listed = app.get("users/mfa").bearer(&login.token).send().await.ok();
    assert_eq!(listed, json!({ "count": 1, "devices": [device] }));
    let path = format!("users/mfa/{}", device["id"].as_str().unwrap());
    assert_eq!(app.get(&path).bearer(&login.token).send().await.ok(), device);
    let settings = app.get("settings").send().await.ok();
    let method = json!({ "type": "email", "enabled": true, "allowBackupCodes": true });
    assert_eq!(settings["security"]["mfa"]["methods"][2], method);

    let check = app.check(&login, "wallet:export").await;
    let expected = json!([{ "id": device["id"], "format": "email", "type": "email", "alias": ANNA }]);
    assert_eq!((&check["credentials"], &check["defaultCredentialId"]), (&expected, &device["id"]));
}

#[tokio::test]
async fn elsewhere_an_address_is_no_factor() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let listed = app.get("users/mfa").bearer(&login.token).send().await.ok();
    assert_eq!(listed["count"], 0);
    authenticate(&app, &login, ANNA, json!({})).await.refused(422, "mfa_device_not_found");
    let app = start(false).await;
    let answer = app.post(
        "smsVerifications/create",
        json!({
        "phoneNumber": "2025550123", "phoneCountryCode": "1", "isoCountryCode": "US" }),
    );
    let sent = answer.send().await.ok();
    let id = sent["verificationUUID"].as_str().unwrap();
    let body = app.code_body(id, "+12025550123", json!({}));
    let by_sms = app.post("smsVerifications/signin", body).signed().await.send().await.ok();
    let login = Login::from_answer(by_sms);
    authenticate(&app, &login, ANNA, json!({})).await.refused(422, "mfa_device_not_found");
}

#[tokio::test]
async fn a_code_grants_where_the_same_code_as_a_verify_does_not() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let scopes = json!({ "requestedScopes": ["wallet:export"] });
    let id = app.send_email(ANNA).await;
    let body = app.code_body(&id, ANNA, scopes.clone());
    let call = app.post("emailVerifications/verify", body).bearer(&login.token);
    let verified = call.signed().await.send().await.ok();
    assert_eq!(verified["elevatedAccessToken"], json!(null));
    let login = Login::from_answer(verified);
    let shown = Login::from_answer(authenticate(&app, &login, ANNA, scopes).await.ok());
    app.protected(&shown, Some(&shown.elevated()), "wallet:export").await.ok();
    app.get("session").bearer(&login.token).send().await.unauthorized();
    let credential = &shown.answer["user"]["verifiedCredentials"][0];
    assert_eq!(shown.answer["user"]["lastVerifiedCredentialId"], credential["id"]);
}

#[tokio::test]
async fn it_lifts_the_session_s_duty_and_a_plain_verify_does_not() {
    let app = start(true).await;
    let login = app.sign_in(ANNA).await;
    assert_eq!(login.answer["user"]["scope"], "requiresAdditionalAuth");
    let login = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    assert_eq!(login.answer["user"]["scope"], "requiresAdditionalAuth");
    let shown = authenticate(&app, &login, ANNA, json!({})).await.ok();
    assert_eq!(shown["user"]["scope"], "user:basic");
}

#[tokio::test]
async fn a_code_serves_once_and_wrong_ones_are_counted() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let id = app.send_email(ANNA).await;
    let right = app.code(ANNA);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let send = async |login: &Login, id: &str, code: &str| {
        let body = json!({ "verificationUUID": id, "verificationToken": code });
        app.post("users/mfa/auth/email", body).bearer(&login.token).send().await
    };
    send(&login, "no-such-id", &right).await.refused(422, "invalid_email_verification");
    send(&login, &id, wrong).await.refused(422, "wrong_email_verification_token");
    let login = Login::from_answer(send(&login, &id, &right).await.ok());
    send(&login, &id, &right).await.refused(422, "invalid_email_verification");
    let id = app.send_email(ANNA).await;
    let right = app.code(ANNA);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..3 {
        send(&login, &id, wrong).await.refused(422, "wrong_email_verification_token");
    }
    send(&login, &id, &right).await.refused(422, "too_many_email_verification_attempts");
}

#[tokio::test]
async fn a_code_to_another_address_proves_nothing() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let refused = authenticate(&app, &login, "anna@elsewhere.example", json!({})).await;
    refused.refused(422, "invalid_email_verification");
    app.sign_in("bela@peer.example").await;
    let refused = authenticate(&app, &login, "bela@peer.example", json!({})).await;
    refused.refused(422, "invalid_email_verification");
}

#[tokio::test]
async fn it_makes_legacy_tokens_too() {
    let app = start(false).await;
    let mut policy = app.sandbox.policy();
    policy.api_version = stepup_sandbox::policy::ApiVersion::V2026_01_01;
    app.sandbox.set_policy(policy);
    let login = app.sign_in(ANNA).await;
    app.delete("users", &login).send().await.refused(403, "mfa_token_required");
    let shown = authenticate(&app, &login, ANNA, json!({ "createMfaToken": { "singleUse": true } })).await;
    let login = Login::from_answer(shown.ok());
    let token = login.answer["mfaToken"].as_str().unwrap();
    app.delete("users", &login).header("x-mfa-auth-token", token).send().await.ok();
}

#[tokio::test]
async fn it_can_be_the_default_but_not_deleted() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let listed = app.get("users/mfa").bearer(&login.token).send().await.ok();
    let device = listed["devices"][0]["id"].as_str().unwrap().to_owned();
    let scopes = json!({ "requestedScopes": ["credential:link", "credential:unlink"] });
    let login = Login::from_answer(authenticate(&app, &login, ANNA, scopes).await.ok());
    app.sandbox.clock().advance(1);
    let (login, passkey) = app.register_passkey(&login, "phone").await;
    assert_eq!(app.check(&login, "wallet:export").await["defaultCredentialId"], passkey["id"]);
    let path = format!("users/mfa/{device}");
    app.api(Method::PUT, &path).bearer(&login.token).send().await.ok();
    assert_eq!(app.check(&login, "wallet:export").await["defaultCredentialId"], device);
    app.delete(&path, &login).send().await.refused(422, "mfa_device_not_found");
}

#[tokio::test]
async fn the_check_goes_on_to_offer_it_beside_other_factors() {
    let app = start(false).await;
    let login = app.sign_in(ANNA).await;
    let scopes = json!({ "requestedScopes": ["credential:link"] });
    let login = Login::from_answer(authenticate(&app, &login, ANNA, scopes).await.ok());
    let register = app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
    let secret = register.send().await.ok()["secret"].as_str().unwrap().to_owned();
    let login = app.verify_totp(&login, &secret, &[]).await;
    let check = app.check(&login, "wallet:export").await;
    let types: Vec<_> =
        check["credentials"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, ["totp", "email"]);
}
