//! Against a server that the program did not start. Here that is a sandbox of the test's own, whose outbox
//! the program cannot see.

use std::net::TcpListener;
use std::time::UNIX_EPOCH;

use serde_json::json;
use stepup_sandbox::{Sandbox, SandboxConfig};
use totp_rs::{Builder, Secret};

use super::support::{Demo, Ended};

const EMAIL: &str = "grace@example.com";
const CODE: &str = "Code from the message: ";
const TOTP: &str = "Code of the authenticator app: ";
const LINK: &str = "until chapter 6? [y/N]: ";

async fn sandbox() -> Sandbox {
    Sandbox::start(SandboxConfig::default()).await.unwrap()
}

fn start(sandbox: &Sandbox) -> Demo {
    let (id, base_url) = (sandbox.environment_id().to_string(), sandbox.base_url());
    Demo::start(&["--environment", &id, "--base-url", &base_url, "--origin", "http://localhost"])
}

async fn sign_in(demo: &mut Demo, sandbox: &Sandbox) {
    demo.until("E-mail address to sign in with: ").await;
    demo.answer(EMAIL).await;
    demo.until(CODE).await;
    demo.answer(&sandbox.outbox().latest_code(EMAIL).unwrap()).await;
}

/// What an authenticator app shows; the clock moves on, because each code counts once.
async fn type_totp(demo: &mut Demo, sandbox: &Sandbox, secret: &str) {
    demo.until(TOTP).await;
    sandbox.clock().advance(30);
    let now = sandbox.clock().now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let secret = Secret::try_from_base32(secret).unwrap();
    let code = Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string();
    demo.answer(&code).await;
}

#[tokio::test]
async fn what_is_possible_is_told_and_the_rest_is_named() {
    let sandbox = sandbox().await;
    let mut demo = start(&sandbox);
    sign_in(&mut demo, &sandbox).await;
    demo.until("left out: linking a passkey").await;
    demo.until(LINK).await;
    demo.answer("y").await;
    demo.until("type the secret: ").await;
    let secret = demo.until("\n").await;
    type_totp(&mut demo, &sandbox, &secret).await;
    demo.until("✓ the authenticator app is linked").await;
    type_totp(&mut demo, &sandbox, &secret).await;
    demo.until("✓ wallet:export is granted").await;
    demo.until("left out: the call to a backend").await;
    type_totp(&mut demo, &sandbox, &secret).await;
    demo.until("✓ the authenticator app is gone").await;
    demo.until("left out: a second device").await;
    demo.until("✓ the storage is empty").await;
    let ended = demo.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    assert!(!ended.output.contains("eyJ"), "{}", ended.output);
}

#[tokio::test]
async fn nothing_is_linked_to_an_account_without_consent() {
    let sandbox = sandbox().await;
    let mut demo = start(&sandbox);
    sign_in(&mut demo, &sandbox).await;
    demo.until(LINK).await;
    demo.answer("").await;
    demo.until("left out: linking an authenticator app; as you wish").await;
    demo.until(CODE).await;
    demo.answer(&sandbox.outbox().latest_code(EMAIL).unwrap()).await;
    demo.until("✓ wallet:export is granted").await;
    demo.until("left out: unlinking").await;
    let ended = demo.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    let exchanges = sandbox.log().exchanges();
    assert!(!exchanges.iter().any(|exchange| exchange.path.ends_with("/register/totp")));
}

#[tokio::test]
async fn a_device_that_waits_for_its_registration_only_signs_out() {
    let sandbox = sandbox().await;
    let mut known = start(&sandbox);
    sign_in(&mut known, &sandbox).await;
    known.until(LINK).await;
    let policy = sandbox.policy().merged(&json!({ "deviceRegistration": true })).unwrap();
    sandbox.set_policy(policy);

    let mut further = start(&sandbox);
    sign_in(&mut further, &sandbox).await;
    further.until("left out: everything but signing out").await;
    further.until("✓ the storage is empty").await;
    assert_eq!(further.end().await.code, Some(0));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_as_told() {
    // A port that was free a moment ago, with nobody on it any more.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base_url = format!("http://{address}/api/v0");
    let mut demo =
        Demo::start(&["--environment", "7b0f3a52-6f0e-4c0c-9b1a-52a5f0f6a001", "--base-url", &base_url]);
    demo.until("E-mail address to sign in with: ").await;
    demo.answer(EMAIL).await;
    let Ended { code, output, .. } = demo.end().await;
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("expected: a code is sent"), "{output}");
    assert!(output.contains("no connection, nothing was sent"), "{output}");
}

#[tokio::test]
async fn a_check_that_the_server_fails_is_not_as_told_and_the_session_is_ended() {
    let sandbox = sandbox().await;
    let fault = json!({ "method": "POST", "path": "stepUp/check", "status": 500 });
    sandbox.faults().add(serde_json::from_value(fault).unwrap());
    let mut demo = start(&sandbox);
    sign_in(&mut demo, &sandbox).await;
    demo.until(LINK).await;
    demo.answer("n").await;
    let Ended { code, output, .. } = demo.end().await;
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("expected: the answer is the server's"), "{output}");
    let exchanges = sandbox.log().exchanges();
    assert!(exchanges.iter().any(|exchange| exchange.path.ends_with("/revoke")), "{output}");
}
