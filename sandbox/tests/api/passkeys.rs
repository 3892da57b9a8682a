//! Passkeys by the control API's authenticators: register, step up, sign in, manage.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{App, Login, ORIGIN};

const ANNA: &str = "anna@peer.example";

async fn registered(app: &App) -> (Login, Value) {
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    app.register_passkey(&login, "phone").await
}

async fn assertion(app: &App, login: &Login) -> Value {
    let options = app.get("users/passkeys/authenticate").bearer(&login.token).send().await.ok();
    app.authenticator("phone", "get", ORIGIN, &options).await.ok()
}

async fn step_up(app: &App, login: &Login, mut body: Value, scopes: &[&str]) -> crate::support::Answer {
    body["requestedScopes"] = json!(scopes);
    app.post("users/mfa/auth/passkey", body).bearer(&login.token).send().await
}

#[tokio::test]
async fn a_passkey_is_registered_with_a_token_and_steps_up() {
    let app = App::start().await;
    let (login, passkey) = registered(&app).await;
    assert_eq!(login.answer["user"]["verifiedCredentials"][1]["format"], "passkey");
    let check = app.check(&login, "wallet:export").await;
    let expected = json!([{ "id": passkey["id"], "format": "passkey", "type": "passkey" }]);
    assert_eq!(check["credentials"], expected);
    let devices = app.get("users/mfa").bearer(&login.token).send().await.ok();
    assert_eq!(devices["count"], 0);

    let body = assertion(&app, &login).await;
    let login = Login::from_answer(step_up(&app, &login, body, &["wallet:export"]).await.ok());
    app.protected(&login, Some(&login.elevated()), "wallet:export").await.ok();
}

#[tokio::test]
async fn registration_without_a_token_is_refused() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let options = app.get("users/passkeys/register").bearer(&login.token).send().await.ok();
    let created = app.authenticator("phone", "create", ORIGIN, &options).await.ok();
    let refused = app.post("users/passkeys/register", created).bearer(&login.token).send().await;
    refused.refused(403, "elevated_access_token_required");
}

#[tokio::test]
async fn a_challenge_serves_once() {
    let app = App::start().await;
    let (login, _) = registered(&app).await;
    let body = assertion(&app, &login).await;
    let login = Login::from_answer(step_up(&app, &login, body.clone(), &["wallet:export"]).await.ok());
    step_up(&app, &login, body, &["wallet:export"]).await.refused(422, "mfa_invalid_request");
}

#[tokio::test]
async fn a_challenge_expires_and_belongs_to_its_user() {
    let app = App::start().await;
    let (login, _) = registered(&app).await;
    let body = assertion(&app, &login).await;
    let bela = app.sign_in("bela@peer.example").await;
    step_up(&app, &bela, body, &["wallet:export"]).await.refused(422, "mfa_invalid_request");
    let body = assertion(&app, &login).await;
    app.sandbox.clock().advance(300);
    step_up(&app, &login, body, &["wallet:export"]).await.refused(422, "mfa_invalid_request");
}

#[tokio::test]
async fn a_wrong_signature_and_an_unknown_passkey_have_different_codes() {
    let app = App::start().await;
    let (login, _) = registered(&app).await;
    let mut bad = assertion(&app, &login).await;
    let other = assertion(&app, &login).await;
    bad["response"]["signature"] = other["response"]["signature"].clone();
    step_up(&app, &login, bad, &["wallet:export"]).await.refused(422, "mfa_invalid_request");
    let mut unknown = assertion(&app, &login).await;
    unknown["id"] = json!("AAAA");
    unknown["rawId"] = json!("AAAA");
    step_up(&app, &login, unknown, &["wallet:export"]).await.refused(422, "passkey_not_found");
    let no_client_data = json!({ "id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {} });
    step_up(&app, &login, no_client_data, &["wallet:export"]).await.refused(422, "mfa_invalid_request");
}

#[tokio::test]
async fn without_a_passkey_the_options_allow_none() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let options = app.get("users/passkeys/authenticate").bearer(&login.token).send().await.ok();
    assert_eq!(options["allowCredentials"], json!([]));
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name_and_counts_as_a_factor() {
    let app = App::with_policy(json!({ "mfa": { "session": true } })).await;
    let (login, _) = registered(&app).await;
    let options = app.get("users/passkeys/signin").send().await.ok();
    let mut body = app.authenticator("phone", "get", ORIGIN, &options).await.ok();
    body["requestedScopes"] = json!(["wallet:export"]);
    let signed_in = Login::from_answer(app.post("users/passkeys/signin", body.clone()).send().await.ok());
    assert_eq!(signed_in.user_id(), login.user_id());
    assert_eq!(signed_in.answer["user"]["scope"], "user:basic");
    app.protected(&signed_in, Some(&signed_in.elevated()), "wallet:export").await.ok();
    app.post("users/passkeys/signin", body).send().await.refused(422, "mfa_invalid_request");
}

#[tokio::test]
async fn it_is_renamed_listed_and_deleted_with_a_token() {
    let app = App::start().await;
    let (login, passkey) = registered(&app).await;
    let rename = app.api(Method::PUT, "users/passkeys").bearer(&login.token);
    let renamed = rename.json(json!({ "id": passkey["id"], "alias": "Blue phone" })).send().await.ok();
    assert_eq!(renamed["alias"], "Blue phone");
    assert_eq!(app.check(&login, "wallet:export").await["credentials"][0]["alias"], "Blue phone");

    let body = assertion(&app, &login).await;
    let login = Login::from_answer(step_up(&app, &login, body, &["credential:unlink"]).await.ok());
    let delete = || app.delete("users/passkeys", &login).json(json!({ "passkeyId": passkey["id"] }));
    delete().send().await.refused(403, "elevated_access_token_required");
    delete().elevated(&login.elevated()).send().await.ok();
    delete().elevated(&login.elevated()).send().await.refused(422, "passkey_not_found");
    let listed = app.get("users/passkeys").bearer(&login.token).send().await.ok();
    assert_eq!(listed, json!({ "count": 0, "passkeys": [] }));
}
