//! Social accounts of signed-in users: link, step up, unlink.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login, claims, social_credentials};

const ANNA: &str = "anna@peer.example";
const REQUIRED: &str = "elevated_access_token_required";

fn account() -> Value {
    json!({ "id": "42", "email": "anna@private.example", "name": "Anna" })
}

async fn start(version: &str) -> App {
    let providers = ["google", "discord"].map(|name| json!({ "provider": name }));
    App::with_policy(json!({ "providers": providers, "apiVersion": version })).await
}

/// A user who signed in by e-mail and linked an account.
async fn linked(app: &App) -> Login {
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let linked = app.verify_social(&login, "google", account(), &[], Some(&login.elevated())).await;
    Login::from_answer(linked.ok())
}

/// The user's social credentials as the server has them.
async fn listed(app: &App, login: &Login) -> usize {
    let user = app.get("users").bearer(&login.token).send().await.ok();
    social_credentials(&json!({ "user": user })).len()
}

async fn unlink(app: &App, login: &Login, elevated: &str, id: &Value) -> Answer {
    let body = json!({ "verifiedCredentialId": id, "walletId": null });
    app.post("verify/unlink", body).bearer(&login.token).elevated(elevated).send().await
}

#[tokio::test]
async fn an_account_is_linked_with_a_token_only() {
    let app = start("2026_04_01").await;
    let login = app.sign_in(ANNA).await;
    app.verify_social(&login, "google", account(), &[], None).await.refused(403, REQUIRED);
    assert_eq!(listed(&app, &login).await, 0);
    let login = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    let wrong_scope = app.verify_social(&login, "google", account(), &[], Some(&login.elevated())).await;
    wrong_scope.refused(403, REQUIRED);
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let linked = app.verify_social(&login, "google", account(), &[], Some(&login.elevated())).await;
    let login = Login::from_answer(linked.ok());
    assert_eq!(social_credentials(&login.answer)[0]["oauth_account_id"], "42");
    assert_eq!(login.answer["elevatedAccessToken"], json!(null));
    assert_eq!(login.answer["user"]["email"], ANNA);
    assert_eq!(app.sign_in_by("google", account()).await.user_id(), login.user_id());
}

#[tokio::test]
async fn before_step_up_no_token_is_needed_to_link() {
    let app = start("2026_01_01").await;
    let login = app.sign_in(ANNA).await;
    let linked = app.verify_social(&login, "google", account(), &[], None).await.ok();
    assert_eq!(social_credentials(&linked).len(), 1);
}

#[tokio::test]
async fn linking_again_changes_nothing_and_needs_no_token() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let again = app.verify_social(&login, "google", account(), &[], None).await.ok();
    assert_eq!(social_credentials(&again), social_credentials(&login.answer));
    assert_ne!(again["minifiedJwt"], login.answer["minifiedJwt"]);
}

#[tokio::test]
async fn an_account_of_another_user_is_never_linked() {
    for version in ["2026_04_01", "2026_01_01"] {
        let app = start(version).await;
        app.sign_in_by("google", account()).await;
        let login = app.sign_in(ANNA).await;
        let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
        let refused = app.verify_social(&login, "google", account(), &[], Some(&login.elevated())).await;
        refused.refused(422, "social_account_already_exists");
        assert_eq!(listed(&app, &login).await, 0);
    }
}

#[tokio::test]
async fn a_linked_account_steps_up() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let scopes = ["wallet:export"];
    let stepped = app.verify_social(&login, "google", account(), &scopes, None).await.ok();
    let stepped = Login::from_answer(stepped);
    assert_eq!(claims(&stepped.elevated())["scope"], "wallet:export");
    assert_eq!(
        stepped.answer["user"]["lastVerifiedCredentialId"],
        social_credentials(&stepped.answer)[0]["id"]
    );
    app.get("session").bearer(&login.token).send().await.unauthorized();
    app.protected(&stepped, Some(&stepped.elevated()), "wallet:export").await.ok();
}

#[tokio::test]
async fn a_user_with_a_factor_gets_no_token_for_it() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    let stepped = app.verify_social(&login, "google", account(), &["wallet:export"], None).await.ok();
    assert_eq!(stepped["elevatedAccessToken"], json!(null));
    assert!(stepped["minifiedJwt"].is_string());
}

#[tokio::test]
async fn a_step_up_with_another_account_links_nothing() {
    let stranger = || json!({ "id": "nobody's" });
    let belas = || json!({ "id": "bela's" });
    for (version, account, status, code) in [
        ("2026_04_01", stranger(), 403, REQUIRED),
        ("2026_04_01", belas(), 403, REQUIRED),
        ("2026_01_01", stranger(), 422, "invalid_verification"),
        ("2026_01_01", belas(), 422, "social_account_already_exists"),
    ] {
        let app = start(version).await;
        app.sign_in_by("google", belas()).await;
        let login = linked(&app).await;
        let refused = app.verify_social(&login, "google", account, &["wallet:export"], None).await;
        refused.refused(status, code);
        assert_eq!(listed(&app, &login).await, 1, "{version}");
        let other_provider = json!({ "id": "42" });
        let refused = app.verify_social(&login, "discord", other_provider, &["wallet:export"], None).await;
        assert!(refused.status.is_client_error(), "{version} {}", refused.body);
        assert_eq!(listed(&app, &login).await, 1, "{version}");
    }
}

