//! Verifying with an assertion of the app's own backend: a token comes, the session stays.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use stepup_core::{CancelToken, ClientConfig, Elevation, Limits, StepUpError, TokenScope, UnavailableReason};
use stepup_test_support::{TestLog, World, elevated_token, eventually};

use crate::helpers::{
    EXPORT, LINK, assertion, config, holds, refused_argument, session, session_token, unavailable, unix_now,
    world, world_with,
};

const VERIFY: &str = "externalAuth/verify";
const SUBJECT: &str = "user-7";

/// A world in which a user of the app's own backend is signed in.
async fn signed_in() -> World {
    let world = world().await;
    sign_in(&world).await;
    world
}

async fn sign_in(world: &World) {
    let jwt = assertion(world, json!({ "sub": SUBJECT })).await;
    world.client.auth().sign_in_with_external_jwt(jwt, None).await.unwrap();
}

async fn asserted(world: &World, scope: &str) -> String {
    assertion(world, json!({ "sub": SUBJECT, "scope": scope })).await
}

async fn verify(world: &World, jwt: &str) -> Result<Elevation, StepUpError> {
    world.client.step_up().verify_external_jwt(jwt.into(), None).await
}

/// The next verify is answered like this.
fn answer(world: &World, body: Value) {
    world.fault(json!({ "method": "POST", "path": VERIFY, "count": 1, "body": body }));
}

/// A token as the server would grant it, with these claims besides.
async fn granted(world: &World, claims: Value) -> String {
    let user = session(world).await.unwrap().user.id;
    let mut all =
        json!({ "sub": user, "scope": "wallet:export", "exp": unix_now(world) + 300, "singleUse": true });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    elevated_token(&all)
}

#[tokio::test]
async fn an_assertion_elevates_and_leaves_the_session_as_it_is() {
    let mut world = signed_in().await;
    let before = session_token(&world).await;
    let jwt = asserted(&world, "credential:link credential:unlink").await;
    let elevation = verify(&world, &jwt).await.unwrap();
    assert_eq!(elevation.scopes, [LINK, TokenScope::CREDENTIAL_UNLINK]);
    assert_eq!(session_token(&world).await, before);
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(holds(&world, LINK), "a reusable token is written down");
    assert_eq!(world.protected(LINK).await, Ok(200));
}

