//! Headers for calls that the app makes itself.

use serde_json::json;
use stepup_core::{HttpHeader, SessionTokenKind, StepUpError, TokenScope};
use stepup_test_support::World;

use crate::helpers::{EXPORT, SIGN, UNLINK, holds, patch_policy};

async fn headers(world: &World, scope: TokenScope) -> Result<Vec<HttpHeader>, StepUpError> {
    world.client.step_up().authorization_headers(scope, None).await
}

fn names(headers: &[HttpHeader]) -> Vec<String> {
    headers.iter().map(|header| header.name.to_lowercase()).collect()
}

async fn bearer(world: &World) -> String {
    let token = world.client.auth().session_token(SessionTokenKind::Minified, None).await;
    format!("Bearer {}", token.unwrap().unwrap().expose())
}

fn required(scope: TokenScope) -> StepUpError {
    let operation = "authorization_headers".into();
    StepUpError::StepUpRequired { operation, scope, token_was_attached: false }
}

async fn signed_in() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world
}

#[tokio::test]
async fn with_a_token_it_goes_along_and_is_spent() {
    let world = signed_in().await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    let given = headers(&world, EXPORT).await.unwrap();
    assert_eq!(names(&given), ["authorization", "x-dyn-elevated-access-token"]);
    assert_eq!(given[0].value, bearer(&world).await);
    assert!(!holds(&world, EXPORT));
    assert_eq!(world.count("stepUp/check"), 0, "a held token needs no question");
    assert_eq!(headers(&world, EXPORT).await, Err(required(EXPORT)));
}

#[tokio::test]
async fn with_a_reusable_token_they_can_be_had_again() {
    let world = signed_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    let first = headers(&world, UNLINK).await.unwrap();
    assert_eq!(headers(&world, UNLINK).await.unwrap(), first);
}

#[tokio::test]
async fn where_the_server_requires_nothing_the_session_goes_alone() {
    let world = signed_in().await;
    let given = headers(&world, SIGN).await.unwrap();
    assert_eq!(names(&given), ["authorization"]);
    assert_eq!(given[0].value, bearer(&world).await);
    patch_policy(&world, &json!({ "actions": [{ "action": "wallet.waas.sign", "required": true }] }));
    assert_eq!(headers(&world, SIGN).await, Err(required(SIGN)));
}

#[tokio::test]
async fn i01_where_the_server_cannot_be_asked_a_step_up_is_required() {
    let world = signed_in().await;
    for fault in [
        json!({ "status": 500 }),
        json!({ "body": {} }),
        json!({ "body": { "isRequired": "false" } }),
        json!({ "hang": true }),
    ] {
        let mut rule = json!({ "method": "POST", "path": "stepUp/check", "count": 1 });
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        world.fault(rule);
        assert_eq!(headers(&world, SIGN).await, Err(required(SIGN)), "{fault}");
    }
    assert_eq!(names(&headers(&world, SIGN).await.unwrap()), ["authorization"]);
}

#[tokio::test]
async fn nobody_signed_in_has_no_headers() {
    let world = World::new().await;
    assert_eq!(headers(&world, SIGN).await, Err(StepUpError::NotSignedIn { answer: None }));
    world.sign_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(headers(&world, UNLINK).await, Err(StepUpError::NotSignedIn { answer: None }));
}

#[tokio::test]
async fn a_session_that_the_server_has_ended_has_no_headers() {
    let world = signed_in().await;
    world.sandbox.reset();
    let refused = headers(&world, SIGN).await;
    assert!(matches!(refused, Err(StepUpError::NotSignedIn { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_cannot_be_a_scope_has_no_headers() {
    let world = signed_in().await;
    for scope in ["", "a b", "a\n"] {
        let refused = headers(&world, scope.into()).await;
        assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    }
    assert_eq!(world.count("stepUp/check"), 0);
}

#[tokio::test]
async fn i12_printing_a_header_does_not_show_its_value() {
    let world = signed_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    for header in headers(&world, UNLINK).await.unwrap() {
        let secret = header.value.trim_start_matches("Bearer ").to_owned();
        for printed in [header.to_string(), format!("{header:?}"), format!("{header:#?}")] {
            assert!(!printed.contains(&secret) && printed.contains(&header.name), "{printed}");
        }
    }
}

#[tokio::test]
async fn the_app_s_backend_accepts_them_once() {
    let world = signed_in().await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    let given = headers(&world, EXPORT).await.unwrap();
    let sent: Vec<_> = given.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
    let scope = json!({ "scope": "wallet:export" });
    assert_eq!(world.control_with("protected", scope.clone(), &sent).await.0, 200);
    let (status, body) = world.control_with("protected", scope, &sent).await;
    assert_eq!((status, &body["code"]), (403, &json!("elevated_access_token_required")));
    let refused = judged(&world, EXPORT, given, status.into(), &body.to_string()).await;
    assert_eq!(refused, Err(refusal(EXPORT, true)));
}

const REFUSAL: &str = r#"{"error":"Elevated access token required"}"#;

async fn judged(
    world: &World,
    scope: TokenScope,
    headers: Vec<HttpHeader>,
    status: i32,
    body: &str,
) -> Result<(), StepUpError> {
    world.client.step_up().ensure_not_refused(scope, headers, status, body.into(), None).await
}

fn refusal(scope: TokenScope, token_was_attached: bool) -> StepUpError {
    StepUpError::StepUpRequired { operation: "http_request".into(), scope, token_was_attached }
}

#[tokio::test]
async fn a_header_says_whether_it_serves_once() {
    let world = signed_in().await;
    for (scope, once) in [(EXPORT, true), (UNLINK, false)] {
        world.verify_by_email(std::slice::from_ref(&scope)).await.unwrap();
        let given = headers(&world, scope).await.unwrap();
        assert_eq!([given[0].single_use, given[1].single_use], [false, once]);
    }
}

#[tokio::test]
async fn fault_44_only_an_answer_that_asks_for_it_requires_a_step_up() {
    let world = signed_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    let sent = headers(&world, UNLINK).await.unwrap();
    let others =
        [(200, REFUSAL), (401, REFUSAL), (403, r#"{"error":"Forbidden"}"#), (403, "<html>"), (403, "")];
    for (status, body) in others {
        assert_eq!(judged(&world, UNLINK, sent.clone(), status, body).await, Ok(()), "{status} {body}");
        assert!(holds(&world, UNLINK));
    }
}

#[tokio::test]
async fn a_token_that_the_app_s_backend_refuses_is_not_sent_again() {
    let mut world = signed_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    let sent = headers(&world, UNLINK).await.unwrap();
    assert_eq!(judged(&world, UNLINK, sent.clone(), 403, REFUSAL).await, Err(refusal(UNLINK, true)));
    assert!(!holds(&world, UNLINK));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(!holds(&world, UNLINK), "nor does it come back with the next start");
    world.advance(1);
    world.verify_by_email(&[UNLINK]).await.unwrap();
    assert_eq!(judged(&world, UNLINK, sent, 403, REFUSAL).await, Err(refusal(UNLINK, true)));
    assert!(holds(&world, UNLINK), "a newer one stays");
}

#[tokio::test]
async fn a_refusal_without_a_token_requires_a_step_up_and_keeps_what_came_meanwhile() {
    let world = signed_in().await;
    let sent = headers(&world, SIGN).await.unwrap();
    world.verify_by_email(&[SIGN]).await.unwrap();
    assert_eq!(judged(&world, SIGN, sent, 403, REFUSAL).await, Err(refusal(SIGN, false)));
    assert!(holds(&world, SIGN));
}
