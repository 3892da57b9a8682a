//! Sessions: expiry, refresh, revocation, re-issue, session MFA.

use reqwest::Method;
use serde_json::json;

use crate::support::{App, Login, claims};

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn a_session_ends_by_the_sandbox_s_clock() {
    let app = App::with_policy(json!({ "jwtLifeSeconds": 60 })).await;
    let login = app.sign_in(ANNA).await;
    app.sandbox.clock().advance(30);
    app.get("session").bearer(&login.token).send().await.ok();
    app.sandbox.clock().advance(31);
    app.get("session").bearer(&login.token).send().await.unauthorized();
    let refresh = app.api(Method::POST, "refresh").bearer(&login.token).signed().await;
    refresh.send().await.unauthorized();
}

#[tokio::test]
async fn refresh_prolongs_until_thirty_days_after_sign_in() {
    let app = App::with_policy(json!({ "jwtLifeSeconds": 20 * 86_400 })).await;
    let login = app.sign_in(ANNA).await;
    let refresh =
        async |token: &str| app.api(Method::POST, "refresh").bearer(token).signed().await.send().await;
    app.sandbox.clock().advance(19 * 86_400);
    let next = Login::from_answer(refresh(&login.token).await.ok());
    app.get("session").bearer(&login.token).send().await.unauthorized();
    assert_eq!(claims(&next.token)["originalSid"], claims(&login.token)["sid"]);
    app.sandbox.clock().advance(12 * 86_400);
    app.get("session").bearer(&next.token).send().await.ok();
    refresh(&next.token).await.unauthorized();
}

#[tokio::test]
async fn revoke_ends_this_session_only() {
    let app = App::start().await;
    let (one, two) = (app.sign_in(ANNA).await, app.sign_in(ANNA).await);
    app.api(Method::POST, "revoke").bearer(&one.token).send().await.ok();
    app.get("session").bearer(&one.token).send().await.unauthorized();
    app.get("session").bearer(&two.token).send().await.ok();
}

#[tokio::test]
async fn every_verify_re_issues_the_session_and_voids_the_old_token() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let next = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    assert_ne!(next.answer["user"]["sessionId"], login.answer["user"]["sessionId"]);
    app.get("session").bearer(&login.token).send().await.unauthorized();
    app.get("session").bearer(&next.token).send().await.ok();
}

#[tokio::test]
async fn both_forms_of_the_token_are_the_session() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let full = login.answer["jwt"].as_str().unwrap();
    app.get("session").bearer(full).send().await.ok();
    let (full, minified) = (claims(full), claims(&login.token));
    assert_eq!(full["email"], ANNA);
    assert_eq!(full["verified_credentials"][0]["format"], "email");
    assert_eq!(minified.get("email"), None);
    let credential = &login.answer["user"]["verifiedCredentials"][0]["id"];
    assert_eq!(&minified["signin_credential_id"], credential);
    assert_eq!(minified["environment_id"], app.sandbox.environment_id().to_string());
    assert_eq!(minified["exp"], login.answer["expiresAt"]);
}

#[tokio::test]
async fn another_sandbox_s_token_is_nobody_s() {
    let (app, other) = (App::start().await, App::start().await);
    let login = other.sign_in(ANNA).await;
    app.get("session").bearer(&login.token).send().await.unauthorized();
    app.get("session").bearer("nonsense").send().await.unauthorized();
}

#[tokio::test]
async fn with_session_mfa_each_new_session_waits_for_the_factor() {
    let app = App::with_policy(json!({ "mfa": { "session": true } })).await;
    let login = app.sign_in(ANNA).await;
    assert_eq!(login.answer["user"]["scope"], "user:basic");
    let (enrolled, secret) = app.enroll_totp(&login, ANNA).await;
    assert_eq!(enrolled.answer["user"]["scope"], "user:basic");

    app.sandbox.clock().advance(600);
    let login = app.sign_in(ANNA).await;
    assert_eq!(login.answer["user"]["scope"], "requiresAdditionalAuth");
    assert_eq!(claims(&login.token)["scope"], "requiresAdditionalAuth");
    let refused = app.protected(&login, None, "wallet:export").await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(refused.body, json!({ "error": "Insufficient scope permissions" }));
    let unlink = app.post(
        "verify/unlink",
        json!({ "verifiedCredentialId": enrolled.answer["user"]["verifiedCredentials"][1]["id"] }),
    );
    assert_eq!(
        unlink.bearer(&login.token).send().await.body,
        json!({ "error": "Insufficient scope permissions" })
    );

    let passed = app.verify_totp(&login, &secret, &[]).await;
    assert_eq!(passed.answer["user"]["scope"], "user:basic");
    assert_eq!(app.sign_in(ANNA).await.answer["user"]["scope"], "requiresAdditionalAuth");
}

#[tokio::test]
async fn forced_enrolment_needs_no_token_for_the_first_factor() {
    let app = App::with_policy(json!({ "mfa": { "enrollment": "signup" } })).await;
    let login = app.sign_in(ANNA).await;
    assert_eq!(login.answer["user"]["scope"], "requiresAdditionalAuth");
    let register = app.get("users/mfa/register/totp").bearer(&login.token);
    let secret = register.send().await.ok()["secret"].as_str().unwrap().to_owned();
    let login = app.verify_totp(&login, &secret, &[]).await;
    assert_eq!(login.answer["user"]["scope"], "user:basic");
}
