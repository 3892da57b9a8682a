//! The token store: a single-use token serves once, and only whom it was granted to (I3, I5).

use std::sync::Arc;

use shuttle::thread;

use super::scenario::{SCOPE, begun, explore, explore_all, name_of, session, signed_in, single_use, store};
use crate::state::{Delivery, EpochEnd, SessionChange, State};

#[test]
fn i05_of_four_threads_one_gets_the_single_use_token() {
    explore_all(|| {
        let state = signed_in("ada");
        store(&state, single_use("ada", "1"));
        let epoch = state.epoch();
        let threads = (0..4).map(|number| {
            let state = Arc::clone(&state);
            thread::spawn(move || if number % 2 == 0 { takes(&state) } else { sends(&state, epoch) })
        });
        let threads: Vec<_> = threads.collect();
        let got: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!((got, state.has_token(&SCOPE)), (1, false));
    });
}

#[test]
fn i05_what_never_left_serves_once_more_and_not_twice() {
    explore_all(|| {
        let state = signed_in("ada");
        store(&state, single_use("ada", "1"));
        let epoch = state.epoch();
        let never_left = {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                if let Some(mut lease) = state.lease(epoch, &SCOPE) {
                    lease.sent();
                    lease.never_left();
                }
            })
        };
        let others = [takes, |state: &Arc<State>| sends(state, state.epoch())].map(|uses| {
            let state = Arc::clone(&state);
            thread::spawn(move || uses(&state))
        });
        let got: usize = others.into_iter().map(|thread| thread.join().unwrap()).sum();
        never_left.join().unwrap();
        assert_eq!(got + takes(&state), 1);
        assert!(!state.has_token(&SCOPE));
    });
}

#[test]
fn i05_a_newer_token_is_not_replaced_by_one_that_comes_back() {
    explore_all(|| {
        let state = signed_in("ada");
        store(&state, single_use("ada", "older"));
        let epoch = state.epoch();
        let lease = state.lease(epoch, &SCOPE).unwrap();
        let gives_back = thread::spawn(move || drop(lease));
        store(&state, single_use("ada", "newer"));
        gives_back.join().unwrap();
        let (token, _) = state.take_token(&SCOPE).unwrap();
        assert_eq!(name_of(&token.token), "newer");
        assert_eq!(takes(&state), 0);
    });
}

#[test]
fn i03_what_comes_back_after_the_end_of_its_epoch_is_gone() {
    explore_all(|| {
        let state = signed_in("ada");
        store(&state, single_use("ada", "1"));
        let epoch = state.epoch();
        let lease = state.lease(epoch, &SCOPE).unwrap();
        let gives_back = thread::spawn(move || drop(lease));
        let taker = {
            let state = Arc::clone(&state);
            thread::spawn(move || state.take_token(&SCOPE).map(|(_, session)| session.user.id.clone()))
        };
        assert!(state.end(epoch, EpochEnd::SessionEnded));
        let next = session("bob", None);
        state.accept(begun(&state), SessionChange::SignIn, next, &Delivery::new()).unwrap();
        gives_back.join().unwrap();
        assert!(taker.join().unwrap().is_none_or(|user| user == "ada"));
        assert_eq!(takes(&state), 0, "bob has no token");
    });
}

#[test]
fn i03_no_session_meets_the_tokens_of_another() {
    explore(|| {
        let state = signed_in("ada");
        store(&state, single_use("ada", "ada"));
        let readers = (0..3).map(|_| {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                let Some((token, session)) = state.take_token(&SCOPE) else { return };
                assert_eq!(name_of(&token.token), session.user.id);
            })
        });
        let readers: Vec<_> = readers.collect();
        let next = session("bob", Some(single_use("bob", "bob")));
        state.accept(begun(&state), SessionChange::SignIn, next, &Delivery::new()).unwrap();
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}

/// How many tokens the app gets.
fn takes(state: &Arc<State>) -> usize {
    usize::from(state.take_token(&SCOPE).is_some())
}

/// How many tokens leave with a request.
fn sends(state: &Arc<State>, epoch: u64) -> usize {
    let mut lease = state.lease(epoch, &SCOPE);
    lease.iter_mut().for_each(|lease| lease.sent());
    usize::from(lease.is_some())
}
