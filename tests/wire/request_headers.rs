//! Headers of requests (contract §0.1): what goes along with every one, and what with some.

use serde_json::json;
use stepup_core::SessionTokenKind;

use crate::{
    bench::Bench,
    door::Recorded,
    operations::Row,
    sweep::{Swept, every_operation},
};

/// Calls of somebody who signs in, and of nobody: they carry no session, even if there is one.
const WITHOUT_SESSION: [&str; 14] = [
    "nonces",
    "settings",
    "send_email_otp",
    "resend_email_otp",
    "sign_in_with_email_otp",
    "send_sms_otp",
    "resend_sms_otp",
    "sign_in_with_sms_otp",
    "prepare_passkey_sign_in",
    "sign_in_with_passkey",
    "begin_social_sign_in",
    "sign_in_with_social",
    "sign_in_with_wallet",
    "sign_in_with_external_jwt",
];

fn is_alphanumeric(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn all<'a>(requests: &'a [Recorded], name: &str) -> Vec<&'a str> {
    requests
        .iter()
        .map(|request| request.header(name).unwrap_or_else(|| panic!("{name}: {request:?}")))
        .collect()
}

/// A client that has signed in, looked around, and stepped up.
async fn some_requests(bench: &Bench) -> Vec<Recorded> {
    bench.sign_in().await;
    bench.client().step_up().send_otp(None, None).await.unwrap();
    bench.client().mfa().methods(None).await.unwrap();
    bench.client().auth().refresh(None).await.unwrap();
    let requests = bench.door.requests();
    assert!(requests.len() >= 5);
    requests
}

#[tokio::test]
async fn every_request_says_which_client_sends_it() {
    let bench = Bench::with_config(|config| {
        config.client_version = Some("MyApp/1.2.0".into());
        config.api_version = Some("API/9.9".into());
        config.platform_name = Some("android".into());
        config.device_name = Some("Pixel 9; Android 16".into());
        config.app_origin = Some("https://app.example".into());
    })
    .await;
    for request in some_requests(&bench).await {
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("x-dyn-version"), Some("MyApp/1.2.0"));
        assert_eq!(request.header("x-dyn-api-version"), Some("API/9.9"));
        assert_eq!(request.header("x-dynamic-platform"), Some("android"));
        assert_eq!(request.header("origin"), Some("https://app.example"));
        let agent = request.header("user-agent").unwrap();
        assert!(agent.starts_with("StepUp/") && agent.ends_with(" (Pixel 9; Android 16)"), "{agent}");
    }
}

#[tokio::test]
async fn a_client_without_an_origin_sends_none() {
    let bench = Bench::with_config(|config| config.app_origin = None).await;
    assert!(some_requests(&bench).await.iter().all(|request| request.header("origin").is_none()));
}

#[tokio::test]
async fn each_request_has_an_id_and_each_client_another() {
    let mut bench = Bench::new().await;
    let first = some_requests(&bench).await;
    let mut ids = all(&first, "x-dyn-request-id");
    assert!(ids.iter().all(|id| is_alphanumeric(id, 50)), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), first.len(), "an id is not used twice");
    let sessions = all(&first, "x-dyn-session-id");
    assert!(is_alphanumeric(sessions[0], 32), "{}", sessions[0]);
    assert!(sessions.iter().all(|id| *id == sessions[0]), "a client keeps its id");

    bench.restart();
    bench.door.forget();
    bench.client().auth().refresh(None).await.unwrap();
    assert_ne!(all(&bench.door.requests(), "x-dyn-session-id")[0], sessions[0], "another client, another id");
}

#[tokio::test]
async fn the_environment_id_is_sent_in_lower_case() {
    let bench = Bench::with_config(|config| config.environment_id.make_ascii_uppercase()).await;
    let lower = bench.world.sandbox.environment_id().to_string();
    assert_ne!(bench.config.environment_id, lower);
    for request in some_requests(&bench).await {
        assert!(request.full_path.starts_with(&format!("/api/v0/sdk/{lower}/")), "{}", request.full_path);
    }
}

