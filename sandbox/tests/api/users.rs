//! The user: read, changed, deleted.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login};

const ANNA: &str = "anna@peer.example";

async fn update(app: &App, login: &Login, body: Value) -> Answer {
    app.api(Method::PUT, "users").bearer(&login.token).json(body).send().await
}

#[tokio::test]
async fn profile_fields_are_written_and_read_back() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let body = json!({ "firstName": "Anna", "username": "anna", "metadata": { "a": 1 }, "id": "mine" });
    let updated = update(&app, &login, body).await.ok();
    assert_eq!(updated["nextView"], "done");
    let user = app.get("users").bearer(&login.token).send().await.ok();
    assert_eq!((&user["firstName"], &user["metadata"]["a"]), (&json!("Anna"), &json!(1)));
    assert_eq!(user["id"], login.user_id());

    let bela = app.sign_in("bela@peer.example").await;
    update(&app, &bela, json!({ "username": "anna" })).await.refused(422, "username_already_exists");
    update(&app, &bela, json!({ "username": "" })).await.refused(422, "invalid_username");
    for (query, available) in [
        ("filter[filterColumn]=username&filter[filterValue]=anna", false),
        ("filter[filterColumn]=username&filter[filterValue]=carla", true),
        ("filter=%7B%22filterColumn%22:%22email%22,%22filterValue%22:%22anna@peer.example%22%7D", false),
    ] {
        let check = app.get(&format!("users/check?{query}")).bearer(&bela.token).send().await.ok();
        assert_eq!(check["available"], available, "{query}");
    }
}

#[tokio::test]
async fn the_profile_is_guarded_where_the_policy_protects_it() {
    let actions = json!([{ "action": "user.update", "required": true }]);
    let app = App::with_policy(json!({ "actions": actions })).await;
    let login = app.sign_in(ANNA).await;
    let refused = update(&app, &login, json!({ "firstName": "Anna" })).await;
    refused.refused(403, "elevated_access_token_required");
    let login = app.verify_email(&login, ANNA, &["user:update"]).await;
    let call = app.api(Method::PUT, "users").bearer(&login.token).elevated(&login.elevated());
    call.json(json!({ "firstName": "Anna" })).send().await.ok();
}

#[tokio::test]
async fn deleting_takes_a_token_and_everything_with_it() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    app.delete("users", &login).send().await.refused(403, "elevated_access_token_required");
    let login = app.verify_email(&login, ANNA, &["user:delete"]).await;
    app.delete("users", &login).elevated(&login.elevated()).send().await.ok();
    app.get("session").bearer(&login.token).send().await.unauthorized();
    let again = app.sign_in(ANNA).await;
    assert_ne!(again.user_id(), login.user_id());
}

#[tokio::test]
async fn unknown_paths_methods_and_environments_answer_json() {
    let app = App::start().await;
    app.get("no/such/path").send().await.refused(404, "not_found");
    app.api(Method::PATCH, "users").send().await.refused(405, "method_not_allowed");
    let url = format!("{}/sdk/00000000-0000-4000-8000-000000000000/settings", app.sandbox.base_url());
    let foreign = app.http.get(url).send().await.unwrap();
    assert_eq!(foreign.status().as_u16(), 404);
    let body: Value = foreign.json().await.unwrap();
    assert_eq!(body["code"], "environment_not_found");
    assert_eq!(app.get("healthcheck").send().await.ok()["status"], "OK");
}
