//! Faults as clients and the log see them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::App;

async fn inject(app: &App, fault: Value) {
    app.control(Method::POST, "faults").json(fault).send().await.ok();
}

#[tokio::test]
async fn a_status_with_headers_and_body_replaces_the_answer_as_often_as_told() {
    let app = App::start().await;
    inject(
        &app,
        json!({ "method": "GET", "path": "settings", "count": 1, "status": 503,
        "headers": { "Retry-After": "7" }, "body": { "error": { "code": "down", "message": "later" } } }),
    )
    .await;
    let faulted = app.get("settings").send().await;
    assert_eq!(faulted.status.as_u16(), 503);
    assert_eq!(faulted.headers["retry-after"], "7");
    assert_eq!(faulted.body["error"]["code"], "down");
    app.get("settings").send().await.ok();
    let exchanges = app.sandbox.log().exchanges();
    let faults: Vec<_> =
        exchanges.iter().map(|exchange| (exchange.fault.as_deref(), exchange.status)).collect();
    assert_eq!(faults, [(Some("status 503"), None), (None, Some(200))]);
}

#[tokio::test]
async fn faults_carry_the_sandbox_s_date_and_end_when_deleted() {
    let app = App::start().await;
    app.sandbox.clock().advance(86_400);
    inject(&app, json!({ "method": "POST", "path": "stepUp/check", "status": 500, "body": "<html>" })).await;
    let url = format!("{}/sdk/{}/stepUp/check", app.sandbox.base_url(), app.sandbox.environment_id());
    let response = app.http.post(&url).send().await.unwrap();
    let date = httpdate::parse_http_date(response.headers()["date"].to_str().unwrap()).unwrap();
    assert!(date > std::time::SystemTime::now() + Duration::from_secs(80_000));
    assert_eq!(response.text().await.unwrap(), "<html>");
    app.control(Method::DELETE, "faults").send().await.ok();
    app.post("stepUp/check", json!({ "scope": "wallet:export" })).send().await.unauthorized();
}

#[tokio::test]
async fn a_slow_request_is_one_exchange_even_when_the_client_gives_up() {
    let app = App::start().await;
    inject(&app, json!({ "method": "GET", "path": "settings", "latencyMs": 20, "count": 1 })).await;
    app.get("settings").send().await.ok();
    inject(&app, json!({ "method": "GET", "path": "settings", "hang": true })).await;
    let given_up = tokio::time::timeout(Duration::from_millis(100), app.get("settings").send()).await;
    assert!(given_up.is_err());
    let seen: Vec<_> =
        app.sandbox.log().exchanges().into_iter().map(|exchange| (exchange.fault, exchange.status)).collect();
    assert_eq!(seen, [(Some("latency 20 ms".into()), Some(200)), (Some("hang".into()), None)]);
}

#[tokio::test]
async fn a_cut_connection_is_a_transport_error_and_amid_the_work_was_done() {
    let app = App::start().await;
    inject(&app, json!({ "method": "GET", "path": "nonces", "cut": "before", "count": 1 })).await;
    inject(&app, json!({ "method": "GET", "path": "nonces", "cut": "amid", "count": 1 })).await;
    let url = format!("{}/sdk/{}/nonces", app.sandbox.base_url(), app.sandbox.environment_id());
    assert!(app.http.get(&url).send().await.is_err());
    let begun = app.http.get(&url).send().await.unwrap();
    assert!(begun.text().await.is_err());
    let statuses: Vec<_> =
        app.sandbox.log().exchanges().into_iter().map(|exchange| exchange.status).collect();
    assert_eq!(statuses, [None, Some(200)]);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused_by_name() {
    let app = App::start().await;
    for (fault, named) in [
        (json!({ "method": "GET", "path": "settings", "delay": 1 }), "delay"),
        (json!({ "method": "GET", "path": "settings", "cut": "late" }), "late"),
        (json!({ "method": "GET", "status": 500 }), "path"),
    ] {
        let refused = app.control(Method::POST, "faults").json(fault.clone()).send().await;
        assert_eq!(refused.status.as_u16(), 400, "{fault}");
        assert!(refused.body["error"].as_str().unwrap().contains(named), "{}", refused.body);
    }
}
