//! Whatever changes what can be observed tells so, and what is told holds until it says.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;
use crate::{
    api::models::SessionAnswer,
    clock::{Clock, ServerClock},
    identifier::VerificationId,
    otp::{Destination, PendingCode},
    scope::TokenScope,
    secret::SecretString,
    state::{Begun, Delivery, EpochEnd, SessionChange},
};

const NOW: i64 = 1_700_000_000;
const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;

struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs())
    }
}

/// Ada is signed in for an hour.
fn signed_in() -> Arc<State> {
    let state = Arc::new(State::new(Arc::new(ServerClock::new(Arc::new(StandingClock)))));
    let session = SessionAnswer {
        user: serde_json::from_value(json!({ "id": "ada" })).unwrap(),
        expires_at: UnixMillis::from_seconds(NOW + 3_600),
        token: SecretString::new("session".to_owned()),
        full_jwt: None,
        elevated_access_token: None,
        mfa_token: None,
        next: Ok(None),
    };
    let begun = Begun { epoch: 0, logouts: 0 };
    state.accept(begun, SessionChange::SignIn, session, &Delivery::new()).unwrap();
    state
}

/// Stores a token for these scopes that ends after so many seconds.
fn store(state: &State, scope: &str, seconds: i64) {
    let claims = json!({ "sub": "ada", "scope": scope, "exp": NOW + seconds, "singleUse": true });
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    let token = SecretString::new(format!("eyJhbGciOiJub25lIn0.{payload}."));
    state.accept_token(state.epoch(), token, &Delivery::new()).unwrap().unwrap();
}

#[track_caller]
fn tells<T>(state: &Arc<State>, change: impl FnOnce(&Arc<State>) -> T) -> T {
    let changes = state.changes();
    let changed = change(state);
    assert!(changes.has_changed().unwrap());
    changed
}

fn held(state: &State) -> Vec<String> {
    let elevations = state.elevations().value.into_iter();
    elevations.flat_map(|elevation| elevation.scopes).map(|scope| scope.to_string()).collect()
}

#[test]
fn whatever_becomes_of_a_token_is_told() {
    let state = signed_in();
    let epoch = state.epoch();
    tells(&state, |state| store(state, "wallet:export", 300));
    assert_eq!(held(&state), ["wallet:export"]);
    let lease = tells(&state, |state| state.lease(epoch, &EXPORT).unwrap());
    assert_eq!(held(&state), [""; 0]);
    tells(&state, |_| drop(lease));
    assert_eq!(held(&state), ["wallet:export"], "given back");
    tells(&state, |state| state.discard_token(epoch, &[EXPORT]));
    assert_eq!(held(&state), [""; 0]);
    store(&state, "wallet:export", 300);
    tells(&state, |state| state.take_token(&EXPORT).unwrap());
    assert_eq!(held(&state), [""; 0]);
    store(&state, "wallet:export", 300);
    tells(&state, |state| state.end(epoch, EpochEnd::SessionEnded));
    assert_eq!(held(&state), [""; 0]);
}

#[test]
fn i22_another_time_is_told_and_rounding_is_not() {
    let state = signed_in();
    let at = |seconds: i64| UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
    let changes = state.changes();
    state.clock.observe(at(NOW + 2));
    assert!(!changes.has_changed().unwrap());
    tells(&state, |state| state.clock.observe(at(NOW + 60)));
    assert_eq!(state.session().value.unwrap().expires_at, at(NOW + 3_540));
}

#[test]
fn what_is_told_holds_until_the_first_of_it_ends() {
    let state = signed_in();
    assert_eq!(state.elevations().until, None, "nothing can run out");
    store(&state, "wallet:sign", 600);
    store(&state, "wallet:export", 300);
    store(&state, "credential:link", 4_000);
    assert_eq!(held(&state), ["credential:link", "wallet:export", "wallet:sign"]);
    assert_eq!(state.elevations().until, Some(UnixMillis::from_seconds(NOW + 300)));
    state.clock.observe(UNIX_EPOCH + Duration::from_secs((NOW + 700).unsigned_abs()));
    assert_eq!(held(&state), ["credential:link"]);
    assert_eq!(state.elevations().until, Some(UnixMillis::from_seconds(NOW + 3_600)), "with the session");
    assert_eq!(state.session().until, state.elevations().until);
    state.clock.observe(UNIX_EPOCH + Duration::from_secs((NOW + 3_600).unsigned_abs()));
    assert_eq!((state.elevations().value, state.elevations().until), (vec![], None));
    assert_eq!((state.session().value, state.session().until), (None, None));
}

#[test]
fn codes_are_told_and_those_that_were_set_aside_serve_by_name_only() {
    let state = signed_in();
    let purpose = Purpose::StepUp { epoch: state.epoch() };
    let code = |id: &str| PendingCode {
        id: id.into(),
        purpose,
        destination: Destination::Email("ada@example.com".into()),
        sent_at: UnixMillis::from_seconds(NOW),
    };
    let pending = || state.step_up_code().map(|code| code.id.to_string());
    let find = |id: Option<&str>| {
        let id = id.map(VerificationId::from);
        let found = state.pending_codes(|codes| codes.find(purpose, id.as_ref()));
        found.map(|code| code.id.to_string())
    };
    tells(&state, |state| state.pending_codes(|codes| codes.add(code("first"), false)));
    tells(&state, |state| state.pending_codes(|codes| codes.add(code("second"), false)));
    assert_eq!(pending().as_deref(), Some("second"));
    tells(&state, |state| state.pending_codes(|codes| codes.remove(&"second".into())));
    assert_eq!(pending().as_deref(), Some("first"));
    tells(&state, |state| state.set_step_up_codes_aside());
    assert_eq!((pending(), find(None), find(Some("first"))), (None, None, Some("first".into())));
    state.pending_codes(|codes| codes.add(code("first"), false));
    assert_eq!(pending().as_deref(), Some("first"), "it was sent again");
}
