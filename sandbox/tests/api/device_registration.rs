//! Device registration: trusted first device, mailed link, list, revocation.

use reqwest::Method;
use serde_json::{Value, json};
use stepup_sandbox::MessageFilter;

use crate::support::{Answer, App, Device, Login};

const ANNA: &str = "anna@peer.example";

async fn start() -> App {
    App::with_policy(json!({ "deviceRegistration": true })).await
}

async fn sign_in_on(app: &App, device: &Device) -> Login {
    let id = app.send_email(ANNA).await;
    let body = app.code_body(&id, ANNA, json!({}));
    let nonce = app.nonce().await;
    let call =
        app.post("emailVerifications/signin", body).signed_by(device, &nonce).header("user-agent", "Pixel 9");
    Login::from_answer(call.send().await.ok())
}

async fn complete(app: &App, login: &Login, device: &Device, token: &str) -> Answer {
    let nonce = app.nonce().await;
    let call = app.api(Method::POST, "deviceRegistration").bearer(&login.token).signed_by(device, &nonce);
    call.header("x-dynamic-device-registration-token", token).send().await
}

async fn signed(app: &App, login: &Login, method: Method, path: &str) -> Answer {
    app.api(method, path).bearer(&login.token).signed().await.send().await
}

fn mailed_token(app: &App) -> String {
    let messages = app.sandbox.outbox().messages(&MessageFilter::default());
    let mail = messages.into_iter().find_map(|message| Some((message.link?, message.token?)));
    let (link, token) = mail.unwrap();
    assert_eq!(link, format!("https://app.example/?deviceRegistrationToken={token}"));
    token
}

#[tokio::test]
async fn the_first_device_is_trusted_and_the_second_waits_for_its_link() {
    let app = start().await;
    let first = sign_in_on(&app, &app.device).await;
    assert_eq!(first.answer["user"]["scope"], "user:basic");
    let phone = Device::new();
    let login = sign_in_on(&app, &phone).await;
    assert_eq!(login.answer["user"]["scope"], "device:register");
    let refused = app.get("users/mfa").bearer(&login.token).send().await;
    assert_eq!(refused.body, json!({ "error": "Insufficient scope permissions" }));
    app.check(&login, "wallet:export").await;

    let token = mailed_token(&app);
    let done = Login::from_answer(complete(&app, &login, &phone, &token).await.ok());
    assert_eq!(done.answer["user"]["scope"], "user:basic");
    assert_eq!(done.user_id(), first.user_id());
    complete(&app, &done, &phone, &token).await.refused(422, "device_registration_token_used");
    assert_eq!(sign_in_on(&app, &phone).await.answer["user"]["scope"], "user:basic");
}

#[tokio::test]
async fn a_link_expires_and_a_made_up_one_is_unknown() {
    let app = start().await;
    sign_in_on(&app, &app.device).await;
    let phone = Device::new();
    let login = sign_in_on(&app, &phone).await;
    let token = mailed_token(&app);
    complete(&app, &login, &phone, "made-up").await.refused(422, "invalid_device_registration_token");
    app.sandbox.clock().advance(15 * 60);
    complete(&app, &login, &phone, &token).await.refused(422, "device_registration_token_expired");
}

#[tokio::test]
async fn the_control_api_makes_links_and_a_stranger_s_link_answers_with_the_stranger() {
    let app = start().await;
    let anna = sign_in_on(&app, &app.device).await;
    let bela = app.sign_in("bela@peer.example").await;
    let made = app.control(Method::POST, "device-registrations").json(json!({ "userId": bela.user_id() }));
    let made = made.send().await.ok();
    let answer = complete(&app, &anna, &app.device, made["token"].as_str().unwrap()).await.ok();
    assert_eq!(answer["user"]["id"], bela.user_id());
    let nobody = json!({ "userId": "00000000-0000-4000-8000-000000000000" });
    let refused = app.control(Method::POST, "device-registrations").json(nobody).send().await;
    assert_eq!(refused.status.as_u16(), 400);
}

