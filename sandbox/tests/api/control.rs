//! The control API: outbox, clock, log, reset; and the handles of the library.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::{Value, json};
use stepup_sandbox::{Channel, MessageFilter, Sandbox, SandboxConfig, StartError};

use crate::support::{App, http};

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn the_outbox_is_filtered_and_newest_first() {
    let app = App::start().await;
    let first = app.send_email(ANNA).await;
    let second = app.send_email(ANNA).await;
    app.send_email("bela@peer.example").await;
    let number = json!({ "phoneCountryCode": "1", "phoneNumber": "2025550123", "isoCountryCode": "US" });
    app.post("smsVerifications/create", number).send().await.ok();
    let outbox = async |query: &str| {
        let messages = app.control(Method::GET, &format!("outbox{query}")).send().await.ok();
        messages["messages"].as_array().unwrap().clone()
    };
    assert_eq!(outbox("").await.len(), 4);
    let ids: Vec<_> = outbox("?to=anna@peer.example")
        .await
        .iter()
        .map(|message| message["verificationUUID"].clone())
        .collect();
    assert_eq!(ids, [second.as_str(), first.as_str()]);
    let one = outbox(&format!("?verificationUUID={first}")).await;
    assert_eq!((one.len(), &one[0]["kind"], &one[0]["channel"]), (1, &json!("otp"), &json!("email")));
    assert!(one[0]["code"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(outbox("?channel=sms").await[0]["to"], "+12025550123");
    assert_eq!(app.control(Method::GET, "outbox?from=x").send().await.status.as_u16(), 400);

    let sms = MessageFilter { channel: Some(Channel::Sms), ..MessageFilter::default() };
    assert_eq!(app.sandbox.outbox().messages(&sms).len(), 1);
}

#[tokio::test]
async fn every_answer_carries_the_sandbox_s_clock() {
    let app = App::start().await;
    let moved =
        app.control(Method::POST, "clock").json(json!({ "advanceSeconds": 86_400 })).send().await.ok();
    assert_eq!(moved["offsetSeconds"], 86_400);
    for answer in
        [app.get("settings").send().await, app.get("session").send().await, app.get("x/y").send().await]
    {
        let date = httpdate::parse_http_date(answer.headers["date"].to_str().unwrap()).unwrap();
        let ahead = date.duration_since(SystemTime::now()).unwrap();
        assert!((86_390..=86_400).contains(&ahead.as_secs()), "{ahead:?}");
    }
    app.sandbox.clock().advance(-86_400);
    let distance = SystemTime::now().duration_since(app.sandbox.clock().now()).unwrap_or_default();
    assert!(distance < Duration::from_secs(1));
    let refused = app.control(Method::POST, "clock").json(json!({ "seconds": 1 })).send().await;
    assert_eq!(refused.status.as_u16(), 400);
    assert!(refused.body["error"].as_str().unwrap().contains("seconds"));
}

#[tokio::test]
async fn the_log_names_the_checks_and_holds_no_whole_token() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["wallet:export"]).await;
    let token = login.elevated();
    app.protected(&login, Some(&token), "wallet:export").await.ok();
    app.protected(&login, Some(&token), "wallet:export").await;
    let log = app.control(Method::GET, "log").send().await.ok();
    let text = log.to_string();
    assert!(!text.contains(&token) && !text.contains(&login.token));
    let exchanges = log["exchanges"].as_array().unwrap();
    let find = |path: &str| {
        exchanges.iter().filter(|one| one["path"].as_str().unwrap().ends_with(path)).collect::<Vec<&Value>>()
    };
    let verify = find("emailVerifications/verify")[0];
    assert_eq!((&verify["method"], &verify["status"]), (&json!("POST"), &json!(200)));
    assert_eq!(verify["body"]["requestedScopes"], json!(["wallet:export"]));
    let checks: Vec<_> =
        verify["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    assert_eq!(checks, ["device_signature", "session", "code", "elevation"]);
    let last = find("protected")[1]["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["passed"], false);
    assert_eq!(last["detail"], "single-use token was used before");
    assert!(find("outbox").is_empty());
    assert_eq!(app.sandbox.log().exchanges().len(), exchanges.len());
}

#[tokio::test]
async fn reset_forgets_everything() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    app.sandbox.clock().advance(100);
    app.control(Method::PATCH, "policy").json(json!({ "otpLifeSeconds": 1 })).send().await.ok();
    let fault = json!({ "method": "GET", "path": "settings", "status": 500 });
    app.control(Method::POST, "faults").json(fault).send().await.ok();
    app.control(Method::POST, "reset").send().await.ok();
    app.get("session").bearer(&login.token).send().await.unauthorized();
    app.get("settings").send().await.ok();
    assert_eq!(app.sandbox.clock().offset_seconds(), 0);
    assert_eq!(app.sandbox.policy().otp_life_seconds, 600);
    assert_eq!(app.sandbox.outbox().latest_code(ANNA), None);
    assert_ne!(app.sign_in(ANNA).await.user_id(), login.user_id());
}

#[tokio::test]
async fn it_stops_when_told_and_when_dropped() {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let url = sandbox.url().to_owned();
    assert!(http().get(&url).send().await.is_ok());
    sandbox.stop().await.unwrap();
    assert!(http().get(&url).send().await.is_err());

    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    drop(sandbox);
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn it_does_not_start_where_others_could_reach_it_or_with_a_bad_rp_id() {
    let open = SandboxConfig { listen: "0.0.0.0:0".parse().unwrap(), ..SandboxConfig::default() };
    assert!(matches!(Sandbox::start(open).await, Err(StartError::NotLoopback(_))));
    let address = SandboxConfig { rp_id: "127.0.0.1".into(), ..SandboxConfig::default() };
    assert!(matches!(Sandbox::start(address).await, Err(StartError::RelyingParty(_))));
}
