//! Elevated tokens: what they are like, what accepts them, how often.

use serde_json::{Value, json};

use crate::support::{App, Login, claims};

const ANNA: &str = "anna@peer.example";
const REQUIRED: &str = "elevated_access_token_required";

async fn elevated(app: &App, scopes: &[&str]) -> (Login, String) {
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, scopes).await;
    let token = login.elevated();
    (login, token)
}

#[tokio::test]
async fn the_main_job_step_up_by_totp_and_the_app_s_backend_accepts_once() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    assert_eq!(app.check(&login, "wallet:export").await["isRequired"], true);
    let login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    let token = login.elevated();
    app.protected(&login, None, "wallet:export").await.refused(403, REQUIRED);
    app.protected(&login, Some(&token), "wallet:sign").await.refused(403, REQUIRED);
    app.protected(&login, Some(&token), "wallet:export").await.ok();
    app.protected(&login, Some(&token), "wallet:export").await.refused(403, REQUIRED);
    assert_eq!(app.check(&login, "wallet:export").await["isRequired"], true);
}

#[tokio::test]
async fn claims_say_what_the_token_is() {
    let app = App::start().await;
    let (login, token) = elevated(&app, &["wallet:export"]).await;
    let single = claims(&token);
    assert_eq!(single["sub"], login.user_id());
    assert_eq!(single["scope"], "wallet:export");
    assert_eq!(single["singleUse"], true);
    assert_eq!(single["exp"].as_i64().unwrap() - single["iat"].as_i64().unwrap(), 300);
    app.sandbox.clock().advance(601);
    let (_, token) = elevated(&app, &["credential:unlink", "credential:link", "credential:link"]).await;
    let bound = claims(&token);
    assert_eq!(bound["scope"], "credential:link credential:unlink");
    assert_eq!(bound["singleUse"], false);
    assert_eq!(bound["exp"].as_i64().unwrap() - bound["iat"].as_i64().unwrap(), 600);
    assert_ne!(bound["jti"], single["jti"]);
}

#[tokio::test]
async fn a_mix_with_a_single_use_scope_is_single_use_and_as_short() {
    let app = App::start().await;
    let (login, token) = elevated(&app, &["credential:link", "wallet:export"]).await;
    let mixed = claims(&token);
    assert_eq!(mixed["singleUse"], true);
    assert_eq!(mixed["exp"].as_i64().unwrap() - mixed["iat"].as_i64().unwrap(), 300);
    app.protected(&login, Some(&token), "credential:link").await.ok();
    app.protected(&login, Some(&token), "wallet:export").await.refused(403, REQUIRED);
}

#[tokio::test]
async fn the_policy_decides_behaviour_and_life() {
    let action = json!({ "action": "wallet.waas.export", "required": true, "tokenBehavior": "time_bound",
        "tokenExpirySeconds": 42 });
    let app = App::with_policy(json!({ "actions": [action] })).await;
    let (login, token) = elevated(&app, &["wallet:export"]).await;
    app.protected(&login, Some(&token), "wallet:export").await.ok();
    app.sandbox.clock().advance(20);
    app.protected(&login, Some(&token), "wallet:export").await.ok();
    app.sandbox.clock().advance(22);
    app.protected(&login, Some(&token), "wallet:export").await.refused(403, REQUIRED);
}

#[tokio::test]
async fn another_user_s_a_tampered_and_a_session_token_do_not_serve() {
    let app = App::start().await;
    let (login, token) = elevated(&app, &["credential:link"]).await;
    let bela = app.sign_in("bela@peer.example").await;
    app.protected(&bela, Some(&token), "credential:link").await.refused(403, REQUIRED);
    let mut tampered = token.clone();
    let middle = tampered.find('.').unwrap() + 10;
    let swapped = if &tampered[middle..=middle] == "A" { "B" } else { "A" };
    tampered.replace_range(middle..=middle, swapped);
    app.protected(&login, Some(&tampered), "credential:link").await.refused(403, REQUIRED);
    app.protected(&login, Some(&login.token), "credential:link").await.refused(403, REQUIRED);
    app.get("session").bearer(&token).send().await.unauthorized();
}

#[tokio::test]
async fn the_app_s_backend_tells_401_from_403() {
    let app = App::start().await;
    let (login, token) = elevated(&app, &["credential:link"]).await;
    let call = app.control(reqwest::Method::POST, "protected").elevated(&token);
    call.json(json!({ "scope": "credential:link" })).send().await.unauthorized();
    app.api(reqwest::Method::POST, "revoke").bearer(&login.token).send().await.ok();
    app.protected(&login, Some(&token), "credential:link").await.unauthorized();
}

#[tokio::test]
async fn guarded_operations_refuse_without_the_right_scope() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let login = app.verify_totp(&login, &secret, &["wallet:export"]).await;
    let token = login.elevated();
    let device = app.get("users/mfa").bearer(&login.token).send().await.ok()["devices"][0]["id"].clone();
    let device = device.as_str().unwrap();
    let unlink = json!({ "verifiedCredentialId": login.answer["user"]["verifiedCredentials"][1]["id"] });
    let calls = || {
        [
            app.delete(&format!("users/mfa/{device}"), &login),
            app.post("verify/unlink", unlink.clone()).bearer(&login.token),
            app.delete("users", &login),
            app.post("users/passkeys/register", json!({})).bearer(&login.token),
        ]
    };
    for call in calls() {
        call.send().await.refused(403, REQUIRED);
    }
    for call in calls() {
        call.elevated(&token).send().await.refused(403, REQUIRED);
    }
    app.protected(&login, Some(&token), "wallet:export").await.ok();
}

#[tokio::test]
async fn a_user_with_a_factor_gets_no_token_for_a_code_by_mail() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    app.sandbox.clock().advance(600);
    let login = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    assert_eq!(login.answer.get("elevatedAccessToken"), None::<&Value>);
    app.get("session").bearer(&login.token).send().await.ok();
}

#[tokio::test]
async fn an_empty_or_malformed_scope_list_is_refused_before_the_proof_is_used() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let id = app.send_email(ANNA).await;
    for scopes in [json!([]), json!(["wallet:export", "nonsense"])] {
        let body = app.code_body(&id, ANNA, json!({ "requestedScopes": scopes }));
        let call = app.post("emailVerifications/verify", body).bearer(&login.token).signed().await;
        call.send().await.refused(422, "invalid_scopes");
    }
    let body = app.code_body(&id, ANNA, json!({ "requestedScopes": ["wallet:export"] }));
    app.post("emailVerifications/verify", body).bearer(&login.token).signed().await.send().await.ok();
}

#[tokio::test]
async fn a_token_verifies_with_the_published_key_set() {
    let app = App::start().await;
    let (_, token) = elevated(&app, &["wallet:export"]).await;
    let jwks = app.get(".well-known/jwks").send().await.ok();
    let key = &jwks["keys"][0];
    assert_eq!((&key["alg"], &key["kty"], &key["use"]), (&json!("RS256"), &json!("RSA"), &json!("sig")));
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&kid).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();
}
