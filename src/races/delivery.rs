//! A token whose caller goes away: kept or discarded, in memory and in storage alike (I15).

use std::sync::Arc;

use shuttle::{
    future::block_on,
    sync::mpsc::{TryRecvError, channel},
    thread,
};

use super::{
    scenario::{SCOPE, explore, name_of, reusable, settle, signed_in, store},
    storage::{Desk, NO_DEADLINE},
};
use crate::state::{Awaiting, Delivery, State};

#[test]
fn i15_a_token_is_kept_if_its_caller_has_the_answer_and_discarded_otherwise() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "delivery", NO_DEADLINE);
        let delivery = Delivery::new();
        let awaiting = Awaiting::new(delivery.clone(), Arc::clone(&state), Arc::clone(&desk.writer));
        let (sender, answer) = channel();
        let call = {
            let (state, writer, epoch) = (Arc::clone(&state), Arc::clone(&desk.writer), state.epoch());
            thread::spawn(move || {
                let elevation = state.accept_token(epoch, reusable("ada", "1"), &delivery).unwrap();
                block_on(writer.write()).unwrap();
                let _ = sender.send(elevation);
            })
        };
        thread::yield_now();
        let is_kept = match answer.try_recv() {
            Ok(elevation) => {
                assert!(elevation.is_some());
                awaiting.delivered();
                true
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                drop(awaiting);
                assert!(!state.has_token(&SCOPE), "gone when the caller is");
                false
            }
        };
        call.join().unwrap();
        settle();
        assert_eq!(state.has_token(&SCOPE), is_kept);
        assert_eq!(desk.storage.record().as_deref(), recorded(&state).as_deref());
    });
}

#[test]
fn i15_who_goes_away_takes_no_other_callers_token_along() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "two-callers", NO_DEADLINE);
        let delivery = Delivery::new();
        let awaiting = Awaiting::new(delivery.clone(), Arc::clone(&state), Arc::clone(&desk.writer));
        state.accept_token(state.epoch(), reusable("ada", "gone"), &delivery).unwrap();
        let other = {
            let state = Arc::clone(&state);
            thread::spawn(move || store(&state, reusable("ada", "other")))
        };
        drop(awaiting);
        other.join().unwrap();
        settle();
        let (token, _) = state.take_token(&SCOPE).unwrap();
        assert_eq!(name_of(&token.token), "other");
    });
}

#[test]
fn i15_a_caller_who_goes_while_the_user_signs_out_blocks_nobody() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "goes-at-logout", NO_DEADLINE);
        let delivery = Delivery::new();
        let awaiting = Awaiting::new(delivery.clone(), Arc::clone(&state), Arc::clone(&desk.writer));
        let call = {
            let (state, epoch) = (Arc::clone(&state), state.epoch());
            thread::spawn(move || state.accept_token(epoch, reusable("ada", "1"), &delivery).is_ok())
        };
        let goes = thread::spawn(move || drop(awaiting));
        state.end_any();
        block_on(desk.writer.write()).unwrap();
        call.join().unwrap();
        goes.join().unwrap();
        settle();
        assert_eq!((desk.storage.record(), state.has_token(&SCOPE)), (None, false));
    });
}

fn recorded(state: &State) -> Option<Vec<u8>> {
    state.record().unwrap().map(|bytes| bytes.to_vec())
}
