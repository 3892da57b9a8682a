//! What every scenario is made of.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Value, json};
use shuttle::{
    Config, MaxSteps, Runner,
    scheduler::{DfsScheduler, PctScheduler, RandomScheduler, ReplayScheduler, Scheduler},
    thread,
};

use crate::{
    api::models::SessionAnswer,
    auth::User,
    clock::{Clock, ServerClock, UnixMillis},
    scope::TokenScope,
    secret::SecretString,
    state::{Begun, Delivery, SessionChange, State},
    sync,
};

const RANDOM: usize = 1_000;
const BY_PRIORITY: usize = 500;
/// How often who runs changes against the priorities.
const CHANGES: usize = 3;
const EVERY_SCHEDULE_UP_TO: usize = 3_000;

/// Set to the schedule that a failure has printed, to go through that one again.
const REPLAY: &str = "STEPUP_SCHEDULE";

/// Runs a scenario under many schedules.
pub(super) fn explore(scenario: fn()) {
    if let Ok(schedule) = std::env::var(REPLAY) {
        return run(ReplayScheduler::new_from_encoded(schedule.trim()), scenario);
    }
    run(RandomScheduler::new(RANDOM), scenario);
    run(PctScheduler::new(CHANGES, BY_PRIORITY), scenario);
}

/// The same, and one schedule after the other until there is none left, or for as long as is sensible.
pub(super) fn explore_all(scenario: fn()) {
    explore(scenario);
    if std::env::var(REPLAY).is_err() {
        run(DfsScheduler::new(Some(EVERY_SCHEDULE_UP_TO), false), scenario);
    }
}

fn run(scheduler: impl Scheduler + 'static, scenario: fn()) {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    // Whoever waits for what never comes is found out.
    config.max_steps = MaxSteps::FailAfter(20_000);
    Runner::new(scheduler, config).run(scenario);
}

/// Waits until no task is left that was started beside the calls.
pub(super) fn settle() {
    while sync::unfinished() > 0 {
        thread::yield_now();
    }
}

struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + NOW
    }
}

const NOW: Duration = Duration::from_secs(1_700_000_000);
const LATER: i64 = 1_700_000_300;

pub(super) const SCOPE: TokenScope = TokenScope::WALLET_EXPORT;

/// A state in which nobody is signed in.
pub(super) fn signed_out() -> Arc<State> {
    Arc::new(State::new(Arc::new(ServerClock::new(Arc::new(StandingClock)))))
}

/// A state in which this user has signed in.
pub(super) fn signed_in(user: &str) -> Arc<State> {
    let state = signed_out();
    let begun = begun(&state);
    state.accept(begun, SessionChange::SignIn, session(user, None), &Delivery::new()).unwrap();
    state
}

/// What holds at this moment for a request whose answer is a session.
pub(super) fn begun(state: &State) -> Begun {
    Begun { logouts: state.logouts(), epoch: state.epoch() }
}

/// A session of this user, with a token or without.
pub(super) fn session(user: &str, elevated_access_token: Option<SecretString>) -> SessionAnswer {
    SessionAnswer {
        user: user_named(user),
        expires_at: UnixMillis::from_seconds(LATER),
        token: SecretString::new(format!("session of {user}")),
        full_jwt: None,
        elevated_access_token,
        mfa_token: None,
        next: Ok(None),
    }
}

fn user_named(id: &str) -> User {
    serde_json::from_value(json!({ "id": id })).unwrap()
}

/// An elevated token of this user for [`SCOPE`] that serves once.
pub(super) fn single_use(user: &str, name: &str) -> SecretString {
    token(user, name, true)
}

/// The same, but it serves as often as one likes.
pub(super) fn reusable(user: &str, name: &str) -> SecretString {
    token(user, name, false)
}

fn token(user: &str, name: &str, single_use: bool) -> SecretString {
    let payload = json!({ "sub": user, "jti": name, "scope": SCOPE, "exp": LATER, "singleUse": single_use });
    SecretString::new(format!("eyJhbGciOiJub25lIn0.{}.", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string())))
}

/// The name that a token was given.
pub(super) fn name_of(token: &SecretString) -> String {
    let claims: Value = insecure_decode_claims(token.expose()).unwrap();
    claims["jti"].as_str().unwrap().to_owned()
}

/// Stores a token for the present epoch, as if its caller were waiting for it.
pub(super) fn store(state: &State, token: SecretString) {
    state.accept_token(state.epoch(), token, &Delivery::new()).unwrap().unwrap();
}
