//! Assertions of the app's own backend.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login, claims};

async fn assertion(app: &App, body: Value) -> String {
    let signed = app.control(Method::POST, "external-jwt").json(body).send().await.ok();
    signed["jwt"].as_str().unwrap().to_owned()
}

async fn sign_in(app: &App, jwt: &str) -> Answer {
    app.post("externalAuth/signin", json!({ "jwt": jwt })).signed().await.send().await
}

async fn verify(app: &App, login: &Login, jwt: &str) -> Answer {
    app.post("externalAuth/verify", json!({ "jwt": jwt })).bearer(&login.token).send().await
}

#[tokio::test]
async fn an_assertion_signs_in_and_another_one_elevates() {
    let app = App::start().await;
    let jwt = assertion(&app, json!({ "sub": "u-1", "email": "anna@peer.example" })).await;
    let login = Login::from_answer(sign_in(&app, &jwt).await.ok());
    assert_eq!(login.answer["user"]["email"], "anna@peer.example");
    let check = app.check(&login, "wallet:export").await;
    let formats: Vec<_> =
        check["credentials"].as_array().unwrap().iter().map(|one| one["format"].clone()).collect();
    assert_eq!(formats, ["email", "externalUser"]);
    assert_eq!(check["defaultCredentialId"], check["credentials"][1]["id"]);
    let again = Login::from_answer(sign_in(&app, &jwt).await.ok());
    assert_eq!(again.user_id(), login.user_id());

    let jwt = assertion(&app, json!({ "sub": "u-1", "scope": "wallet:export", "jti": "once" })).await;
    let answer = verify(&app, &login, &jwt).await.ok();
    assert_eq!(answer.as_object().unwrap().len(), 1);
    let token = answer["elevatedAccessToken"].as_str().unwrap();
    assert_eq!(claims(token)["singleUse"], true);
    app.protected(&login, Some(token), "wallet:export").await.ok();
    verify(&app, &login, &jwt).await.refused(422, "invalid_external_auth");
}

#[tokio::test]
async fn a_hopeless_assertion_is_refused() {
    let app = App::start().await;
    let jwt = assertion(&app, json!({ "sub": "u-1" })).await;
    let login = Login::from_answer(sign_in(&app, &jwt).await.ok());
    let stranger = json!({ "sub": "u-2", "scope": "wallet:export" });
    let expired = json!({ "sub": "u-1", "scope": "wallet:export", "expiresInSeconds": 0 });
    for body in [stranger, expired] {
        let jwt = assertion(&app, body).await;
        verify(&app, &login, &jwt).await.refused(422, "invalid_external_auth");
    }
    let without_scope = assertion(&app, json!({ "sub": "u-1" })).await;
    verify(&app, &login, &without_scope).await.refused(422, "invalid_scopes");
    let session_token = login.token.clone();
    sign_in(&app, &session_token).await.refused(422, "invalid_external_auth");
    sign_in(&app, "nonsense").await.refused(422, "invalid_external_auth");
}

#[tokio::test]
async fn another_issuer_is_known_by_its_key_set() {
    let (app, issuer) = (App::start().await, App::start().await);
    let patch = json!({ "externalIssuer": {
        "iss": format!("{}/sandbox", issuer.sandbox.url()),
        "jwksUrl": format!("{}/sandbox/external-jwks", issuer.sandbox.url()),
    } });
    app.control(Method::PATCH, "policy").json(patch).send().await.ok();
    let jwt = assertion(&issuer, json!({ "sub": "u-1" })).await;
    sign_in(&app, &jwt).await.ok();
    let own = assertion(&app, json!({ "sub": "u-1" })).await;
    sign_in(&app, &own).await.refused(422, "invalid_external_auth");
}

#[tokio::test]
async fn the_name_of_an_assertion_serves_once_also_when_that_one_has_expired() {
    let app = App::start().await;
    let jwt = assertion(&app, json!({ "sub": "u-1" })).await;
    let login = Login::from_answer(sign_in(&app, &jwt).await.ok());
    let once = json!({ "sub": "u-1", "scope": "wallet:export", "jti": "once", "expiresInSeconds": 60 });
    let first = assertion(&app, once.clone()).await;
    verify(&app, &login, &first).await.ok();
    app.sandbox.clock().advance(60);
    verify(&app, &login, &first).await.refused(422, "invalid_external_auth");
    let second = assertion(&app, once).await;
    verify(&app, &login, &second).await.refused(422, "invalid_external_auth");
    app.sandbox.clock().advance(-60);
    verify(&app, &login, &first).await.refused(422, "invalid_external_auth");
    let other = json!({ "sub": "u-1", "scope": "wallet:export", "jti": "twice" });
    let other = assertion(&app, other).await;
    verify(&app, &login, &other).await.ok();
}

#[tokio::test]
async fn issuer_and_audience_of_an_assertion_must_be_the_environment_s() {
    // All sandboxes of a process sign with one key: only the names differ.
    let (app, other) = (App::start().await, App::start().await);
    let jwt = assertion(&app, json!({ "sub": "u-1" })).await;
    let login = Login::from_answer(sign_in(&app, &jwt).await.ok());
    let scoped = json!({ "sub": "u-1", "scope": "wallet:export" });
    let foreign = assertion(&other, scoped.clone()).await;
    verify(&app, &login, &foreign).await.refused(422, "invalid_external_auth");
    sign_in(&app, &foreign).await.refused(422, "invalid_external_auth");

    let issuer = |aud: &str| {
        json!({ "externalIssuer": {
            "iss": format!("{}/sandbox", app.sandbox.url()),
            "aud": aud,
            "jwksUrl": format!("{}/sandbox/external-jwks", app.sandbox.url()),
        } })
    };
    let own = app.sandbox.environment_id().to_string();
    for (aud, accepted) in [("another-app", false), (own.as_str(), true)] {
        app.control(Method::PATCH, "policy").json(issuer(aud)).send().await.ok();
        let jwt = assertion(&app, scoped.clone()).await;
        let answer = verify(&app, &login, &jwt).await;
        match accepted {
            true => drop(answer.ok()),
            false => answer.refused(422, "invalid_external_auth"),
        }
    }
}