#[tokio::test]
async fn with_a_token_for_linking_it_is_a_link_and_grants_nothing() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let second = json!({ "id": "43" });
    let elevated = login.elevated();
    let answer = app.verify_social(&login, "google", second, &["wallet:export"], Some(&elevated)).await;
    let answer = answer.ok();
    assert_eq!(social_credentials(&answer).len(), 2);
    assert_eq!(answer["elevatedAccessToken"], json!(null));
}

#[tokio::test]
async fn what_one_user_began_another_cannot_finish() {
    let app = start("2026_01_01").await;
    let anna = app.sign_in(ANNA).await;
    let bela = app.sign_in("bela@peer.example").await;
    let trip = app.begin_social("google", Some(&anna)).await;
    let body = app.approved(&trip, account(), json!({})).await;
    let verify = async |login: &Login, body: Value| {
        app.post("providers/google/verify", body).bearer(&login.token).send().await
    };
    verify(&bela, body.clone()).await.refused(422, "invalid_verification");
    verify(&anna, body).await.refused(422, "invalid_verification");
    let trip = app.begin_social("google", Some(&anna)).await;
    let body = app.approved(&trip, account(), json!({})).await;
    verify(&anna, body).await.ok();
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, json!({ "id": "43" }), json!({})).await;
    verify(&bela, body).await.ok();
}

#[tokio::test]
async fn it_needs_a_session_and_a_registered_device() {
    let policy = json!({ "providers": [{ "provider": "google" }], "deviceRegistration": true });
    let mut app = App::with_policy(policy).await;
    let body = json!({ "state": "s", "code": "c" });
    app.post("providers/google/verify", body.clone()).send().await.unauthorized();
    app.sign_in(ANNA).await;
    app.device = crate::support::Device::new();
    let login = app.sign_in(ANNA).await;
    let refused = app.post("providers/google/verify", body).bearer(&login.token).send().await;
    assert_eq!(refused.body, json!({ "error": "Insufficient scope permissions" }));
}

#[tokio::test]
async fn malformed_scopes_do_not_cost_the_code() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let trip = app.begin_social("google", Some(&login)).await;
    let mut body = app.approved(&trip, account(), json!({ "requestedScopes": [] })).await;
    let verify = async |body: &Value| {
        app.post("providers/google/verify", body.clone()).bearer(&login.token).send().await
    };
    verify(&body).await.refused(422, "invalid_scopes");
    body["requestedScopes"] = json!(["wallet:export"]);
    verify(&body).await.ok();
}

#[tokio::test]
async fn the_check_offers_linked_accounts_and_the_one_of_the_sign_in_first() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let id = social_credentials(&login.answer)[0]["id"].clone();
    let check = app.check(&login, "wallet:export").await;
    assert_eq!(check["credentials"][1], json!({ "id": id, "format": "oauth", "alias": "google" }));
    assert_eq!(check["defaultCredentialId"], check["credentials"][0]["id"]);
    let login = app.sign_in_by("google", account()).await;
    assert_eq!(app.check(&login, "wallet:export").await["defaultCredentialId"], id);
}

#[tokio::test]
async fn an_account_is_unlinked_but_not_the_last_credential() {
    let app = start("2026_04_01").await;
    let login = linked(&app).await;
    let id = social_credentials(&login.answer)[0]["id"].clone();
    unlink(&app, &login, "", &id).await.refused(403, REQUIRED);
    let login = app.verify_email(&login, ANNA, &["credential:unlink"]).await;
    let elevated = login.elevated();
    let login = Login::from_answer(unlink(&app, &login, &elevated, &id).await.ok());
    assert_eq!(listed(&app, &login).await, 0);

    let other = app.sign_in_by("google", account()).await;
    assert_ne!(other.user_id(), login.user_id());
    let id = social_credentials(&other.answer)[0]["id"].clone();
    let stepped = app.verify_social(&other, "google", account(), &["credential:unlink"], None).await;
    let other = Login::from_answer(stepped.ok());
    let refused = unlink(&app, &other, &other.elevated(), &id).await;
    refused.refused(422, "cannot_delete_last_sign_in_verified_credential");
}

#[tokio::test]
async fn a_deleted_user_s_trip_leads_nowhere() {
    let app = start("2026_01_01").await;
    let login = app.sign_in(ANNA).await;
    let trip = app.begin_social("google", Some(&login)).await;
    app.api(Method::DELETE, "users").bearer(&login.token).send().await.ok();
    let refused = app.try_approve(&trip.url, account()).await;
    assert_eq!(refused.status.as_u16(), 400);
}
