//! Social sign-in: the announced state, the code, the account behind it.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::{App, Login, REDIRECT, claims, social_credentials};

const ADA: &str = "ada@peer.example";

fn ada() -> Value {
    json!({ "id": "42", "email": ADA, "name": "Ada Lovelace" })
}

#[tokio::test]
async fn an_account_opens_a_session_for_a_new_user_and_again_for_the_same() {
    let app = App::with_providers(&["google"]).await;
    let login = app.sign_in_by("google", ada()).await;
    assert_eq!(login.answer["user"]["newUser"], true);
    assert_eq!(login.answer["user"]["email"], ADA);
    let credentials = social_credentials(&login.answer);
    assert_eq!(credentials.len(), 1);
    for (name, expected) in [
        ("format", json!("oauth")),
        ("signInEnabled", json!(true)),
        ("oauth_provider", json!("google")),
        ("oauth_username", json!("ada")),
        ("oauth_display_name", json!("Ada Lovelace")),
        ("oauth_account_id", json!("42")),
        ("oauth_emails", json!([ADA])),
        ("oauth_account_photos", json!([])),
        ("public_identifier", json!(ADA)),
    ] {
        assert_eq!(credentials[0][name], expected, "{name}");
    }
    assert_eq!(claims(&login.token)["signin_credential_id"], credentials[0]["id"]);
    app.get("session").bearer(&login.token).send().await.ok();

    let renamed = json!({ "id": "42", "email": ADA, "name": "Countess of Lovelace" });
    let again = app.sign_in_by("google", renamed).await;
    assert_eq!((again.user_id(), &again.answer["user"]["newUser"]), (login.user_id(), &json!(false)));
    assert_eq!(social_credentials(&again.answer)[0]["oauth_display_name"], "Countess of Lovelace");
}

#[tokio::test]
async fn every_provider_with_a_page_signs_in() {
    let providers =
        ["google", "apple", "github", "twitter", "discord", "facebook", "twitch", "tiktok", "shopify"];
    let app = App::with_providers(&providers).await;
    for provider in providers {
        let login = app.sign_in_by(provider, json!({ "id": provider })).await;
        assert_eq!(social_credentials(&login.answer)[0]["oauth_provider"], provider);
    }
}

#[tokio::test]
async fn the_app_is_called_back_with_state_and_code() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.trip("google").await;
    let redirect = "com.example.app://back?tab=1#here";
    let body = json!({ "state": trip.state, "redirectUrl": redirect });
    let begun = app.post("providers/google/initAuth", body).send().await;
    assert_eq!(begun.status.as_u16(), 204);
    let approved = app.try_approve(&trip.url, ada()).await.ok();
    let url = Url::parse(approved["redirectUrl"].as_str().unwrap()).unwrap();
    assert_eq!(
        (url.scheme(), url.host_str(), url.fragment()),
        ("com.example.app", Some("back"), Some("here"))
    );
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["tab"], "1");
    assert_eq!(query["dynamicOauthState"], trip.state);
    assert_eq!(query["dynamicOauthCode"], approved["code"].as_str().unwrap());
}

#[tokio::test]
async fn requested_scopes_are_granted_and_users_with_a_factor_get_none() {
    let app = App::with_providers(&["google", "email"]).await;
    let trip = app.begin_social("google", None).await;
    let extra = json!({ "requestedScopes": ["credential:link"] });
    let body = app.approved(&trip, ada(), extra.clone()).await;
    let login = Login::from_answer(app.social_signin("google", body).await.ok());
    assert_eq!(claims(&login.elevated())["scope"], "credential:link");

    let register = app.get("users/mfa/register/totp").bearer(&login.token).elevated(&login.elevated());
    let secret = register.send().await.ok()["secret"].as_str().unwrap().to_owned();
    app.verify_totp(&login, &secret, &[]).await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), extra).await;
    let again = app.social_signin("google", body).await.ok();
    assert_eq!(again["elevatedAccessToken"], json!(null));
}

#[tokio::test]
async fn a_code_serves_once() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    app.social_signin("google", body.clone()).await.ok();
    app.social_signin("google", body).await.refused(422, "invalid_verification");
}

#[tokio::test]
async fn a_code_serves_for_ten_minutes() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    app.sandbox.clock().advance(599);
    app.social_signin("google", body).await.ok();
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    app.sandbox.clock().advance(600);
    app.social_signin("google", body).await.refused(422, "invalid_verification");
}

#[tokio::test]
async fn a_code_belongs_to_its_state_and_provider() {
    let app = App::with_providers(&["google", "discord"]).await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    let other = app.begin_social("google", None).await;
    let other_body = app.approved(&other, json!({ "id": "43" }), json!({})).await;
    for (provider, state, code) in [
        ("google", json!("never-announced"), &body["code"]),
        ("google", json!(other.state), &body["code"]),
        ("google", json!(trip.state), &json!("wrong")),
        ("google", json!(trip.state), &json!(null)),
        ("discord", json!(trip.state), &body["code"]),
    ] {
        let wrong = json!({ "state": state, "code": code });
        app.social_signin(provider, wrong).await.refused(422, "invalid_verification");
    }
    app.social_signin("google", body).await.ok();
    app.social_signin("google", other_body).await.ok();
}

