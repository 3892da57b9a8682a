//! Refusals of the server, in the five shapes they come in (contract §0.5): what is kept of them, and what is
//! not (I11).

use std::time::Duration;

use serde_json::{Value, json};
use stepup_core::{CodeRefusal, ErrorKind, NetworkFailure, StepUpError, TokenScope, UnavailableReason};

use crate::bench::Bench;

const RECOVERY: &str = "users/mfa/recovery";
const OPERATION: &str = "regenerate_recovery_codes";

impl Bench {
    async fn signed_in() -> Self {
        let bench = Self::new().await;
        bench.sign_in().await;
        bench
    }

    /// The error of a call that gets this answer.
    async fn refused(&self, answer: Value) -> StepUpError {
        let mut rule = json!({ "method": "POST", "path": RECOVERY, "count": 1 });
        rule.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        self.fault(rule);
        self.client().mfa().regenerate_recovery_codes(None).await.unwrap_err()
    }

    /// The id of the latest request to an endpoint.
    fn sent_id(&self, method: &str, path: &str) -> String {
        let request = self.door.requests().into_iter().rfind(|request| request.is(method, path)).unwrap();
        request.header("x-dyn-request-id").unwrap().to_owned()
    }
}

#[tokio::test]
async fn fault_29_each_shape_keeps_its_status_its_code_and_the_request_id() {
    let bench = Bench::signed_in().await;
    for (status, body, code) in [
        (400, json!({ "error": "text" }), None),
        (404, json!({ "error": "text", "code": "not_found" }), Some("not_found")),
        (
            422,
            json!({ "error": "text", "code": "lock_timeout", "payload": { "email": "x" } }),
            Some("lock_timeout"),
        ),
        (403, json!({ "error": { "code": "blocked", "message": "no" }, "payload": {} }), Some("blocked")),
        (409, json!({ "message": "text", "code": 409 }), Some("409")),
        (500, json!("<html><h1>Internal Server Error</h1></html>"), None),
        (500, json!(""), None),
        (500, json!("[1, 2"), None),
        (500, json!({ "error": null, "code": null }), None),
        (500, json!([{ "code": "a" }]), None),
    ] {
        let error = bench.refused(json!({ "status": status, "body": body })).await;
        let StepUpError::Server { operation, answer, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!((operation.as_str(), answer.status), (OPERATION, status), "{body}");
        assert_eq!(answer.code.as_deref(), code, "{body}");
        assert_eq!(answer.request_id, bench.sent_id("POST", RECOVERY), "{body}");
        assert_eq!(error.server_answer().as_ref(), Some(answer));
    }
}

#[tokio::test]
async fn fault_29_a_numeric_429_is_a_rate_limit() {
    let bench = Bench::signed_in().await;
    let body = json!({ "message": "Rate limit exceeded", "code": 429 });
    let error = bench.refused(json!({ "status": 429, "body": body })).await;
    let StepUpError::RateLimited { retry_after: None, answer: Some(answer) } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((answer.status, answer.code.as_deref()), (429, Some("429")));
    assert_eq!(answer.request_id, bench.sent_id("POST", RECOVERY));
    assert_eq!(error.kind(), ErrorKind::RetryLater);
}

#[tokio::test]
async fn fault_29_retry_after_reaches_the_app_as_seconds_or_as_a_date() {
    let bench = Bench::signed_in().await;
    let now = bench.world.sandbox.clock().now();
    let date = |after: u64| httpdate::fmt_http_date(now + Duration::from_secs(after));
    for (status, header, expected) in [
        (429, "7".to_owned(), 7..=7),
        (503, " 12 ".to_owned(), 12..=12),
        // The answer's own `Date` is what it counts from, whatever the device's clock says.
        (429, date(90), 80..=90),
        (500, date(3_600), 3_590..=3_600),
    ] {
        bench.world.clock.set_ahead(1_000);
        let error = bench.refused(json!({ "status": status, "headers": { "retry-after": header } })).await;
        let wait = error.retry_after().unwrap_or_else(|| panic!("{header}: {error:?}")).as_secs();
        assert!(expected.contains(&wait), "{header}: {wait}");
    }
    for header in ["soon", "-1", ""] {
        let error = bench.refused(json!({ "status": 429, "headers": { "retry-after": header } })).await;
        assert_eq!(error.retry_after(), None, "{header:?}");
    }
}

#[tokio::test]
async fn fault_29_a_401_keeps_its_code_whether_the_session_is_over_or_not() {
    let bench = Bench::signed_in().await;
    let refusal = json!({ "status": 401, "body": { "error": "Unauthorized", "code": "token_revoked" } });

    let error = bench.refused(refusal.clone()).await;
    let StepUpError::Server { answer, .. } = &error else { panic!("{error:?}") };
    assert_eq!((answer.status, answer.code.as_deref()), (401, Some("token_revoked")));
    assert!(bench.snapshot().await.is_signed_in());

    bench.fault(json!({ "method": "GET", "path": "session", "status": 401 }));
    let error = bench.refused(refusal).await;
    let StepUpError::NotSignedIn { answer: Some(answer) } = &error else { panic!("{error:?}") };
    assert_eq!((answer.status, answer.code.as_deref()), (401, Some("token_revoked")));
    assert_eq!(answer.request_id, bench.sent_id("POST", RECOVERY));
    assert!(!bench.snapshot().await.is_signed_in());
}

#[tokio::test]
async fn fault_24_a_401_on_the_list_of_factors_is_not_an_empty_list() {
    let bench = Bench::signed_in().await;
    bench.fault(
        json!({ "method": "GET", "path": "users/mfa/methods", "status": 401, "body": { "error": "no" } }),
    );
    let error = bench.client().mfa().methods(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::Server { .. }), "the session is alive: {error:?}");
    bench.fault(json!({ "method": "GET", "path": "session", "status": 401 }));
    let error = bench.client().mfa().methods(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignInAgain, "{error:?}");
}

