//! E-mail sign-in: codes, attempts, limits.

use serde_json::{Value, json};

use crate::support::App;

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn a_code_from_the_outbox_signs_in_and_makes_the_user() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let user = &login.answer["user"];
    assert_eq!(user["email"], ANNA);
    assert_eq!(user["newUser"], true);
    assert_eq!(user["scope"], "user:basic");
    assert_eq!(user["missingFields"], json!([]));
    assert_eq!(user["verifiedCredentials"][0]["format"], "email");
    assert_eq!(user["verifiedCredentials"][0]["signInEnabled"], true);
    assert_eq!(user["projectEnvironmentId"], app.sandbox.environment_id().to_string());
    assert!(login.answer["expiresAt"].is_u64());
    assert_eq!(login.answer["elevatedAccessToken"], Value::Null);
    app.get("session").bearer(&login.token).send().await.ok();

    let again = app.sign_in(&ANNA.to_uppercase()).await;
    assert_eq!(again.user_id(), login.user_id());
    assert_eq!(again.answer["user"]["newUser"], false);
    app.get("session").bearer(&login.token).send().await.ok();
}

#[tokio::test]
async fn a_code_serves_once() {
    let app = App::start().await;
    let id = app.send_email(ANNA).await;
    let body = app.code_body(&id, ANNA, json!({}));
    app.post("emailVerifications/signin", body.clone()).signed().await.send().await.ok();
    let again = app.post("emailVerifications/signin", body).signed().await.send().await;
    again.refused(422, "invalid_email_verification");
}

#[tokio::test]
async fn three_wrong_codes_are_too_many_even_for_the_right_one() {
    let app = App::start().await;
    let id = app.send_email(ANNA).await;
    let right = app.code(ANNA);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let try_code = async |code: &str| {
        let body = json!({ "verificationUUID": id, "verificationToken": code });
        app.post("emailVerifications/signin", body).signed().await.send().await
    };
    for _ in 0..3 {
        try_code(wrong).await.refused(422, "wrong_email_verification_token");
    }
    try_code(&right).await.refused(422, "too_many_email_verification_attempts");
}

#[tokio::test]
async fn a_code_expires_by_the_sandbox_s_clock() {
    let app = App::with_policy(json!({ "otpLifeSeconds": 60 })).await;
    let id = app.send_email(ANNA).await;
    app.sandbox.clock().advance(60);
    let body = app.code_body(&id, ANNA, json!({}));
    let late = app.post("emailVerifications/signin", body).signed().await.send().await;
    late.refused(422, "invalid_email_verification");
}

#[tokio::test]
async fn a_resend_keeps_the_verification_and_voids_the_old_code() {
    let app = App::start().await;
    let id = app.send_email(ANNA).await;
    let old = app.code_body(&id, ANNA, json!({}));
    let body = json!({ "verificationUUID": id, "email": ANNA });
    let resent = app.post("emailVerifications/retry", body).send().await.ok();
    assert_eq!(resent, json!({ "verificationUUID": id, "email": ANNA }));
    let new = app.code_body(&id, ANNA, json!({}));
    if old != new {
        let refused = app.post("emailVerifications/signin", old).signed().await.send().await;
        refused.refused(422, "wrong_email_verification_token");
    }
    app.post("emailVerifications/signin", new).signed().await.send().await.ok();
}

#[tokio::test]
async fn the_fourth_mail_in_ten_minutes_is_refused_as_the_edge_limiter_says_it() {
    let app = App::start().await;
    let id = app.send_email(ANNA).await;
    app.send_email(ANNA).await;
    let retry = json!({ "verificationUUID": id, "email": ANNA });
    app.post("emailVerifications/retry", retry.clone()).send().await.ok();
    for (path, body) in [("create", json!({ "email": ANNA })), ("retry", retry)] {
        let refused = app.post(&format!("emailVerifications/{path}"), body).send().await;
        assert_eq!(refused.status.as_u16(), 429);
        assert_eq!(refused.body, json!({ "message": "Rate limit exceeded", "code": 429 }));
        let seconds: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=600).contains(&seconds), "{seconds}");
    }
    app.send_email("bela@peer.example").await;
    app.sandbox.clock().advance(601);
    app.send_email(ANNA).await;
}