#[tokio::test]
async fn a_code_is_not_there_before_the_user_consents() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let body = json!({ "state": trip.state, "code": "" });
    app.social_signin("google", body).await.refused(422, "invalid_verification");
}

#[tokio::test]
async fn the_verifier_must_fit_the_challenge() {
    let app = App::with_providers(&["github", "twitter"]).await;
    for provider in ["github", "twitter"] {
        for wrong in [json!(null), json!(""), json!("A".repeat(43))] {
            let trip = app.begin_social(provider, None).await;
            let mut body = app.approved(&trip, ada(), json!({})).await;
            let right = body["codeVerifier"].take();
            body["codeVerifier"] = wrong;
            app.social_signin(provider, body.clone()).await.refused(422, "invalid_verification");
            body["codeVerifier"] = right;
            app.social_signin(provider, body).await.refused(422, "invalid_verification");
        }
    }
    app.sign_in_by("github", ada()).await;
}

#[tokio::test]
async fn it_is_device_signed() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    let unsigned = app.post("providers/google/signIn", body.clone()).send().await;
    unsigned.refused(401, "device_signature_missing");
    app.social_signin("google", body).await.ok();
}

#[tokio::test]
async fn a_captcha_is_demanded_where_the_policy_says_so_and_does_not_cost_the_code() {
    let captcha = json!({ "provider": "hcaptcha", "siteKey": "k" });
    let app = App::with_policy(json!({ "providers": [{ "provider": "google" }], "captcha": captcha })).await;
    let trip = app.begin_social("google", None).await;
    let mut body = app.approved(&trip, ada(), json!({})).await;
    app.social_signin("google", body.clone()).await.refused(422, "captcha_required");
    body["captchaToken"] = "solved".into();
    app.social_signin("google", body).await.ok();
}

#[tokio::test]
async fn a_new_device_is_recognised_and_the_mail_goes_to_the_account_s_address() {
    let policy = json!({ "providers": [{ "provider": "google" }], "deviceRegistration": true });
    let mut app = App::with_policy(policy).await;
    let login = app.sign_in_by("google", ada()).await;
    assert_eq!(login.answer["user"]["scope"], "user:basic");
    app.device = crate::support::Device::new();
    let other = app.sign_in_by("google", ada()).await;
    assert_eq!(other.answer["user"]["scope"], "device:register");
    let outbox = app.control(Method::GET, &format!("outbox?to={ADA}")).send().await.ok();
    assert_eq!(outbox["messages"][0]["kind"], "device_registration");
}

#[tokio::test]
async fn providers_that_are_off_or_have_no_page_are_refused() {
    let app = App::with_policy(json!({ "providers": [
        { "provider": "telegram", "authorizationUrl": "https://t.example" },
        { "provider": "farcaster" },
        { "provider": "discord", "enabled": false },
        { "provider": "google" },
    ] }))
    .await;
    for provider in ["telegram", "farcaster", "discord", "github", "email", "passkey", "myspace"] {
        let begun = app.post(&format!("providers/{provider}/initAuth"), json!({ "state": "s" })).send().await;
        begun.refused(422, "provider_not_available");
        let signin = app.social_signin(provider, json!({ "state": "s", "code": "c" })).await;
        signin.refused(422, "provider_not_available");
        let polled =
            app.post(&format!("providers/{provider}/oauthResult"), json!({ "state": "s" })).send().await;
        polled.refused(422, "provider_not_available");
    }
    let sso = json!({ "state": "s", "ssoProviderId": "okta" });
    app.post("providers/google/initAuth", sso).send().await.refused(422, "provider_not_available");
}

