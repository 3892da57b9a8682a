//! E-mail sign-in: codes, attempts, limits.

use serde_json::{Value, json};

use crate::support::{App, Login};

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
async fn the_main_job_step_up_by_totp_and_the_app_s_backend_accepts_once() {
    let app = App::start().await;
    let (login, secret) = {
        let login = app.sign_in(ANNA).await;
        app.enroll_totp(&login, ANNA).await
    };
    let check = app.check(&login, "wallet:export").await;
    assert_eq!(check["isRequired"], true);
    assert_eq!(check["credentials"][0]["type"], "totp");
    assert_eq!(check["defaultCredentialId"], check["credentials"][0]["id"]);
    let login: Login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    let token = login.elevated();
    app.protected(&login, None, "wallet:export").await.refused(403, "elevated_access_token_required");
    app.protected(&login, Some(&token), "wallet:sign").await.refused(403, "elevated_access_token_required");
    app.protected(&login, Some(&token), "wallet:export").await.ok();
    app.protected(&login, Some(&token), "wallet:export").await.refused(403, "elevated_access_token_required");
}