#[tokio::test]
async fn i05_a_single_use_token_is_not_written_down() {
    let mut world = signed_in().await;
    let jwt = asserted(&world, "wallet:export").await;
    assert!(verify(&world, &jwt).await.unwrap().single_use);
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn a_hopeless_assertion_is_refused_and_not_sent() {
    let world = signed_in().await;
    let now = unix_now(&world);
    let whole = json!({ "sub": SUBJECT, "scope": "wallet:export", "jti": "1", "exp": now + 300 });
    let with = |claim: &str, value: Value| {
        let mut claims = whole.clone();
        claims[claim] = value;
        elevated_token(&claims)
    };
    let mut cases = vec![
        ("not a token".to_owned(), "is not a JWT".to_owned()),
        (with("exp", (now - 1).into()), "has expired".into()),
        (with("scope", "  ".into()), "has no `scope`".into()),
    ];
    for claim in ["sub", "scope", "jti", "exp"] {
        let mut claims = whole.clone();
        claims.as_object_mut().unwrap().remove(claim);
        cases.push((elevated_token(&claims), format!("has no `{claim}`")));
    }
    for (jwt, reason) in cases {
        let refused = refused_argument(verify(&world, &jwt).await);
        assert_eq!(refused, ("jwt".to_owned(), reason), "{jwt}");
    }
    assert_eq!(world.count(VERIFY), 0);
}

#[tokio::test]
async fn an_assertion_serves_once() {
    let world = signed_in().await;
    let jwt = asserted(&world, "wallet:export").await;
    verify(&world, &jwt).await.unwrap();
    assert_eq!(unavailable(verify(&world, &jwt).await), UnavailableReason::ProofRefused);
    assert!(holds(&world, EXPORT), "what it brought the first time stays");
}

#[tokio::test]
async fn an_assertion_about_another_user_is_refused() {
    let world = signed_in().await;
    let jwt = assertion(&world, json!({ "sub": "user-8", "scope": "wallet:export" })).await;
    assert_eq!(unavailable(verify(&world, &jwt).await), UnavailableReason::ProofRefused);
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn i04_a_token_of_another_user_is_not_stored() {
    let world = signed_in().await;
    let jwt = asserted(&world, "wallet:export").await;
    let foreign = granted(&world, json!({ "sub": "somebody else" })).await;
    answer(&world, json!({ "elevatedAccessToken": foreign }));
    assert_eq!(verify(&world, &jwt).await, Err(StepUpError::IdentityMismatch));
    assert!(!holds(&world, EXPORT) && session(&world).await.is_some());
}

#[tokio::test]
async fn what_is_not_granted_is_an_error_and_what_is_granted_is_stored() {
    let world = signed_in().await;
    let jwt = asserted(&world, "wallet:export credential:link").await;
    let fewer = granted(&world, json!({})).await;
    answer(&world, json!({ "elevatedAccessToken": fewer }));
    let refused = verify(&world, &jwt).await;
    assert_eq!(refused, Err(StepUpError::NotElevated { granted: vec![EXPORT], missing: vec![LINK] }));
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn an_answer_without_a_token_that_can_be_used_elevates_nobody() {
    let world = signed_in().await;
    let over = granted(&world, json!({ "exp": unix_now(&world) - 1 })).await;
    for token in [json!(null), json!(""), json!("no token"), json!(over)] {
        let jwt = asserted(&world, "wallet:export").await;
        answer(&world, json!({ "elevatedAccessToken": token }));
        let refused = verify(&world, &jwt).await;
        assert_eq!(refused, Err(StepUpError::NotElevated { granted: vec![], missing: vec![EXPORT] }));
        assert!(!holds(&world, EXPORT));
    }
    let jwt = asserted(&world, "wallet:export").await;
    answer(&world, json!({ "elevatedAccessToken": 7 }));
    assert!(matches!(verify(&world, &jwt).await, Err(StepUpError::UnexpectedAnswer { .. })));
}

/// A verify under way, whose answer comes after this many milliseconds.
async fn under_way(
    world: &World,
    late: u64,
) -> (tokio::task::JoinHandle<Result<Elevation, StepUpError>>, Arc<CancelToken>) {
    let jwt = asserted(world, "wallet:export credential:link").await;
    world.fault(json!({ "method": "POST", "path": VERIFY, "count": 1, "latencyMs": late }));
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let call = tokio::spawn(async move { step_up.verify_external_jwt(jwt, Some(token)).await });
    world.arrived(VERIFY, 1).await;
    (call, cancel)
}

#[tokio::test]
async fn i15_cancelled_before_the_answer_nothing_is_stored() {
    let world = signed_in().await;
    let (call, cancel) = under_way(&world, 400).await;
    cancel.cancel();
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(!holds(&world, LINK));
    // The next one is on its own: what the first would have brought is not among what is held now.
    let jwt = asserted(&world, "wallet:export").await;
    verify(&world, &jwt).await.unwrap();
    assert!(holds(&world, EXPORT) && !holds(&world, LINK));
}

#[tokio::test]
async fn i15_cancelled_while_the_token_is_written_down_it_is_not_kept() {
    let mut world = signed_in().await;
    world.restart_with(ClientConfig { deadlines: None, ..config(&world) });
    world.client.restore(None).await.unwrap();
    let jwt = assertion(&world, json!({ "sub": SUBJECT, "scope": "credential:link" })).await;
    let writes = world.storage.count("put");
    world.storage.hold("put");
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let call = tokio::spawn(async move { step_up.verify_external_jwt(jwt, Some(token)).await });
    eventually("the write", || world.storage.count("put") > writes).await;
    assert!(holds(&world, LINK));
    cancel.cancel();
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(!holds(&world, LINK));
    world.storage.release("put");
}

#[tokio::test]
async fn i04_an_answer_that_comes_after_the_logout_changes_nothing() {
    let mut world = signed_in().await;
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    world.restart_with(ClientConfig { limits, ..config(&world) });
    let (call, _) = under_way(&world, 400).await;
    world.client.auth().logout(None).await.unwrap();
    let refused = call.await.unwrap();
    assert!(matches!(refused, Err(StepUpError::NotSignedIn { .. })), "{refused:?}");
    assert!(!holds(&world, LINK) && world.storage.records().is_empty());
}

#[tokio::test]
async fn while_the_device_is_not_registered_nothing_is_sent() {
    let world = world_with(json!({ "deviceRegistration": true })).await;
    let refused = verify(&world, "whatever").await;
    assert_eq!(refused, Err(StepUpError::NotSignedIn { answer: None }));
    sign_in(&world).await;
    let user = session(&world).await.unwrap().user;
    let body = json!({
        "user": { "id": user.id, "scope": "device:register", "verifiedCredentials": [] },
        "expiresAt": unix_now(&world) + 3_600,
        "minifiedJwt": session_token(&world).await,
    });
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": body }));
    world.client.auth().refresh(None).await.unwrap();
    let jwt = asserted(&world, "wallet:export").await;
    assert_eq!(verify(&world, &jwt).await, Err(StepUpError::DeviceRegistrationRequired));
    assert_eq!(world.count(VERIFY), 0);
}

#[tokio::test]
async fn i12_the_assertion_is_in_no_log_and_no_error() {
    let mut world = signed_in().await;
    let log = TestLog::default();
    let platform = world.platform().with_log_sink(Arc::new(log.clone()));
    world.restart_on(config(&world), platform);
    let jwt = asserted(&world, "wallet:export").await;
    verify(&world, &jwt).await.unwrap();
    let refused = verify(&world, &jwt).await.unwrap_err();
    let hopeless = verify(&world, &format!("{jwt}.x")).await.unwrap_err();
    let told = format!("{refused} {refused:?} {hopeless} {hopeless:?} {}", log.text());
    let payload = jwt.split('.').nth(1).unwrap();
    assert!(!told.contains(payload) && told.contains("verify_external_jwt"), "{told}");
}