#[tokio::test]
async fn a_cookie_is_not_sent_back() {
    let bench = Bench::new().await;
    for (method, path, status) in
        [("GET", "users/mfa/methods", 200), ("GET", "nonces", 200), ("POST", "stepUp/check", 401)]
    {
        let cookie = "DYNAMIC_JWT_TOKEN=eyJ; Path=/; SameSite=Lax";
        bench.fault(json!({
            "method": method, "path": path, "status": status, "headers": { "set-cookie": cookie }, "count": 1,
            "body": { "devices": [], "passkeys": [], "nonces": ["n"], "error": "no" },
        }));
    }
    // The nonce of the fault was not issued by the sandbox, so the first sign-in is refused.
    let auth = bench.client().auth();
    auth.send_email_otp("ada@example.com".into(), None).await.unwrap();
    let code = bench.world.code("ada@example.com");
    auth.sign_in_with_otp(code.clone(), None, None).await.unwrap_err();
    auth.sign_in_with_otp(code, None, None).await.unwrap();
    bench.client().mfa().methods(None).await.unwrap();
    bench.client().step_up().check("wallet:delete".into(), None).await.unwrap();
    auth.refresh(None).await.unwrap();
    assert_eq!(bench.world.sandbox.log().exchanges().iter().filter(|seen| seen.fault.is_some()).count(), 3);
    assert!(bench.door.requests().iter().all(|request| request.header("cookie").is_none()));
}

#[tokio::test]
async fn fault_37_a_sign_in_never_carries_a_session_and_everything_else_always_does() {
    for Swept { row, request, tokens, .. } in every_operation().await {
        let is_without = WITHOUT_SESSION.contains(&row.operation());
        let expected = (!is_without).then(|| format!("Bearer {}", tokens.session()));
        assert_eq!(request.header("authorization"), expected.as_deref(), "{}", row.name);
        // When a logout is sent, the key is on its way out too. The body of a sign-in with a passkey has no
        // place for it.
        let has_key = row.name == "sign_in_with_passkey" || (!is_without && row.name != "logout");
        assert_eq!(request.header("x-dyn-session-public-key").is_some(), has_key, "{}", row.name);
    }
}

#[tokio::test]
async fn i07_the_next_request_goes_out_with_the_session_that_was_issued_last() {
    let bench = Bench::new().await;
    bench.sign_in().await;
    for _ in 0..3 {
        bench.client().auth().refresh(None).await.unwrap();
        let token = bench.client().auth().session_token(SessionTokenKind::Minified, None).await.unwrap();
        bench.client().mfa().methods(None).await.unwrap();
        let row = Row { name: "mfa_methods", method: "GET", path: "users/mfa/methods" };
        let request = bench.requests(row).pop().unwrap();
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {}", token.unwrap().expose())));
    }
}

#[tokio::test]
async fn fault_12_the_session_key_is_the_one_that_the_session_was_issued_for() {
    let bench = Bench::new().await;
    let sign_in = Row { name: "", method: "POST", path: "emailVerifications/signin" };
    let methods = Row { name: "", method: "GET", path: "users/mfa/methods" };
    let mut keys = Vec::new();
    for _ in 0..2 {
        bench.sign_in().await;
        bench.client().mfa().methods(None).await.unwrap();
        let body = bench.requests(sign_in).pop().unwrap().body.unwrap();
        let announced = body["sessionPublicKey"].as_str().unwrap().to_owned();
        let request = bench.requests(methods).pop().unwrap();
        assert_eq!(request.header("x-dyn-session-public-key"), Some(&*announced));
        keys.push(announced);
        bench.client().auth().logout(None).await.unwrap();
    }
    assert_ne!(keys[0], keys[1], "a logout ends the session key");
}
