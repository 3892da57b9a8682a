//! Linking, changing and unlinking e-mail addresses and phone numbers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login};

const ANNA: &str = "anna@peer.example";
const NUMBER: &str = "+12025550123";

async fn update(app: &App, login: &Login, token: Option<&str>, body: Value) -> Answer {
    let call = app.api(Method::PUT, "users").bearer(&login.token).json(body);
    match token {
        Some(token) => call.elevated(token).send().await,
        None => call.send().await,
    }
}

async fn confirm(app: &App, login: &Login, path: &str, sent: &Value, to: &str) -> Answer {
    let id = sent["verificationUUID"].as_str().unwrap();
    let body = app.code_body(id, to, json!({}));
    app.post(path, body).bearer(&login.token).signed().await.send().await
}

#[tokio::test]
async fn a_phone_number_is_linked_by_way_of_the_profile_with_a_token() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let body = json!({ "phoneNumber": NUMBER });
    update(&app, &login, None, body.clone()).await.refused(403, "elevated_access_token_required");
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let updated = update(&app, &login, Some(&login.elevated()), body).await.ok();
    assert_eq!(updated["nextView"], "verify-sms");
    let linked = confirm(&app, &login, "smsVerifications/verify", &updated["smsVerification"], NUMBER).await;
    let linked = Login::from_answer(linked.ok());
    assert_eq!(linked.answer["user"]["phoneNumber"], NUMBER);
    assert_eq!(linked.answer["elevatedAccessToken"], json!(null));
    let check = app.check(&linked, "wallet:export").await;
    assert_eq!(check["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(check["defaultCredentialId"], check["credentials"][0]["id"]);
}

#[tokio::test]
async fn an_address_is_changed_and_its_credential_keeps_the_id() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let updated =
        update(&app, &login, Some(&login.elevated()), json!({ "email": "new@peer.example" })).await.ok();
    assert_eq!(updated["nextView"], "verify-email");
    let sent = &updated["emailVerification"];
    let changed = confirm(&app, &login, "emailVerifications/verify", sent, "new@peer.example").await.ok();
    assert_eq!(changed["user"]["email"], "new@peer.example");
    let id = |answer: &Value| answer["user"]["verifiedCredentials"][0]["id"].clone();
    assert_eq!(id(&changed), id(&login.answer));
}

#[tokio::test]
async fn a_code_for_a_strange_address_links_only_with_a_token() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let other = "second@peer.example";
    let sent = json!({ "verificationUUID": app.send_email(other).await });
    let refused = confirm(&app, &login, "emailVerifications/verify", &sent, other).await;
    refused.refused(403, "elevated_access_token_required");
    let body = app.code_body(sent["verificationUUID"].as_str().unwrap(), other, json!({}));
    let call = app.post("emailVerifications/verify", body).bearer(&login.token).elevated(&login.elevated());
    assert_eq!(call.signed().await.send().await.ok()["user"]["email"], other);
}

#[tokio::test]
async fn somebody_else_s_address_is_never_linked() {
    let app = App::start().await;
    app.sign_in("bela@peer.example").await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let refused =
        update(&app, &login, Some(&login.elevated()), json!({ "email": "bela@peer.example" })).await;
    refused.refused(422, "email_already_exists");
    assert_eq!(refused.body["payload"]["email"], "bela@peer.example");
    let sent = json!({ "verificationUUID": app.send_email("bela@peer.example").await });
    let refused = confirm(&app, &login, "emailVerifications/verify", &sent, "bela@peer.example").await;
    refused.refused(422, "email_already_exists");
}

#[tokio::test]
async fn a_credential_is_unlinked_with_a_token_but_never_the_last() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let scopes = ["credential:link", "credential:unlink"];
    let login = app.verify_email(&login, ANNA, &scopes).await;
    let token = login.elevated();
    let unlink = async |login: &Login, id: &Value| {
        let call = app.post("verify/unlink", json!({ "verifiedCredentialId": id })).bearer(&login.token);
        call.elevated(&token).send().await
    };
    let email = login.answer["user"]["verifiedCredentials"][0]["id"].clone();
    unlink(&login, &email).await.refused(422, "cannot_delete_last_sign_in_verified_credential");
    unlink(&login, &json!("nobody")).await.refused(422, "invalid_unlink_request");

    let updated = update(&app, &login, Some(&token), json!({ "phoneNumber": NUMBER })).await.ok();
    let linked = confirm(&app, &login, "smsVerifications/verify", &updated["smsVerification"], NUMBER).await;
    let login = Login::from_answer(linked.ok());
    let login = Login::from_answer(unlink(&login, &email).await.ok());
    let left = login.answer["user"]["verifiedCredentials"].as_array().unwrap().clone();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["format"], "phoneNumber");
}
