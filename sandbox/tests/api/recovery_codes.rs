//! Recovery codes: shown until acknowledged, each used once.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, App, Login};

const ANNA: &str = "anna@peer.example";

async fn use_code(app: &App, login: &Login, code: &str) -> Answer {
    let body = json!({ "code": code, "requestedScopes": ["wallet:export"] });
    app.post("users/mfa/auth/recovery", body).bearer(&login.token).send().await
}

#[tokio::test]
async fn ten_codes_wait_for_acknowledgement_and_are_then_shown_no_more() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    let show = || app.get("users/mfa/recovery").bearer(&login.token).send();
    let user = || app.get("users").bearer(&login.token).send();
    assert_eq!(user().await.ok()["mfaBackupCodeAcknowledgement"], json!(null));
    let codes = show().await.ok();
    assert_eq!(codes["count"], 10);
    assert_eq!(show().await.ok(), codes);
    let pending = user().await.ok();
    assert_eq!(pending["mfaBackupCodeAcknowledgement"], "pending");
    assert_eq!(pending["scope"], "");

    let acknowledge = json!({ "mfaBackupCodeAcknowledgement": "complete" });
    let updated = app.api(Method::PUT, "users").bearer(&login.token).json(acknowledge).send().await.ok();
    assert_eq!(updated["nextView"], "done");
    assert_eq!(updated["user"]["mfaBackupCodeAcknowledgement"], "complete");
    assert_eq!(updated["user"]["scope"], "user:basic");
    show().await.refused(422, "mfa_invalid_request");

    let new = app.api(Method::POST, "users/mfa/recovery").bearer(&login.token).send().await.ok();
    assert_ne!(new["recoveryCodes"], codes["recoveryCodes"]);
    assert_eq!(user().await.ok()["mfaBackupCodeAcknowledgement"], "pending");
    let old = codes["recoveryCodes"][0].as_str().unwrap();
    use_code(&app, &login, old).await.refused(422, "mfa_invalid_code");
}

#[tokio::test]
async fn a_code_stands_in_for_a_factor_once() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    let codes = app.get("users/mfa/recovery").bearer(&login.token).send().await.ok();
    let code = codes["recoveryCodes"][3].as_str().unwrap();
    let login = Login::from_answer(use_code(&app, &login, code).await.ok());
    app.protected(&login, Some(&login.elevated()), "wallet:export").await.ok();
    use_code(&app, &login, code).await.refused(422, "mfa_invalid_code");
    use_code(&app, &login, &code.to_lowercase()).await.refused(422, "mfa_invalid_code");
}

#[tokio::test]
async fn there_is_nothing_to_acknowledge_without_codes() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let body = json!({ "mfaBackupCodeAcknowledgement": "complete" });
    let refused = app.api(Method::PUT, "users").bearer(&login.token).json(body).send().await;
    refused.refused(422, "invalid_update");
}
