//! The ordered writes: the last state wins, and nothing comes after the deletion (I9).

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use shuttle::{
    future::{block_on, spawn},
    thread,
};

use super::{
    scenario::{SCOPE, begun, explore, name_of, reusable, session, settle, signed_in},
    storage::{Desk, NO_DEADLINE},
};
use crate::{
    state::{Delivery, SessionChange},
    storage::Envelope,
};

#[test]
fn i09_the_last_state_is_stored_and_no_two_writes_at_a_time() {
    explore(|| {
        let latest = Arc::new(AtomicU8::new(0));
        let wanted = Arc::clone(&latest);
        let desk =
            Desk::new("last-state", NO_DEADLINE, move || Some(vec![wanted.load(Ordering::Relaxed)].into()));
        let writers = (0..3).map(|_| {
            let (latest, writer, storage) =
                (Arc::clone(&latest), Arc::clone(&desk.writer), Arc::clone(&desk.storage));
            thread::spawn(move || {
                let own = latest.fetch_add(1, Ordering::Relaxed) + 1;
                block_on(writer.write()).unwrap();
                assert!(storage.record().unwrap()[0] >= own, "what was told as written is not older");
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(desk.storage.record(), Some(vec![3]));
        assert_eq!(desk.storage.overlaps(), 0);
    });
}

#[test]
fn i09_a_write_whose_caller_has_gone_goes_on_in_its_turn() {
    explore(|| {
        let latest = Arc::new(AtomicU8::new(0));
        let wanted = Arc::clone(&latest);
        let desk =
            Desk::new("gone-caller", NO_DEADLINE, move || Some(vec![wanted.load(Ordering::Relaxed)].into()));
        let writes = [1, 2].map(|own| {
            latest.store(own, Ordering::Relaxed);
            let writer = Arc::clone(&desk.writer);
            spawn(async move { writer.write().await })
        });
        let reader = Arc::clone(&desk.writer);
        let read = thread::spawn(move || block_on(reader.read()).unwrap());
        writes[0].abort();
        let [_, second] = writes;
        block_on(second).unwrap().unwrap();
        assert!(read.join().unwrap().is_none_or(|bytes| [1, 2].contains(&bytes[0])));
        settle();
        assert_eq!((desk.storage.record(), desk.storage.overlaps()), (Some(vec![2]), 0));
    });
}

#[test]
fn i09_nothing_is_stored_after_the_deletion_of_a_logout() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "logout", NO_DEADLINE);
        let late = [reusable("ada", "late"), reusable("ada", "later")].map(|token| {
            let (state, writer, epoch) = (Arc::clone(&state), Arc::clone(&desk.writer), state.epoch());
            thread::spawn(move || {
                if state.accept_token(epoch, token, &Delivery::new()).is_ok() {
                    block_on(writer.write()).unwrap();
                }
            })
        });
        state.end_any();
        desk.owed.owe();
        block_on(desk.writer.write()).unwrap();
        assert_eq!(desk.storage.record(), None, "deleted when the logout returns");
        for thread in late {
            thread.join().unwrap();
        }
        settle();
        assert_eq!((desk.storage.record(), desk.storage.overlaps()), (None, 0));
        assert!(!desk.owed.is_owed() && !state.has_token(&SCOPE));
    });
}

#[test]
fn i09_a_deletion_is_owed_for_as_long_as_the_ended_session_is_stored() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "debt", NO_DEADLINE);
        let late = {
            let (state, writer, epoch) = (Arc::clone(&state), Arc::clone(&desk.writer), state.epoch());
            thread::spawn(move || {
                let _ = state.accept_token(epoch, reusable("ada", "late"), &Delivery::new());
                block_on(writer.write()).unwrap();
            })
        };
        state.end_any();
        desk.owed.owe();
        let writer = Arc::clone(&desk.writer);
        let deletion = thread::spawn(move || block_on(writer.write()).unwrap());
        for _ in 0..8 {
            assert!(desk.owed.is_owed() || desk.storage.record().is_none());
            thread::yield_now();
        }
        deletion.join().unwrap();
        late.join().unwrap();
        assert!(!desk.owed.is_owed());
    });
}

#[test]
fn i09_after_a_change_of_users_the_storage_has_the_new_one_whole() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "next-user", NO_DEADLINE);
        let late = {
            let (state, writer, epoch) = (Arc::clone(&state), Arc::clone(&desk.writer), state.epoch());
            thread::spawn(move || {
                let _ = state.accept_token(epoch, reusable("ada", "late"), &Delivery::new());
                block_on(writer.write()).unwrap();
            })
        };
        let next = session("bob", Some(reusable("bob", "bob")));
        state.accept(begun(&state), SessionChange::SignIn, next, &Delivery::new()).unwrap();
        block_on(desk.writer.write()).unwrap();
        let stored = Envelope::decode(&desk.storage.record().unwrap()).unwrap();
        let names: Vec<_> = stored.elevations.iter().map(|elevation| name_of(&elevation.token)).collect();
        assert_eq!((stored.user.id.as_str(), stored.session.token.expose()), ("bob", "session of bob"));
        assert_eq!(names, ["bob"]);
        late.join().unwrap();
        assert_eq!(desk.storage.record().as_deref(), state.record().unwrap().as_deref().map(Vec::as_slice));
    });
}
