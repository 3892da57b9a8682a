//! The policy by the control API: defaults, merge, refusal by name.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::App;

#[tokio::test]
async fn the_defaults_are_those_of_the_contract() {
    let app = App::start().await;
    let policy = app.control(Method::GET, "policy").send().await.ok();
    let expected = json!({
        "apiVersion": "2026_04_01",
        "mfa": {
            "methods": ["totp", "passkey"],
            "session": false,
            "enrollment": "none",
            "totpCodes": "oneTime",
        },
        "actions": [
            { "action": "wallet.waas.export", "required": true },
            { "action": "wallet.waas.sign", "required": false },
        ],
        "deviceRegistration": false,
        "providers": [
            { "provider": "email", "enabled": true },
            { "provider": "sms", "enabled": true },
            { "provider": "passkey", "enabled": true },
        ],
        "linkConflict": "refuse",
        "profileFields": [],
        "captcha": null,
        "otpLifeSeconds": 600,
        "jwtLifeSeconds": 7200,
        "externalIssuer": null,
    });
    assert_eq!(policy, expected);
}

#[tokio::test]
async fn a_patch_merges_and_a_put_replaces() {
    let app = App::start().await;
    let patch = async |body: Value| app.control(Method::PATCH, "policy").json(body).send().await.ok();
    let captcha = json!({ "provider": "cloudflareTurnstile", "siteKey": "k" });
    let merged = patch(json!({ "mfa": { "session": true }, "captcha": captcha })).await;
    assert_eq!(merged["captcha"], captcha);
    assert_eq!(merged["mfa"]["session"], true);
    assert_eq!(merged["mfa"]["methods"], json!(["totp", "passkey"]));
    assert_eq!(patch(json!({ "captcha": null })).await["captcha"], json!(null));
    let replaced = app.control(Method::PUT, "policy").json(json!({ "otpLifeSeconds": 30 })).send().await.ok();
    assert_eq!((&replaced["otpLifeSeconds"], &replaced["mfa"]["session"]), (&json!(30), &json!(false)));
    assert_eq!(app.control(Method::GET, "policy").send().await.ok(), replaced);
}

#[tokio::test]
async fn what_is_not_known_is_refused_by_name_and_changes_nothing() {
    let app = App::start().await;
    let before = app.control(Method::GET, "policy").send().await.ok();
    for (patch, named) in [
        (json!({ "colour": "blue" }), "colour"),
        (json!({ "apiVersion": "2025_01_01" }), "2025_01_01"),
        (json!({ "mfa": { "methods": ["sms"] } }), "mfa.methods[0]"),
        (json!({ "mfa": { "sessions": true } }), "sessions"),
        (json!({ "mfa": { "totpCodes": "never" } }), "never"),
        (json!({ "mfa": { "enrollment": "later" } }), "later"),
        (json!({ "actions": [{ "action": "wallet.waas.burn", "required": true }] }), "wallet.waas.burn"),
        (json!({ "actions": [{ "action": "user.update" }] }), "required"),
        (
            json!({ "actions": [{ "action": "user.update", "required": true, "tokenBehavior": "forever" }] }),
            "forever",
        ),
        (
            json!({ "actions": [
                { "action": "user.update", "required": true },
                { "action": "user.update", "required": false },
            ] }),
            "actions[1].action",
        ),
        (json!({ "providers": [{ "provider": "myspace" }] }), "myspace"),
        (json!({ "providers": [{ "provider": "google", "clientID": "x" }] }), "clientID"),
        (json!({ "captcha": { "provider": "maths", "siteKey": "k" } }), "maths"),
        (json!({ "otpLifeSeconds": 0 }), "otpLifeSeconds"),
        (json!({ "jwtLifeSeconds": -1 }), "jwtLifeSeconds"),
        (json!({ "deviceRegistration": "yes" }), "deviceRegistration"),
        (json!({ "externalIssuer": { "iss": "x" } }), "jwksUrl"),
        (json!([]), "."),
    ] {
        let refused = app.control(Method::PATCH, "policy").json(patch.clone()).send().await;
        refused.refused(400, "policy_refused");
        let error = refused.body["error"].as_str().unwrap();
        assert!(error.contains(named), "{patch}: {error}");
    }
    assert_eq!(app.control(Method::GET, "policy").send().await.ok(), before);
}
