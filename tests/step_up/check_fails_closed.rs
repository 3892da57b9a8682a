//! Whatever goes wrong, a check says "required" (I1).

use serde_json::{Value, json};
use stepup_core::{
    CancelToken, CheckReason, CredentialFormat, ErrorKind, StepUpCheck, StepUpError, TokenScope,
};
use stepup_test_support::{EMAIL, StorageMode, World};

use crate::{
    gate::Gate,
    helpers::{EXPORT, SIGN},
};

async fn signed_in() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world
}

/// Checks a scope that the server does not gate, so that only the failure can make it required.
async fn check(world: &World) -> StepUpCheck {
    world.client.step_up().check(SIGN, None).await.unwrap()
}

/// Checks while the endpoint behaves as told; afterwards the next check must work.
async fn check_with(world: &World, fault: &Value) -> StepUpCheck {
    let mut rule = json!({ "method": "POST", "path": "stepUp/check" });
    rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
    world.fault(rule);
    let answered = check(world).await;
    world.sandbox.faults().clear();
    assert_eq!(check(world).await.reason, CheckReason::NotRequiredByServer, "after {fault}");
    answered
}

/// Required, and with what the signed-in user can probably verify with.
#[track_caller]
fn assert_closed(check: &StepUpCheck, reason: &CheckReason, what: &str) {
    assert!(check.is_required && !check.is_confirmed, "{what}: {check:?}");
    assert_eq!(check.reason, *reason, "{what}");
    let [credential] = &check.credentials[..] else { panic!("{what}: {check:?}") };
    assert_eq!((&credential.format, credential.alias.as_deref()), (&CredentialFormat::Email, Some(EMAIL)));
    assert_eq!(check.default_credential_id.as_ref(), Some(&credential.id), "{what}");
}

#[track_caller]
fn assert_knows_nobody(check: &StepUpCheck) {
    assert!(check.is_required && !check.is_confirmed, "{check:?}");
    assert_eq!(check.reason, CheckReason::NotSignedIn);
    assert_eq!((&check.credentials[..], &check.default_credential_id), (&[][..], &None));
}

const RETRY_LATER: CheckReason = CheckReason::CouldNotAsk { kind: ErrorKind::RetryLater };

#[tokio::test]
async fn i01_fault_01_an_answer_that_does_not_say_so_is_required() {
    let world = signed_in().await;
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "false",
        r#"{"credentials":[]}"#,
        r#"{"isRequired":null,"credentials":[]}"#,
        r#"{"isRequired":"false","credentials":[]}"#,
        r#"{"isRequired":0,"credentials":[]}"#,
        r#"{"isRequired":[],"credentials":[]}"#,
        r#"{"isrequired":false}"#,
        r#"{"isRequired":false,"isRequired":false}"#,
        r#"{"isRequired":fal"#,
        r#"{"isRequired":false"#,
        r#"{"isRequired":false}{"#,
        "<html><body>OK</body></html>",
        "\u{0}",
    ] {
        let answered = check_with(&world, &json!({ "body": body })).await;
        assert_closed(&answered, &CheckReason::MalformedAnswer, body);
    }
}

#[tokio::test]
async fn i01_a_refusal_is_required() {
    let world = signed_in().await;
    let fix = CheckReason::CouldNotAsk { kind: ErrorKind::FixConfiguration };
    let bug = CheckReason::CouldNotAsk { kind: ErrorKind::Bug };
    for (status, reason) in [
        (500, &RETRY_LATER),
        (503, &RETRY_LATER),
        (429, &RETRY_LATER),
        // The session is alive: `GET session` says so.
        (401, &RETRY_LATER),
        (403, &fix),
        (404, &fix),
        (400, &bug),
    ] {
        let html = json!({ "status": status, "body": "<html>isRequired: false</html>" });
        assert_closed(&check_with(&world, &html).await, reason, &format!("{status} with HTML"));
        let json = json!({ "status": status, "body": { "isRequired": false, "credentials": [] } });
        assert_closed(&check_with(&world, &json).await, reason, &format!("{status} with JSON"));
    }
}

#[tokio::test]
async fn i01_a_redirect_is_required_and_not_followed() {
    let world = signed_in().await;
    let elsewhere = format!("{}/sdk/{}/settings", world.sandbox.base_url(), world.sandbox.environment_id());
    let redirect = json!({ "status": 307, "headers": { "location": elsewhere } });
    let fix = CheckReason::CouldNotAsk { kind: ErrorKind::FixConfiguration };
    assert_closed(&check_with(&world, &redirect).await, &fix, "a redirect");
    assert_eq!(world.count("settings"), 0);
}

#[tokio::test]
async fn i01_an_answer_that_does_not_arrive_is_required() {
    let world = signed_in().await;
    let huge = "x".repeat(2 << 20);
    for (fault, what) in [
        (json!({ "hang": true }), "hung"),
        (json!({ "cut": "before" }), "cut before the answer"),
        (json!({ "cut": "amid" }), "cut amid the answer"),
        (json!({ "body": { "isRequired": false, "credentials": huge } }), "huge"),
    ] {
        assert_closed(&check_with(&world, &fault).await, &RETRY_LATER, what);
    }
}

#[tokio::test]
async fn i01_a_server_that_is_down_is_required() {
    let mut world = World::new().await;
    let mut gate = Gate::before(&mut world);
    world.sign_in().await;
    gate.shut().await;
    assert_closed(&check(&world).await, &RETRY_LATER, "down");
    gate.open();
    assert_eq!(check(&world).await.reason, CheckReason::NotRequiredByServer);
}