#[tokio::test]
async fn devices_are_listed_and_a_revoked_one_ends_its_sessions_at_once() {
    let app = start().await;
    let here = sign_in_on(&app, &app.device).await;
    let phone = Device::new();
    let there = sign_in_on(&app, &phone).await;
    let there = Login::from_answer(complete(&app, &there, &phone, &mailed_token(&app)).await.ok());

    let list = signed(&app, &here, Method::GET, "deviceRegistrations").await.ok();
    assert_eq!(list["count"], 2);
    let other: Vec<&Value> = list["deviceRegistrations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["isCurrentDevice"] == false)
        .collect();
    assert_eq!(other.len(), 1);
    let path = format!("deviceRegistrations/{}", other[0]["id"].as_str().unwrap());
    let revoked = signed(&app, &here, Method::DELETE, &path).await.ok();
    assert_eq!(revoked, json!({ "currentDeviceRevoked": false }));
    app.get("session").bearer(&there.token).send().await.unauthorized();
    app.get("session").bearer(&here.token).send().await.ok();
    let again = signed(&app, &here, Method::DELETE, &path).await;
    again.refused(404, "device_registration_not_found");

    let all = signed(&app, &here, Method::DELETE, "deviceRegistrations").await.ok();
    assert_eq!(all, json!({ "currentDeviceRevoked": true }));
    app.get("session").bearer(&here.token).send().await.unauthorized();
}

#[tokio::test]
async fn where_it_is_off_there_is_no_registered_device() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let refused = signed(&app, &login, Method::GET, "deviceRegistrations").await;
    refused.unauthorized();
    assert_eq!(refused.body, json!({ "message": "No registered device" }));
    app.get("session").bearer(&login.token).send().await.ok();
}

#[tokio::test]
async fn revoking_the_own_device_ends_the_own_session_and_leaves_the_others() {
    let app = start().await;
    let here = sign_in_on(&app, &app.device).await;
    let phone = Device::new();
    let there = sign_in_on(&app, &phone).await;
    let there = Login::from_answer(complete(&app, &there, &phone, &mailed_token(&app)).await.ok());
    let also_here = sign_in_on(&app, &app.device).await;

    let list = signed(&app, &here, Method::GET, "deviceRegistrations").await.ok();
    let own =
        list["deviceRegistrations"].as_array().unwrap().iter().find(|one| one["isCurrentDevice"] == true);
    let path = format!("deviceRegistrations/{}", own.unwrap()["id"].as_str().unwrap());
    let revoked = signed(&app, &here, Method::DELETE, &path).await.ok();
    assert_eq!(revoked, json!({ "currentDeviceRevoked": true }));
    for ended in [&here, &also_here] {
        app.get("session").bearer(&ended.token).send().await.unauthorized();
    }
    app.get("session").bearer(&there.token).send().await.ok();
    // Three codes in ten minutes are the limit.
    app.sandbox.clock().advance(600);
    assert_eq!(sign_in_on(&app, &app.device).await.answer["user"]["scope"], "device:register");
}

#[tokio::test]
async fn without_an_address_there_is_no_mail_and_the_device_waits_for_a_link() {
    let app = start().await;
    let jwt = app.control(Method::POST, "external-jwt").json(json!({ "sub": "u-1" })).send().await.ok();
    let sign_in = async |device: &Device| {
        let nonce = app.nonce().await;
        let call = app.post("externalAuth/signin", json!({ "jwt": jwt["jwt"] })).signed_by(device, &nonce);
        Login::from_answer(call.send().await.ok())
    };
    assert_eq!(sign_in(&app.device).await.answer["user"]["scope"], "user:basic");
    let phone = Device::new();
    let login = sign_in(&phone).await;
    assert_eq!(login.answer["user"]["scope"], "device:register");
    assert!(app.sandbox.outbox().messages(&MessageFilter::default()).is_empty());
    let made = app.control(Method::POST, "device-registrations").json(json!({ "userId": login.user_id() }));
    let made = made.send().await.ok();
    let done = complete(&app, &login, &phone, made["token"].as_str().unwrap()).await.ok();
    assert_eq!(done["user"]["scope"], "user:basic");
}
