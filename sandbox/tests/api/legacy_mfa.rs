//! Action-based MFA: tokens without scope and expiry, as older environments demand them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login, ORIGIN};

const ANNA: &str = "anna@peer.example";
const REQUIRED: &str = "mfa_token_required";

async fn old(actions: &[&str], enrollment: &str) -> App {
    let actions: Vec<_> = actions.iter().map(|name| json!({ "action": name, "required": true })).collect();
    App::with_policy(json!({
        "apiVersion": "2026_01_01",
        "actions": actions,
        "mfa": { "enrollment": enrollment, "totpCodes": "repeatable" },
    }))
    .await
}

/// A user with TOTP, and a token of the wanted kind.
async fn with_token(app: &App, single_use: bool) -> (Login, String, String) {
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let (login, token) = create(app, &login, &secret, single_use).await;
    (login, token, secret)
}

async fn create(app: &App, login: &Login, secret: &str, single_use: bool) -> (Login, String) {
    let body = json!({ "code": app.totp(secret), "createMfaToken": { "singleUse": single_use } });
    let answer = app.post("users/mfa/auth/totp", body).bearer(&login.token).send().await.ok();
    let token = mfa_token(&answer);
    (Login::from_answer(answer), token)
}

#[track_caller]
fn mfa_token(answer: &Value) -> String {
    answer["mfaToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn rename(app: &App, login: &Login, token: &str) -> Answer {
    let call = app.api(Method::PUT, "users").json(json!({ "firstName": "Anna" })).bearer(&login.token);
    call.header("x-mfa-auth-token", token).send().await
}

async fn act(app: &App, login: &Login, token: &str, action: &str) -> Answer {
    let call = app.control(Method::POST, "protected").json(json!({ "action": action }));
    call.bearer(&login.token).header("x-mfa-auth-token", token).send().await
}

#[tokio::test]
async fn a_protected_profile_is_written_with_a_token_once_the_user_has_a_method() {
    let app = old(&["user.update", "wallet.waas.sign"], "none").await;
    let login = app.sign_in(ANNA).await;
    rename(&app, &login, "").await.ok();
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    for token in ["", "mfa_made-up"] {
        let refused = rename(&app, &login, token).await;
        refused.refused(403, REQUIRED);
        assert_eq!(refused.body["error"], "MFA token required");
    }
    let elevated = app.verify_totp(&login, &secret, &["user:update"]).await;
    rename(&app, &elevated, &elevated.elevated()).await.refused(403, REQUIRED);
    let (login, token) = create(&app, &elevated, &secret, false).await;
    rename(&app, &login, &token).await.ok();
}

#[tokio::test]
async fn forced_enrolment_demands_it_of_users_without_a_method_too() {
    let app = old(&["user.update"], "action").await;
    let login = app.sign_in(ANNA).await;
    rename(&app, &login, "").await.refused(403, REQUIRED);
    let app = old(&["wallet.waas.sign"], "action").await;
    let login = app.sign_in(ANNA).await;
    rename(&app, &login, "").await.ok();
}

#[tokio::test]
async fn a_reusable_token_has_no_time_limit_and_a_single_use_one_serves_once() {
    let app = old(&["user.update"], "none").await;
    let (login, token, secret) = with_token(&app, false).await;
    app.sandbox.clock().advance(7000);
    for _ in 0..3 {
        rename(&app, &login, &token).await.ok();
    }
    let (login, single) = create(&app, &login, &secret, true).await;
    rename(&app, &login, &single).await.ok();
    rename(&app, &login, &single).await.refused(403, REQUIRED);
    rename(&app, &login, &token).await.ok();
}

#[tokio::test]
async fn what_is_refused_for_another_reason_does_not_spend_it() {
    let app = old(&["user.update"], "none").await;
    let (login, token, _) = with_token(&app, true).await;
    let body = json!({ "username": " " });
    let call = app.api(Method::PUT, "users").json(body).bearer(&login.token);
    call.header("x-mfa-auth-token", &token).send().await.refused(422, "invalid_username");
    rename(&app, &login, &token).await.ok();
}

#[tokio::test]
async fn it_ends_with_the_sign_in_and_serves_nobody_else() {
    let app = old(&["user.update"], "none").await;
    let (login, token, secret) = with_token(&app, false).await;
    let call = app.post("refresh", json!({})).bearer(&login.token);
    let login = Login::from_answer(call.signed().await.send().await.ok());
    rename(&app, &login, &token).await.ok();

    let bela = app.sign_in("bela@peer.example").await;
    let (bela, _) = app.enroll_totp(&bela, "bela@peer.example").await;
    rename(&app, &bela, &token).await.refused(403, REQUIRED);

    app.post("revoke", json!({})).bearer(&login.token).send().await.ok();
    app.sandbox.clock().advance(601);
    let again = app.sign_in(ANNA).await;
    rename(&app, &again, &token).await.refused(403, REQUIRED);
    let (again, token) = create(&app, &again, &secret, false).await;
    rename(&app, &again, &token).await.ok();
}

#[tokio::test]
async fn factors_and_users_are_deleted_with_it_at_older_environments() {
    let app = old(&["wallet.waas.sign"], "none").await;
    let (login, token, secret) = with_token(&app, false).await;
    let delete = |path: &str, token: &str, login: &Login| {
        app.delete(path, login).header("x-mfa-auth-token", token).send()
    };
    let devices = app.get("users/mfa").bearer(&login.token).send().await.ok();
    let device = format!("users/mfa/{}", devices["devices"][0]["id"].as_str().unwrap());
    for path in [device.as_str(), "users"] {
        delete(path, "", &login).await.refused(403, REQUIRED);
        delete(path, "mfa_made-up", &login).await.refused(403, REQUIRED);
    }
    delete(&device, &token, &login).await.ok();
    app.delete("users", &login).send().await.ok();

    app.sandbox.clock().advance(601);
    let (login, token, _) = with_token(&app, true).await;
    assert_ne!(token, secret);
    delete("users", &token, &login).await.ok();
    app.get("session").bearer(&login.token).send().await.unauthorized();
}

#[tokio::test]
async fn a_passkey_makes_one_and_is_deleted_with_it() {
    let app = old(&["wallet.waas.sign"], "none").await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let (login, passkey) = app.register_passkey(&login, "phone").await;
    let options = app.get("users/passkeys/authenticate").bearer(&login.token).send().await.ok();
    let mut body = app.authenticator("phone", "get", ORIGIN, &options).await.ok();
    body["createMfaToken"] = json!({ "singleUse": true });
    let answer = app.post("users/mfa/auth/passkey", body).bearer(&login.token).send().await.ok();
    let (token, login) = (mfa_token(&answer), Login::from_answer(answer));
    let delete = async |token: &str| {
        let call = app.delete("users/passkeys", &login).json(json!({ "passkeyId": passkey["id"] }));
        call.header("x-mfa-auth-token", token).send().await
    };
    delete("").await.refused(403, REQUIRED);
    delete(&token).await.ok();
}

#[tokio::test]
async fn a_recovery_code_makes_one_and_a_proof_that_is_no_factor_does_not() {
    let app = old(&["user.update"], "none").await;
    let login = app.sign_in(ANNA).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    let codes = app.get("users/mfa/recovery").bearer(&login.token).send().await.ok();
    let body = json!({ "code": codes["recoveryCodes"][0], "createMfaToken": { "singleUse": false } });
    let answer = app.post("users/mfa/auth/recovery", body).bearer(&login.token).send().await.ok();
    let (token, login) = (mfa_token(&answer), Login::from_answer(answer));
    rename(&app, &login, &token).await.ok();

    let id = app.send_email(ANNA).await;
    let body = app.code_body(&id, ANNA, json!({ "createMfaToken": { "singleUse": false } }));
    let call = app.post("emailVerifications/verify", body).bearer(&login.token);
    assert_eq!(call.signed().await.send().await.ok()["mfaToken"], json!(null));
}

#[tokio::test]
async fn it_comes_only_when_asked_for_and_beside_an_elevated_one() {
    let app = old(&["user.update"], "none").await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    assert_eq!(login.answer["mfaToken"], json!(null));
    let body = json!({
        "code": app.totp(&secret),
        "createMfaToken": { "singleUse": true },
        "requestedScopes": ["wallet:export"],
    });
    let both = app.post("users/mfa/auth/totp", body).bearer(&login.token).send().await.ok();
    assert_ne!(both["mfaToken"], both["elevatedAccessToken"]);
    let login = Login::from_answer(both);
    assert!(login.answer["mfaToken"].is_string() && !login.elevated().is_empty());
    let malformed = json!({ "code": app.totp(&secret), "createMfaToken": {} });
    let refused = app.post("users/mfa/auth/totp", malformed).bearer(&login.token).send().await;
    assert_eq!(refused.status.as_u16(), 400);
}

#[tokio::test]
async fn the_app_s_backend_demands_it_for_protected_actions() {
    let app = old(&["wallet.waas.export"], "none").await;
    let login = app.sign_in(ANNA).await;
    act(&app, &login, "", "wallet.waas.export").await.ok();
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    act(&app, &login, "", "wallet.waas.sign").await.ok();
    act(&app, &login, "", "wallet.waas.export").await.refused(403, REQUIRED);
    let (login, token) = create(&app, &login, &secret, true).await;
    let accepted = act(&app, &login, &token, "wallet.waas.export").await.ok();
    let expected = json!({ "ok": true, "userId": login.user_id(), "action": "wallet.waas.export" });
    assert_eq!(accepted, expected);
    act(&app, &login, &token, "wallet.waas.export").await.refused(403, REQUIRED);
    for body in [json!({}), json!({ "action": "wallet.waas.export", "scope": "wallet:export" })] {
        let refused = app.control(Method::POST, "protected").json(body).bearer(&login.token).send().await;
        assert_eq!(refused.status.as_u16(), 400, "{}", refused.body);
    }
}

#[tokio::test]
async fn where_step_up_is_enforced_an_action_needs_its_scope() {
    let app = App::with_policy(json!({ "mfa": { "totpCodes": "repeatable" } })).await;
    let (login, token, secret) = with_token(&app, false).await;
    act(&app, &login, &token, "wallet.waas.export").await.refused(403, "elevated_access_token_required");
    act(&app, &login, "", "wallet.waas.sign").await.ok();
    let login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    let call = app.control(Method::POST, "protected").json(json!({ "action": "wallet.waas.export" }));
    call.bearer(&login.token).elevated(&login.elevated()).send().await.ok();
}

#[tokio::test]
async fn where_step_up_is_enforced_it_still_deletes_factors_and_nothing_else() {
    let policy = json!({
        "mfa": { "totpCodes": "repeatable" },
        "actions": [{ "action": "user.update", "required": true }],
    });
    let app = App::with_policy(policy).await;
    let (login, token, _) = with_token(&app, true).await;
    rename(&app, &login, &token).await.refused(403, "elevated_access_token_required");
    let delete = |path: &str, token: &str| app.delete(path, &login).header("x-mfa-auth-token", token).send();
    delete("users", &token).await.refused(403, "elevated_access_token_required");
    let devices = app.get("users/mfa").bearer(&login.token).send().await.ok();
    let device = format!("users/mfa/{}", devices["devices"][0]["id"].as_str().unwrap());
    delete(&device, "mfa_made-up").await.refused(403, "elevated_access_token_required");
    delete(&device, &token).await.ok();
}

#[tokio::test]
async fn the_log_shortens_it() {
    let app = old(&["user.update"], "none").await;
    let (login, token, _) = with_token(&app, false).await;
    rename(&app, &login, &token).await.ok();
    let log = app.control(Method::GET, "log").send().await.ok().to_string();
    assert!(log.contains("x-mfa-auth-token") && !log.contains(&token));
}