#[tokio::test]
async fn i01_a_user_with_factors_is_offered_these_also_if_the_server_cannot_be_asked() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let answered = check_with(&world, &json!({ "status": 500 })).await;
    assert!(answered.is_required && !answered.is_confirmed);
    let [credential] = &answered.credentials[..] else { panic!("{answered:?}") };
    assert_eq!(
        (credential.id.as_str(), &credential.format),
        (totp.device_id.as_str(), &CredentialFormat::Totp)
    );
    assert_eq!(answered.default_credential_id, Some(totp.device_id.into()));
}

#[tokio::test]
async fn i01_a_session_that_the_server_has_ended_is_required() {
    let world = signed_in().await;
    world.sandbox.reset();
    assert_knows_nobody(&check(&world).await);
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    assert!(world.storage.records().is_empty());
}

#[tokio::test]
async fn i01_a_session_that_has_run_out_is_required_without_a_request() {
    let world = signed_in().await;
    world.clock.set_ahead(7_300);
    assert_knows_nobody(&check(&world).await);
    assert_eq!(world.count("stepUp/check"), 0);
}

#[tokio::test]
async fn i01_i04_an_answer_for_a_session_that_is_over_is_required() {
    let world = signed_in().await;
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "count": 1, "latencyMs": 300 }));
    let (late, ()) = tokio::join!(check(&world), async {
        world.arrived("stepUp/check", 1).await;
        world.client.auth().logout(None).await.unwrap();
    });
    assert_knows_nobody(&late);
}

#[tokio::test]
async fn i01_i04_an_answer_for_the_user_before_is_required() {
    let world = signed_in().await;
    world.client.auth().send_email_otp("bob@example.com".into(), None).await.unwrap();
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "count": 1, "latencyMs": 600 }));
    let (late, ()) = tokio::join!(check(&world), async {
        world.arrived("stepUp/check", 1).await;
        let code = world.code("bob@example.com");
        world.client.auth().sign_in_with_otp(code, None, None).await.unwrap();
    });
    assert_knows_nobody(&late);
    assert_eq!(check(&world).await.reason, CheckReason::NotRequiredByServer);
}

#[tokio::test]
async fn i01_a_storage_that_fails_at_start_up_is_required_until_it_works() {
    let mut world = signed_in().await;
    let bug = CheckReason::CouldNotAsk { kind: ErrorKind::Bug };
    for (mode, reason) in [
        (StorageMode::Fails, &RETRY_LATER),
        (StorageMode::Locked, &RETRY_LATER),
        (StorageMode::Hangs, &RETRY_LATER),
        (StorageMode::Panics, &bug),
    ] {
        world.restart();
        world.storage.set(mode);
        let answered = check(&world).await;
        assert!(answered.is_required && !answered.is_confirmed, "{mode:?}: {answered:?}");
        assert_eq!((&answered.reason, &answered.credentials[..]), (reason, &[][..]), "{mode:?}");
        world.storage.set(StorageMode::Works);
        assert_eq!(check(&world).await.reason, CheckReason::NotRequiredByServer, "{mode:?}");
    }
}

#[tokio::test]
async fn i01_a_stored_session_that_is_not_readable_is_required() {
    let mut world = signed_in().await;
    world.restart();
    world.storage.overwrite(b"garbage");
    assert_knows_nobody(&check(&world).await);
    assert_eq!(world.count("stepUp/check"), 0);
}

#[tokio::test]
async fn i01_only_a_scope_that_cannot_be_one_is_an_error() {
    let world = signed_in().await;
    let long = "x".repeat(10_000);
    for scope in
        ["", " ", "wallet export", "wallet:export ", "a\tb", "a\nb", "a\u{0}b", "a\u{7f}", "ä:b", &long]
    {
        for answered in [
            world.client.step_up().check(TokenScope::from(scope), None).await.map(drop),
            world.client.step_up().is_required(TokenScope::from(scope), None).await.map(drop),
        ] {
            let Err(error @ StepUpError::InvalidArgument { .. }) = answered else {
                panic!("{scope:?}: {answered:?}")
            };
            assert_eq!(error.kind(), ErrorKind::Bug);
            assert!(scope.len() < 5 || !error.to_string().contains(scope), "not repeated: {error}");
        }
    }
    assert_eq!(world.count("stepUp/check"), 0);
    // The server's own opinion about a scope is no reason to open.
    let answered = world.client.step_up().check(TokenScope::from("no-colon"), None).await.unwrap();
    assert!(answered.is_required && !answered.is_confirmed, "{answered:?}");
}

#[tokio::test]
async fn i01_a_cancelled_check_is_an_error() {
    let world = signed_in().await;
    let cancel = CancelToken::new();
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "count": 1, "hang": true }));
    let step_up = world.client.step_up();
    let (cancelled, ()) = tokio::join!(step_up.check(EXPORT, Some(cancel.clone())), async {
        world.arrived("stepUp/check", 1).await;
        cancel.cancel();
    });
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    let before = world.client.step_up().check(SIGN, Some(cancel)).await;
    assert_eq!(before, Err(StepUpError::Cancelled));
    assert_eq!(world.count("stepUp/check"), 1);
    assert_eq!(check(&world).await.reason, CheckReason::NotRequiredByServer);
}

#[tokio::test]
async fn i01_a_check_of_a_client_that_was_shut_down_is_an_error() {
    let world = signed_in().await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "hang": true }));
    let step_up = world.client.step_up();
    let (ended, ()) = tokio::join!(step_up.check(SIGN, None), async {
        world.arrived("stepUp/check", 1).await;
        world.client.shutdown();
    });
    assert_eq!(ended, Err(StepUpError::ClientClosed));
    for scope in [EXPORT, SIGN] {
        assert_eq!(world.client.step_up().check(scope, None).await, Err(StepUpError::ClientClosed));
    }
}
