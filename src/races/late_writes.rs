//! Writes that pass their deadline, while the host may finish them or not: in the end what is stored is what
//! is wanted (I9, I14).

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use shuttle::{future::block_on, thread};

use super::{
    scenario::{explore, reusable, settle, signed_in},
    storage::{DEADLINE, Desk},
};
use crate::state::Delivery;

#[test]
fn i09_the_last_state_is_stored_whatever_was_late() {
    explore(|| {
        let latest = Arc::new(AtomicU8::new(0));
        let wanted = Arc::clone(&latest);
        let desk =
            Desk::new("late-state", DEADLINE, move || Some(vec![wanted.load(Ordering::Relaxed)].into()));
        desk.storage.slow_down();
        let writers = (0..2).map(|_| {
            let (latest, writer) = (Arc::clone(&latest), Arc::clone(&desk.writer));
            thread::spawn(move || {
                latest.fetch_add(1, Ordering::Relaxed);
                let _ = block_on(writer.write());
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        settle();
        assert_eq!(desk.storage.record(), Some(vec![2]));
    });
}

#[test]
fn i09_no_late_write_brings_back_what_a_logout_has_deleted() {
    explore(|| {
        let state = signed_in("ada");
        let desk = Desk::of(&state, "late-logout", DEADLINE);
        desk.storage.slow_down();
        let late = {
            let (state, writer, epoch) = (Arc::clone(&state), Arc::clone(&desk.writer), state.epoch());
            thread::spawn(move || {
                let _ = state.accept_token(epoch, reusable("ada", "late"), &Delivery::new());
                let _ = block_on(writer.write());
            })
        };
        state.end_any();
        desk.owed.owe();
        let deleted = block_on(desk.writer.write());
        assert!(deleted.is_err() || !desk.owed.is_owed());
        late.join().unwrap();
        settle();
        assert_eq!(desk.storage.record(), None);
    });
}