#[tokio::test]
async fn without_a_list_apps_and_loopback_may_be_called_back_but_no_plain_http() {
    let app = App::with_providers(&["google"]).await;
    for (redirect, allowed) in [
        (REDIRECT, true),
        ("com.example.app:/back", true),
        ("http://127.0.0.1:3000/back", true),
        ("http://[::1]/back", true),
        ("http://localhost:3000/", true),
        ("http://app.example/back", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("/back", false),
        ("", false),
    ] {
        let body = json!({ "state": redirect, "redirectUrl": redirect });
        let body = if redirect.is_empty() { json!({ "state": "s", "redirectUrl": "" }) } else { body };
        let begun = app.post("providers/google/initAuth", body).send().await;
        if allowed {
            begun.ok();
        } else {
            begun.refused(422, "unauthorized_mobile_deeplink_url");
        }
    }
}

#[tokio::test]
async fn a_list_of_redirects_is_kept() {
    let app = App::with_policy(json!({
        "providers": [{ "provider": "google" }],
        "redirectUrls": [REDIRECT, "com.example.app://back"],
    }))
    .await;
    let settings = app.get("settings").send().await.ok();
    assert_eq!(settings["sdk"]["mobile"]["deeplinkUrlsEnabled"], true);
    for (index, (redirect, allowed)) in [
        ("https://app.example/back", true),
        ("https://app.example:443/back?with=query", true),
        ("com.example.app://back", true),
        ("https://app.example/back/", false),
        ("https://app.example/other", false),
        ("https://evil.example/back", false),
        ("com.evil.app://back", false),
        ("https://app.example.evil.example/back", false),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({ "state": index.to_string(), "redirectUrl": redirect });
        let begun = app.post("providers/google/initAuth", body).send().await;
        assert_eq!(begun.status.is_success(), allowed, "{redirect} {}", begun.body);
        let appended = json!({ "state": format!("{index}_client-redirect:{redirect}") });
        let begun = app.post("providers/google/initAuth", appended).send().await;
        assert_eq!(begun.status.is_success(), allowed, "{redirect} {}", begun.body);
    }
}

#[tokio::test]
async fn a_redirect_that_is_no_url_is_refused_by_name() {
    let app = App::with_providers(&["google"]).await;
    let patch = json!({ "redirectUrls": [REDIRECT, "/back"] });
    let refused = app.control(Method::PATCH, "policy").json(patch).send().await;
    assert_eq!(refused.status.as_u16(), 400);
    assert!(refused.body["error"].as_str().unwrap().contains("redirectUrls[1]"), "{}", refused.body);
}

#[tokio::test]
async fn an_ended_session_does_not_keep_anybody_from_signing_in() {
    let app = App::with_providers(&["google", "email"]).await;
    let ended = app.sign_in("bela@peer.example").await;
    app.post("revoke", json!({})).bearer(&ended.token).send().await.ok();
    let trip = app.begin_social("google", Some(&ended)).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    app.social_signin("google", body).await.ok();
}

#[tokio::test]
async fn a_state_that_was_answered_cannot_be_announced_again() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let body = json!({ "state": trip.state, "redirectUrl": REDIRECT });
    let announce = async || app.post("providers/google/initAuth", body.clone()).send().await;
    announce().await.ok();
    let code = app.approved(&trip, ada(), json!({})).await;
    announce().await.refused(422, "invalid_verification");
    app.social_signin("google", code).await.ok();
    announce().await.refused(422, "invalid_verification");
}

#[tokio::test]
async fn an_address_of_somebody_who_signs_in_another_way_opens_no_session() {
    let app = App::with_providers(&["google", "discord", "email"]).await;
    app.sign_in("bela@peer.example").await;
    let trip = app.begin_social("google", None).await;
    let body = app.approved(&trip, json!({ "id": "7", "email": "Bela@peer.example" }), json!({})).await;
    let refused = app.social_signin("google", body).await;
    refused.refused(422, "user_has_already_account_with_email");
    assert_eq!(
        refused.body["payload"],
        json!({ "email": "bela@peer.example", "loginProvider": "emailOnly" })
    );

    app.sign_in_by("google", ada()).await;
    let trip = app.begin_social("discord", None).await;
    let body = app.approved(&trip, ada(), json!({})).await;
    let refused = app.social_signin("discord", body).await;
    refused.refused(422, "email_associated_with_different_provider");
    assert_eq!(refused.body["payload"], json!({ "email": ADA, "loginProvider": "google" }));

    let id = app.send_email(ADA).await;
    let by_mail = app.post("emailVerifications/signin", app.code_body(&id, ADA, json!({})));
    by_mail.signed().await.send().await.refused(422, "email_associated_with_different_provider");
}

#[tokio::test]
async fn an_app_can_ask_until_the_user_has_decided() {
    let app = App::with_providers(&["google"]).await;
    let poll =
        async |state: &str| app.post("providers/google/oauthResult", json!({ "state": state })).send().await;
    let trip = app.begin_social("google", None).await;
    assert_eq!(poll(&trip.state).await.ok(), json!({ "status": "pending" }));
    let body = app.approved(&trip, ada(), json!({})).await;
    assert_eq!(poll(&trip.state).await.ok(), json!({ "status": "completed", "code": body["code"] }));
    app.social_signin("google", body).await.ok();
    poll(&trip.state).await.refused(422, "invalid_verification");
    poll("unknown").await.refused(422, "invalid_verification");

    let trip = app.begin_social("google", None).await;
    let denial = json!({ "authorizationUrl": trip.url });
    app.control(Method::POST, "oauth/deny").json(denial).send().await.ok();
    assert_eq!(poll(&trip.state).await.ok(), json!({ "status": "completed", "error": "access_denied" }));
}
