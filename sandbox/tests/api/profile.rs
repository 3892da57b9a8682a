//! The profile: what is asked for, what is refused, what a session lacks until it is filled.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login};

const ANNA: &str = "anna@peer.example";
const BELA: &str = "bela@peer.example";

async fn update(app: &App, login: &Login, body: Value) -> Answer {
    app.api(Method::PUT, "users").bearer(&login.token).json(body).send().await
}

fn names(fields: &Value) -> Vec<&str> {
    fields.as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn required_fields_hold_back_the_session_until_they_are_filled() {
    let app = App::with_policy(json!({ "profileFields": [
        { "name": "firstName", "required": true, "label": "First name" },
        { "name": "team", "required": false },
        { "name": "email", "required": true, "verify": true },
        { "name": "shoe size", "required": true },
    ] }))
    .await;
    let settings = app.get("settings").send().await.ok();
    assert_eq!(names(&settings["kyc"]), ["firstName", "team", "email"]);
    assert_eq!(names(&settings["customFields"]), ["shoe size"]);
    let login = app.sign_in(ANNA).await;
    let user = &login.answer["user"];
    assert_eq!(user["scope"], "userDataForm");
    let expected = json!({
        "name": "firstName", "required": true, "enabled": true, "unique": false, "verify": false,
        "type": "standard", "label": "First name",
    });
    assert_eq!(user["missingFields"][0], expected);
    assert_eq!(names(&user["missingFields"]), ["firstName", "shoe size"]);
    assert_eq!(user["missingFields"][1]["type"], "custom");

    let blank = update(&app, &login, json!({ "firstName": "  " })).await.ok();
    assert_eq!(names(&blank["user"]["missingFields"]), ["firstName", "shoe size"]);
    let half = update(&app, &login, json!({ "firstName": "Anna" })).await.ok();
    assert_eq!(half["user"]["scope"], "userDataForm");
    let done = update(&app, &login, json!({ "metadata": { "shoe size": 38 } })).await.ok();
    assert_eq!((&done["user"]["scope"], &done["user"]["missingFields"]), (&json!("user:basic"), &json!([])));
    let emptied = update(&app, &login, json!({ "firstName": null })).await.ok();
    assert_eq!(emptied["user"]["scope"], "userDataForm");
}

#[tokio::test]
async fn the_profile_duty_comes_after_the_others() {
    let app = App::with_policy(json!({
        "mfa": { "enrollment": "signup" },
        "profileFields": [{ "name": "team", "required": true }],
    }))
    .await;
    let login = app.sign_in(ANNA).await;
    assert_eq!(login.answer["user"]["scope"], "requiresAdditionalAuth userDataForm");
}

#[tokio::test]
async fn every_field_of_the_api_is_taken() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let body = json!({
        "alias": "A", "firstName": "Anna", "lastName": "Novak", "jobTitle": "Engineer", "tShirtSize": "M",
        "team": "Blue", "policiesConsent": true, "country": "SI", "username": "anna",
        "metadata": { "a": [1, 2] }, "btcWallet": "b", "kdaWallet": "k", "ltcWallet": "l", "ckbWallet": "c",
        "kasWallet": "s", "dogeWallet": "d", "emailNotification": true, "discordNotification": false,
        "newsletterNotification": true,
    });
    update(&app, &login, body.clone()).await.ok();
    let user = app.get("users").bearer(&login.token).send().await.ok();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&user[name], value, "{name}");
    }
    for (name, value) in [
        ("firstName", json!(1)),
        ("policiesConsent", json!("yes")),
        ("metadata", json!("text")),
        ("country", json!(["SI"])),
    ] {
        let refused = update(&app, &login, json!({ name: value })).await;
        assert_eq!(refused.status.as_u16(), 400, "{name}");
        assert!(refused.body["error"].as_str().unwrap().contains(name), "{}", refused.body);
    }
    assert_eq!(app.get("users").bearer(&login.token).send().await.ok()["firstName"], "Anna");
}

#[tokio::test]
async fn unique_fields_are_taken_once() {
    let app = App::with_policy(json!({ "profileFields": [
        { "name": "badge", "required": false, "unique": true },
        { "name": "alias", "required": false, "unique": true },
        { "name": "team", "required": false },
    ] }))
    .await;
    let (anna, bela) = (app.sign_in(ANNA).await, app.sign_in(BELA).await);
    let body = json!({ "metadata": { "badge": "7" }, "alias": "A", "team": "Blue", "username": "anna" });
    update(&app, &anna, body.clone()).await.ok();
    update(&app, &anna, body).await.ok();
    let not_unique = "custom_field_data_not_unique";
    update(&app, &bela, json!({ "metadata": { "badge": "7" } })).await.refused(422, not_unique);
    update(&app, &bela, json!({ "alias": "A" })).await.refused(422, not_unique);
    update(&app, &bela, json!({ "username": "anna" })).await.refused(422, "username_already_exists");
    update(&app, &bela, json!({ "team": "Blue", "metadata": { "badge": "8" } })).await.ok();
    update(&app, &anna, json!({ "metadata": { "badge": "9" }, "username": null })).await.ok();
    update(&app, &bela, json!({ "metadata": { "badge": "7" }, "username": "anna" })).await.ok();
}

