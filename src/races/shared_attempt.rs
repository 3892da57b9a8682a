//! One attempt for all who wait for it (`shared_attempt.rs`).

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::poll_fn;
use shuttle::future::{block_on, spawn, yield_now};

use super::scenario::explore;
use crate::{error::StepUpError, shared_attempt::SharedAttempt};

/// Attempts, each with its number.
#[derive(Default)]
struct Attempts {
    shared: SharedAttempt<usize>,
    begun: AtomicUsize,
    /// The latest whose result a caller has.
    told: AtomicUsize,
    /// The one that is under way, or 0.
    running: AtomicUsize,
}

impl Attempts {
    async fn attempt(&self) -> Result<usize, StepUpError> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let leaving = Leaving(&self.running);
        assert_eq!(self.running.swap(number, Ordering::Relaxed), 0, "two attempts at a time");
        yield_now().await;
        yield_now().await;
        drop(leaving);
        Ok(number)
    }

    /// Whoever comes while an attempt is under way gets its result; nobody gets an older one.
    async fn join(&self) -> usize {
        let (told_before, found) = (self.told.load(Ordering::Relaxed), self.running.load(Ordering::Relaxed));
        let mut joining = pin!(self.shared.join(self.attempt()));
        let mut waits_for = None;
        let result = poll_fn(|context| {
            let polled = joining.as_mut().poll(context);
            if waits_for.is_none() {
                let running = self.running.load(Ordering::Relaxed);
                waits_for = Some(if running == found { found } else { 0 });
            }
            polled
        });
        let number = result.await.unwrap();
        assert!(number > told_before, "a result from before");
        self.told.fetch_max(number, Ordering::Relaxed);
        if let Some(waited_for @ 1..) = waits_for {
            assert_eq!(number, waited_for, "waited for one attempt and made another");
        }
        number
    }
}

/// Also an attempt that is dropped is not under way any more.
struct Leaving<'a>(&'a AtomicUsize);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

#[test]
fn who_waits_gets_the_attempt_that_is_under_way_and_who_comes_later_another() {
    explore(|| {
        let attempts = Arc::new(Attempts::default());
        let callers = (0..4).map(|_| {
            let attempts = Arc::clone(&attempts);
            spawn(async move {
                let first = attempts.join().await;
                assert!(attempts.join().await > first);
            })
        });
        let callers: Vec<_> = callers.collect();
        callers.into_iter().for_each(|caller| block_on(caller).unwrap());
    });
}

#[test]
fn an_attempt_whose_caller_goes_is_made_by_the_next() {
    explore(|| {
        let attempts = Arc::new(Attempts::default());
        let callers = [(); 3].map(|()| {
            let attempts = Arc::clone(&attempts);
            spawn(async move { attempts.shared.join(attempts.attempt()).await.unwrap() })
        });
        callers[0].abort();
        let [_, second, third] = callers;
        for caller in [second, third] {
            let number = block_on(caller).unwrap();
            assert!((1..=attempts.begun.load(Ordering::Relaxed)).contains(&number));
        }
    });
}