#[tokio::test]
async fn fault_43_a_step_up_that_is_missing_names_operation_scope_and_whether_a_token_was_attached() {
    let bench = Bench::signed_in().await;
    let required = |error: StepUpError| match error {
        StepUpError::StepUpRequired { operation, scope, token_was_attached } => {
            (operation, scope.to_string(), token_was_attached)
        }
        other => panic!("{other:?}"),
    };
    let without = bench.client().mfa().enroll_totp(None).await.unwrap_err();
    assert_eq!(required(without), ("enroll_totp".into(), "credential:link".into(), false));

    bench.world.verify_by_email(&[TokenScope::CREDENTIAL_LINK]).await.unwrap();
    let refusal = json!({ "error": { "code": "elevated_access_token_required", "message": "no" } });
    bench
        .fault(json!({ "method": "GET", "path": "users/mfa/register/totp", "status": 403, "body": refusal }));
    let with = bench.client().mfa().enroll_totp(None).await.unwrap_err();
    assert_eq!(required(with), ("enroll_totp".into(), "credential:link".into(), true));
    // A token that the server refuses is of no use any more.
    assert!(!bench.client().step_up().has_elevated_access_token(TokenScope::CREDENTIAL_LINK));
}

#[tokio::test]
async fn fault_44_no_other_403_is_about_step_up() {
    let bench = Bench::signed_in().await;
    for body in [
        json!({ "error": "Insufficient scope permissions" }),
        json!({ "error": "Forbidden" }),
        json!({ "error": { "code": "access_list", "message": "not on the list" }, "payload": {} }),
        json!("<html>Forbidden</html>"),
        json!(""),
    ] {
        let path = "users/mfa/register/totp";
        bench.fault(json!({ "method": "GET", "path": path, "status": 403, "body": body, "count": 1 }));
        let error = bench.client().mfa().enroll_totp(None).await.unwrap_err();
        let is_refusal = matches!(&error, StepUpError::Server { answer, .. } if answer.status == 403);
        assert!(is_refusal, "{body}: {error:?}");
        assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    }
}

#[tokio::test]
async fn the_codes_of_the_contract_become_what_the_app_can_act_on() {
    let bench = Bench::signed_in().await;
    let code = |reason| (Some(reason), None);
    let method = |reason| (None, Some(reason));
    for (name, (code, method)) in [
        ("mfa_invalid_code", code(CodeRefusal::Wrong)),
        ("wrong_email_verification_token", code(CodeRefusal::Wrong)),
        ("wrong_sms_verification_token", code(CodeRefusal::Wrong)),
        ("invalid_email_verification", code(CodeRefusal::Expired)),
        ("invalid_sms_verification", code(CodeRefusal::Expired)),
        ("invalid_verification", code(CodeRefusal::Expired)),
        ("too_many_email_verification_attempts", code(CodeRefusal::TooManyAttempts)),
        ("too_many_sms_verification_attempts", code(CodeRefusal::TooManyAttempts)),
        ("too_many_verification_attempts", code(CodeRefusal::TooManyAttempts)),
        ("mfa_device_not_found", method(UnavailableReason::NotEnrolled)),
        ("passkey_not_found", method(UnavailableReason::NotEnrolled)),
        ("credential_not_enabled_for_sign_in", method(UnavailableReason::NotEnabledForSignIn)),
    ] {
        let error = bench.refused(json!({ "status": 422, "body": { "error": "text", "code": name } })).await;
        match &error {
            StepUpError::InvalidCode { reason, .. } => assert_eq!(Some(*reason), code, "{name}"),
            StepUpError::MethodUnavailable { reason, .. } => assert_eq!(Some(*reason), method, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
        let answer = error.server_answer().unwrap();
        assert_eq!((answer.status, answer.code.as_deref()), (422, Some(name)));
        assert_eq!(answer.request_id, bench.sent_id("POST", RECOVERY));
    }
    for (status, name) in [(422, "mfa_rate_limited"), (429, "mfa_rate_limited"), (422, "too_many_requests")] {
        let error =
            bench.refused(json!({ "status": status, "body": { "error": "text", "code": name } })).await;
        assert!(matches!(error, StepUpError::RateLimited { answer: Some(_), .. }), "{name}: {error:?}");
    }
    let error = bench.refused(json!({ "status": 422, "body": { "code": "invalid_scopes" } })).await;
    assert!(
        matches!(&error, StepUpError::InvalidArgument { argument, .. } if argument == "scopes"),
        "{error:?}"
    );
}

#[tokio::test]
async fn i11_network_failures_and_unexpected_answers_name_the_request() {
    let bench = Bench::signed_in().await;
    let error = bench.refused(json!({ "cut": "before" })).await;
    let StepUpError::Network { failure: NetworkFailure::Interrupted, request_id } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*request_id, bench.sent_id("POST", RECOVERY));
    let error = bench.refused(json!({ "body": "no JSON" })).await;
    let StepUpError::UnexpectedAnswer { request_id, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*request_id, bench.sent_id("POST", RECOVERY));
}