#[tokio::test]
async fn metadata_is_two_kibibytes_at_most() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let of_size = |size: usize| json!({ "metadata": { "a": "x".repeat(size - r#"{"a":""}"#.len()) } });
    update(&app, &login, of_size(2049)).await.refused(422, "metadata_size_exceeded");
    assert_eq!(app.get("users").bearer(&login.token).send().await.ok()["metadata"], json!(null));
    update(&app, &login, of_size(2048)).await.ok();
}

#[tokio::test]
async fn a_code_for_a_new_contact_takes_a_captcha_where_there_is_one() {
    let captcha = json!({ "provider": "hcaptcha", "siteKey": "k" });
    let app = App::with_policy(json!({ "apiVersion": "2026_01_01" })).await;
    let login = app.sign_in(ANNA).await;
    app.control(Method::PATCH, "policy").json(json!({ "captcha": captcha })).send().await.ok();
    update(&app, &login, json!({ "email": BELA })).await.refused(422, "captcha_required");
    update(&app, &login, json!({ "firstName": "Anna" })).await.ok();
    let sent = update(&app, &login, json!({ "email": BELA, "captchaToken": "passed" })).await.ok();
    assert_eq!(sent["nextView"], "verify-email");
}

#[tokio::test]
async fn a_policy_with_fields_that_make_no_sense_is_refused() {
    let app = App::start().await;
    for (fields, named) in [
        (json!([{ "name": "team" }]), "required"),
        (json!([{ "name": " ", "required": true }]), "profileFields[0].name"),
        (json!([{ "name": "metadata", "required": true }]), "metadata"),
        (json!([{ "name": "a", "required": true }, { "name": "a", "required": false }]), "[1].name"),
        (json!([{ "name": "a", "required": true, "colour": "red" }]), "colour"),
    ] {
        let patch = app.control(Method::PATCH, "policy").json(json!({ "profileFields": fields }));
        let refused = patch.send().await;
        refused.refused(400, "policy_refused");
        assert!(refused.body["error"].as_str().unwrap().contains(named), "{named}: {}", refused.body);
    }
    let patch = app.control(Method::PATCH, "policy").json(json!({ "linkConflict": "fight" }));
    patch.send().await.refused(400, "policy_refused");
}

#[tokio::test]
async fn deleting_a_user_ends_every_session_and_frees_every_credential() {
    use crate::support::Wallet;
    let app = App::start().await;
    let (number, wallet) = ("+12025550123", Wallet::evm("anna"));
    let login = app.sign_in(ANNA).await;
    let scopes = ["credential:link", "user:delete"];
    let login = app.verify_email(&login, ANNA, &scopes).await;
    let token = login.elevated();
    let linked = Login::from_answer(app.link_wallet(&login, wallet).await.ok());
    let call = app.api(Method::PUT, "users").bearer(&linked.token).elevated(&token);
    let sent = call.json(json!({ "phoneNumber": number, "username": "anna" })).send().await.ok();
    let id = sent["smsVerification"]["verificationUUID"].as_str().unwrap();
    let verify = app.post("smsVerifications/verify", app.code_body(id, number, json!({})));
    let login = Login::from_answer(verify.bearer(&linked.token).signed().await.send().await.ok());
    let others = [app.sign_in_by_wallet(wallet).await, app.sign_in(ANNA).await];

    app.delete("users", &login).elevated(&token).send().await.ok();
    for session in others.iter().chain([&login]) {
        app.get("session").bearer(&session.token).send().await.unauthorized();
        app.get("users").bearer(&session.token).send().await.unauthorized();
    }
    let bela = app.sign_in(BELA).await;
    let bela = app.verify_email(&bela, BELA, &["credential:link"]).await;
    let token = bela.elevated();
    let bela = Login::from_answer(app.link_wallet(&bela, wallet).await.ok());
    update(&app, &bela, json!({ "username": "anna" })).await.ok();
    let call = app.api(Method::PUT, "users").bearer(&bela.token).elevated(&token);
    call.json(json!({ "phoneNumber": number })).send().await.ok();
    // Three codes in ten minutes are the limit.
    app.sandbox.clock().advance(600);
    assert_eq!(app.sign_in(ANNA).await.answer["user"]["newUser"], true);
}
