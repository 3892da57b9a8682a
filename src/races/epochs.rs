//! A late answer changes nothing, whatever ended the epoch that it belongs to (I4).

use std::sync::Arc;

use shuttle::thread;

use super::scenario::{
    SCOPE, begun, explore, explore_all, name_of, reusable, session, signed_in, signed_out,
};
use crate::{
    error::StepUpError,
    state::{Delivery, EpochEnd, SessionChange},
};

#[test]
fn i04_a_token_that_comes_after_the_logout_is_not_held() {
    explore_all(|| {
        let state = signed_in("ada");
        let epoch = state.epoch();
        let late = {
            let state = Arc::clone(&state);
            thread::spawn(move || state.accept_token(epoch, reusable("ada", "late"), &Delivery::new()))
        };
        let ended = state.end_any();
        assert!(ended.is_some());
        assert!(!state.has_token(&SCOPE));
        let accepted = late.join().unwrap();
        assert!(matches!(accepted, Ok(Some(_)) | Err(StepUpError::NotSignedIn { .. })));
        assert!(state.record().unwrap().is_none());
        assert!(state.take_token(&SCOPE).is_none());
    });
}

#[test]
fn i04_no_answer_signs_in_after_the_logout() {
    explore_all(|| {
        let state = signed_in("ada");
        let late = [SessionChange::SignIn, SessionChange::Reissue, SessionChange::Merge].map(|change| {
            let (state, begun) = (Arc::clone(&state), begun(&state));
            let answer = session("ada", Some(reusable("ada", "late")));
            thread::spawn(move || state.accept(begun, change, answer, &Delivery::new()).is_ok())
        });
        state.end_any();
        for thread in late {
            thread.join().unwrap();
        }
        assert!(state.current().is_none());
        assert!(!state.has_token(&SCOPE));
    });
}

#[test]
fn i04_no_late_answer_changes_the_next_session_even_of_the_same_user() {
    explore_all(|| {
        let state = signed_in("ada");
        let (late, epoch) = (begun(&state), state.epoch());
        let reissue = {
            let (state, answer) = (Arc::clone(&state), session("ada", Some(reusable("ada", "late"))));
            thread::spawn(move || state.accept(late, SessionChange::Reissue, answer, &Delivery::new()))
        };
        let verify = {
            let state = Arc::clone(&state);
            thread::spawn(move || state.accept_token(epoch, reusable("ada", "later"), &Delivery::new()))
        };
        state.end_any();
        let begun = begun(&state);
        state.accept(begun, SessionChange::SignIn, session("ada", None), &Delivery::new()).unwrap();
        let held = state.current().unwrap();
        let _ = reissue.join().unwrap();
        let _ = verify.join().unwrap();
        let now = state.current().unwrap();
        assert_eq!((now.epoch, now.version), (held.epoch, held.version));
        assert!(!state.has_token(&SCOPE));
    });
}

#[test]
fn i03_one_of_many_who_see_the_session_end_ends_it() {
    explore(|| {
        let state = signed_in("ada");
        let epoch = state.epoch();
        let threads = (0..3).map(|_| {
            let state = Arc::clone(&state);
            thread::spawn(move || state.end(epoch, EpochEnd::SessionEnded))
        });
        let threads: Vec<_> = threads.collect();
        let ended = threads.into_iter().filter_map(|thread| thread.join().unwrap().then_some(()));
        assert_eq!(ended.count(), 1);
        assert_eq!(state.epoch(), epoch + 1);
    });
}

#[test]
fn i04_of_two_sign_ins_one_stays_and_its_token_with_it() {
    explore_all(|| {
        let state = signed_out();
        let begun = begun(&state);
        let threads = ["ada", "bob"].map(|user| {
            let state = Arc::clone(&state);
            let answer = session(user, Some(reusable(user, user)));
            thread::spawn(move || state.accept(begun, SessionChange::SignIn, answer, &Delivery::new()))
        });
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        let (token, session) = state.take_token(&SCOPE).unwrap();
        assert_eq!(name_of(&token.token), session.user.id);
    });
}
