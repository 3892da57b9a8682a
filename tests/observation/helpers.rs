//! What several chapters need.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, Elevation, Limits, Session, SignInOptions, StepUpState, Subscription, TokenScope,
};
use stepup_test_support::{EMAIL, TestListener, World, eventually};

pub(crate) type SessionTestListener = TestListener<Option<Session>>;
pub(crate) type ElevationTestListener = TestListener<Vec<Elevation>>;
pub(crate) type StateTestListener = TestListener<StepUpState>;

pub(crate) const OTHER: &str = "grace@example.com";
/// How long the sandbox's sessions last, in seconds.
pub(crate) const LIFE: u32 = 7_200;

/// The next request to this endpoint is carried out late.
pub(crate) fn carried_out_late(world: &World, path: &str, millis: u64) {
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": millis }));
}

/// A world whose client waits for late answers and slow callbacks.
pub(crate) async fn patient_world() -> World {
    let mut world = World::new().await;
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    world.restart_with(ClientConfig { limits, deadlines: None, ..world.config() });
    world
}

pub(crate) fn subscribe(world: &World) -> (SessionTestListener, Arc<Subscription>) {
    let listener = SessionTestListener::default();
    let subscription = world.client.auth().subscribe(listener.shared()).unwrap();
    (listener, subscription)
}

pub(crate) fn subscribe_elevations(world: &World) -> (ElevationTestListener, Arc<Subscription>) {
    let listener = ElevationTestListener::default();
    let subscription = world.client.step_up().subscribe_elevations(listener.shared()).unwrap();
    (listener, subscription)
}

pub(crate) fn subscribe_state(world: &World) -> (StateTestListener, Arc<Subscription>) {
    let listener = StateTestListener::default();
    let subscription = world.client.step_up().subscribe(listener.shared()).unwrap();
    (listener, subscription)
}

/// Signs in with a reusable elevation for `credential:link`.
pub(crate) async fn sign_in_elevated(world: &World) -> Session {
    let requested_scopes = vec![TokenScope::CREDENTIAL_LINK];
    world.sign_in_with(EMAIL, SignInOptions { requested_scopes, ..SignInOptions::default() }).await
}

/// All requests so far.
pub(crate) fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

/// One timer is running, for about so many seconds.
pub(crate) async fn one_timer(world: &World, seconds: std::ops::RangeInclusive<u64>) {
    let holds = |left: &Duration| seconds.contains(&left.as_secs());
    eventually(
        &format!("one timer of {seconds:?} s"),
        || matches!(world.clock.timers().as_slice(), [left] if holds(left)),
    )
    .await;
}

/// What the server answers when it re-issues a session for this user, with these words among its scopes.
pub(crate) fn session_answer(user_id: &str, scope: &str, life: u64) -> Value {
    let token = stepup_test_support::elevated_token(&json!({ "sub": user_id, "kind": "minified" }));
    json!({
        "user": { "id": user_id, "scope": scope, "verifiedCredentials": [] },
        "expiresAt": seconds_from_now(life), "minifiedJwt": token, "jwt": token,
    })
}

fn seconds_from_now(seconds: u64) -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + seconds
}
