//! `settings`: complete, and true to the policy.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn what_clients_cannot_do_without_is_always_there() {
    let app = App::start().await;
    let settings = app.get("settings?sdkVersion=ClientSDK/1.27.1").send().await.ok();
    for list in ["chains", "kyc", "providers"] {
        assert!(settings[list].is_array(), "{list}");
    }
    for object in ["security", "sdk", "general"] {
        assert!(settings[object].is_object(), "{object}");
    }
    assert_eq!(settings["sdk"]["minApiVersion"], "2026_04_01");
    let mfa = &settings["security"]["mfa"];
    assert_eq!((&mfa["enabled"], &mfa["enrollment"]), (&json!(false), &json!("none")));
    let export = json!({ "action": "wallet.waas.export", "required": true, "tokenBehavior": "single_use",
        "tokenExpirySeconds": 300 });
    assert_eq!(mfa["actions"][0], export);
    assert_eq!(settings["security"]["jwtDuration"], json!({ "amount": 120, "unit": "minutes" }));
}

#[tokio::test]
async fn it_shows_the_policy() {
    let app = App::with_policy(json!({
        "apiVersion": "2026_01_01",
        "mfa": { "methods": ["totp"], "session": true, "enrollment": "signup" },
        "deviceRegistration": true,
        "captcha": { "provider": "hcaptcha", "siteKey": "key" },
        "providers": [
            { "provider": "google", "clientId": "abc" },
            { "provider": "passkey", "enabled": false },
        ],
    }))
    .await;
    let settings = app.get("settings").send().await.ok();
    assert_eq!(settings["sdk"]["minApiVersion"], "2026_01_01");
    let security = &settings["security"];
    assert_eq!(security["deviceRegistrationRequired"], true);
    assert_eq!(security["captcha"], json!({ "enabled": true, "provider": "hcaptcha", "siteKey": "key" }));
    assert_eq!((&security["mfa"]["enabled"], &security["mfa"]["required"]), (&json!(true), &json!(true)));
    let enabled: Vec<_> = security["mfa"]["methods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|method| method["enabled"].clone())
        .collect();
    assert_eq!(enabled, [true, false]);
    let providers = settings["providers"].as_array().unwrap();
    let names: Vec<_> = providers.iter().map(|provider| provider["provider"].as_str().unwrap()).collect();
    assert_eq!(names, ["dynamic", "sms", "google"]);
    assert_eq!(providers[2]["clientId"], "abc");
    assert!(providers[2]["enabledAt"].as_str().unwrap().ends_with('Z'));
}
