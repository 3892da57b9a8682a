//! What several chapters need.

use std::{
    future::Future,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use stepup_core::{ClientConfig, Limits, Session, SessionTokenKind, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, elevated_token};
use tokio::task::JoinHandle;

pub(crate) const OTHER: &str = "grace@example.com";

/// How late an answer is that comes late on purpose, in milliseconds: what is to happen before it takes a
/// hundredth of that.
const LATE: u64 = 1_000;

/// A world whose client waits for late answers and slow callbacks.
pub(crate) async fn patient_world() -> World {
    let mut world = World::new().await;
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    world.restart_with(ClientConfig { limits, deadlines: None, ..world.config() });
    world
}

/// The next request to this endpoint is carried out late.
pub(crate) fn carried_out_late(world: &World, path: &str) {
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }));
}

/// The next request to this endpoint is answered with this, late.
pub(crate) fn answered_late(world: &World, method: &str, path: &str, status: u16, body: Value) {
    world.fault(json!({
        "method": method, "path": path, "count": 1, "latencyMs": LATE, "status": status, "body": body,
    }));
}

/// The next request to this endpoint is answered with this.
pub(crate) fn answered(world: &World, path: &str, body: Value) {
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "body": body }));
}

/// The next request to this endpoint is refused with this status.
pub(crate) fn refused(world: &World, method: &str, path: &str, status: u16) {
    let body = json!({ "error": "no" });
    world.fault(json!({ "method": method, "path": path, "count": 1, "status": status, "body": body }));
}

/// What the server answers when it re-issues a session for this user.
pub(crate) fn session_answer(user_id: &str) -> Value {
    json!({
        "user": { "id": user_id, "scope": "user:basic", "verifiedCredentials": [] },
        "expiresAt": seconds_from_now(7_200),
        "minifiedJwt": elevated_token(&json!({ "sub": user_id, "kind": "minified" })),
        "jwt": elevated_token(&json!({ "sub": user_id, "kind": "full" })),
    })
}

/// A reusable elevated token.
pub(crate) fn reusable_token(user_id: &str, scope: &TokenScope) -> String {
    elevated_token(&json!({
        "sub": user_id, "scope": scope.as_str(), "exp": seconds_from_now(600), "singleUse": false,
    }))
}

pub(crate) fn seconds_from_now(seconds: u64) -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + seconds
}

/// Signs in with two tokens: a reusable one for `credential:link`, which is stored too, and a single-use one
/// for `wallet:export`. Answers with the user's id.
pub(crate) async fn sign_in_with_tokens(world: &World) -> String {
    let options =
        SignInOptions { requested_scopes: vec![TokenScope::CREDENTIAL_LINK], ..SignInOptions::default() };
    let session = world.sign_in_with(EMAIL, options).await;
    world.verify_by_email(&[TokenScope::WALLET_EXPORT]).await.unwrap();
    assert!(holds(world, TokenScope::CREDENTIAL_LINK) && holds(world, TokenScope::WALLET_EXPORT));
    assert_eq!(stored_elevations(world), 1);
    session.user.id
}

pub(crate) fn holds(world: &World, scope: TokenScope) -> bool {
    world.client.step_up().has_elevated_access_token(scope)
}

pub(crate) fn holds_no_token(world: &World) -> bool {
    !holds(world, TokenScope::CREDENTIAL_LINK) && !holds(world, TokenScope::WALLET_EXPORT)
}

/// The one record in the storage.
pub(crate) fn envelope(world: &World) -> Value {
    let records = world.storage.records();
    assert_eq!(records.len(), 1, "there is one envelope");
    serde_json::from_slice(records.values().next().unwrap()).unwrap()
}

pub(crate) fn stored_elevations(world: &World) -> usize {
    envelope(world)["elevations"].as_array().unwrap().len()
}

/// Nobody is signed in, and nothing of a session is left anywhere.
pub(crate) async fn assert_no_session(world: &World) {
    assert_eq!(world.client.auth().session(None).await.unwrap(), None);
    assert!(holds_no_token(world), "a token is left in memory");
    assert!(!holds_session(world), "a session is left in the storage");
}

/// The same, and nobody waits for a code to sign in.
pub(crate) async fn assert_signed_out(world: &World) {
    assert_no_session(world).await;
    assert!(world.storage.records().is_empty(), "something is left in the storage");
}

/// Whether a session is stored.
pub(crate) fn holds_session(world: &World) -> bool {
    world.storage.records().keys().any(|key| key.ends_with(".session"))
}

/// The token that requests carry.
pub(crate) async fn session_token(world: &World) -> String {
    let token = world.client.auth().session_token(SessionTokenKind::Minified, None).await.unwrap();
    token.unwrap().expose().to_owned()
}

pub(crate) async fn user_id(world: &World) -> Option<String> {
    world.client.auth().session(None).await.unwrap().map(|session| session.user.id)
}

/// Runs a call beside the test.
pub(crate) fn begin<T: Send + 'static>(
    call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
) -> JoinHandle<Result<T, StepUpError>> {
    tokio::spawn(call)
}

/// Begins a refresh.
pub(crate) fn begin_refresh(world: &World) -> JoinHandle<Result<Session, StepUpError>> {
    let auth = world.client.auth();
    begin(async move { auth.refresh(None).await })
}