#[tokio::test]
async fn bad_addresses_and_bodies_are_told_apart() {
    let app = App::start().await;
    let create = async |body: Value| app.post("emailVerifications/create", body).send().await;
    create(json!({ "email": "anna" })).await.refused(422, "invalid_email");
    create(json!({ "email": "anna@@peer.example" })).await.refused(422, "invalid_email");
    create(json!({ "email": null })).await.refused(422, "email_cannot_be_null");
    let wrong_type = create(json!({ "email": 7 })).await;
    assert_eq!(wrong_type.status.as_u16(), 400);
    assert!(wrong_type.body["error"].as_str().unwrap().contains("email"), "{}", wrong_type.body);
    let nobody = json!({ "verificationUUID": "x", "verificationToken": "123456" });
    let refused = app.post("emailVerifications/signin", nobody).signed().await.send().await;
    refused.refused(422, "invalid_email_verification");
}

#[tokio::test]
async fn sign_in_grants_requested_scopes_and_the_courtesy_of_linking_a_first_factor() {
    let app = App::start().await;
    let asked = app.sign_in_with(ANNA, json!({ "requestedScopes": ["wallet:export"] })).await;
    app.protected(&asked, Some(&asked.elevated()), "wallet:export").await.ok();

    let courtesy = app.sign_in_with("bela@peer.example", json!({ "allowNewMFALinking": true })).await;
    let token = courtesy.elevated();
    let enrol =
        async || app.get("users/mfa/register/totp").bearer(&courtesy.token).elevated(&token).send().await;
    enrol().await.ok();
    // Real time goes on as well: a busy machine gets some of the ten minutes.
    app.sandbox.clock().advance(570);
    enrol().await.ok();
    app.sandbox.clock().advance(30);
    enrol().await.refused(403, "elevated_access_token_required");
}

#[tokio::test]
async fn a_user_with_a_factor_gets_no_token_at_sign_in() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    app.enroll_totp(&login, ANNA).await;
    app.sandbox.clock().advance(600);
    let extra = json!({ "requestedScopes": ["wallet:export"], "allowNewMFALinking": true });
    let login = app.sign_in_with(ANNA, extra).await;
    assert_eq!(login.answer["elevatedAccessToken"], Value::Null);
}

#[tokio::test]
async fn malformed_options_use_no_code_up() {
    let app = App::start().await;
    let id = app.send_email(ANNA).await;
    let signin = async |extra: Value| {
        let body = app.code_body(&id, ANNA, extra);
        app.post("emailVerifications/signin", body).signed().await.send().await
    };
    signin(json!({ "requestedScopes": [] })).await.refused(422, "invalid_scopes");
    signin(json!({ "requestedScopes": ["wallet export"] })).await.refused(422, "invalid_scopes");
    signin(json!({ "sessionPublicKey": "04ff" })).await.refused(422, "invalid_session_public_key");
    signin(json!({ "sessionPublicKey": app.device.public_key() })).await.ok();
}

#[tokio::test]
async fn captcha_is_asked_for_where_the_policy_says_so() {
    let app = App::with_policy(json!({ "captcha": { "provider": "hcaptcha", "siteKey": "key" } })).await;
    let create = async |body: Value| app.post("emailVerifications/create", body).send().await;
    create(json!({ "email": ANNA })).await.refused(422, "captcha_required");
    create(json!({ "email": ANNA, "captchaToken": "solved" })).await.ok();
}

#[tokio::test]
async fn e_mail_can_be_switched_off() {
    let app = App::with_policy(json!({ "providers": [{ "provider": "email", "enabled": false }] })).await;
    let refused = app.post("emailVerifications/create", json!({ "email": ANNA })).send().await;
    refused.refused(422, "no_enabled_email_provider");
}
