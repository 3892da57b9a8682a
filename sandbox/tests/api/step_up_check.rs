//! `stepUp/check`: what is required, and what to prove oneself with.

use serde_json::{Value, json};

use crate::support::App;

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn the_default_policy_requires_what_is_always_required() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    for (scope, required) in [
        ("wallet:export", true),
        ("credential:link", true),
        ("credential:unlink", true),
        ("user:delete", true),
        ("wallet:sign", false),
        ("user:update", false),
        ("business_account:create", false),
        ("console:view", false),
        ("future:thing", false),
    ] {
        let check = app.check(&login, scope).await;
        assert_eq!(check["isRequired"], required, "{scope}");
        assert_eq!(check["credentials"].as_array().unwrap().len(), usize::from(required), "{scope}");
    }
    let check = app.check(&login, "wallet:export").await;
    let credential = &login.answer["user"]["verifiedCredentials"][0];
    let expected = json!([{ "id": credential["id"], "format": "email", "alias": ANNA }]);
    assert_eq!(check["credentials"], expected);
    assert_eq!(check["defaultCredentialId"], credential["id"]);
}

#[tokio::test]
async fn actions_add_to_it_but_cannot_take_away() {
    let app = App::with_policy(json!({ "actions": [
        { "action": "wallet.waas.sign", "required": true },
        { "action": "wallet.waas.export", "required": false },
        { "action": "user.update", "required": true },
    ] }))
    .await;
    let login = app.sign_in(ANNA).await;
    for scope in ["wallet:sign", "wallet:export", "user:update"] {
        assert_eq!(app.check(&login, scope).await["isRequired"], true, "{scope}");
    }
}

#[tokio::test]
async fn before_step_up_nothing_is_required_but_verify_still_grants() {
    let app = App::with_policy(json!({ "apiVersion": "2026_01_01" })).await;
    let login = app.sign_in(ANNA).await;
    for scope in ["wallet:export", "credential:link"] {
        assert_eq!(app.check(&login, scope).await, json!({ "isRequired": false, "credentials": [] }));
    }
    app.get("users/mfa/register/totp").bearer(&login.token).send().await.ok();
    app.protected(&login, None, "wallet:export").await.ok();
    let login = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    login.elevated();
}

#[tokio::test]
async fn a_malformed_scope_is_refused_by_code() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let check = async |body: Value| app.post("stepUp/check", body).bearer(&login.token).send().await;
    let long = format!("wallet:{}", "x".repeat(10_000));
    for scope in
        ["", " ", "wallet", "wallet:", ":export", "wallet:export credential:link", "Wallet:Export", &long]
    {
        check(json!({ "scope": scope })).await.refused(422, "invalid_scopes");
    }
    assert_eq!(check(json!({})).await.status.as_u16(), 400);
    let signed_out = app.post("stepUp/check", json!({ "scope": "wallet:export" })).send().await;
    signed_out.unauthorized();
}

#[tokio::test]
async fn a_user_with_a_factor_is_offered_factors_only_and_the_newest_is_the_default() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, secret) = app.enroll_totp(&login, ANNA).await;
    let login = app.verify_totp(&login, &secret, &["credential:link"]).await;
    app.sandbox.clock().advance(1);
    let (login, passkey) = app.register_passkey(&login, "phone").await;
    let check = app.check(&login, "wallet:export").await;
    let types: Vec<_> =
        check["credentials"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, ["totp", "passkey"]);
    assert_eq!(check["defaultCredentialId"], passkey["id"]);

    let totp = check["credentials"][0]["id"].as_str().unwrap();
    let call = app.api(reqwest::Method::PUT, &format!("users/mfa/{totp}")).bearer(&login.token);
    call.send().await.ok();
    assert_eq!(app.check(&login, "wallet:export").await["defaultCredentialId"], totp);
}

#[tokio::test]
async fn a_factor_the_environment_does_not_offer_does_not_count() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let (login, _) = app.enroll_totp(&login, ANNA).await;
    let mut policy = app.sandbox.policy();
    policy.mfa.methods.retain(|method| *method != stepup_sandbox::policy::MfaMethod::Totp);
    app.sandbox.set_policy(policy);
    assert_eq!(app.check(&login, "wallet:export").await["credentials"][0]["format"], "email");
}
