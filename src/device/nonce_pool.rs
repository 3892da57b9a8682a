//! Server nonces for the device signature: each is used once and keeps its own age (I19).

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::UnixMillis;

/// How long the server honours a nonce.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// At this number a refill is due.
const LOW: usize = 1;
/// Nonces that are remembered so that one which the server sends again is noticed.
const REMEMBERED: usize = 512;

/// Lives in memory only: a nonce that survived a crash might have been used.
#[derive(Default)]
pub(crate) struct NoncePool {
    nonces: Mutex<Nonces>,
    /// One fetch at a time; who waited for it finds the pool filled.
    pub(crate) fetching: crate::shared_attempt::SharedAttempt<()>,
}

#[derive(Default)]
struct Nonces {
    ready: VecDeque<(String, UnixMillis)>,
    seen: HashSet<String>,
    order: VecDeque<String>,
}

impl NoncePool {
    /// The oldest nonce that is still good, and whether the pool should be filled up.
    pub(crate) fn take(&self, now: UnixMillis) -> (Option<String>, bool) {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.ready.retain(|(_, fetched)| fetched.plus(LIFE) > now);
        let nonce = nonces.ready.pop_front().map(|(nonce, _)| nonce);
        (nonce, nonces.ready.len() <= LOW)
    }

    /// Whether a refill is still due: somebody else may have done it.
    pub(crate) fn is_low(&self) -> bool {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).ready.len() <= LOW
    }

    /// Adds what was fetched, but for blanks and nonces seen before. Answers how many were added.
    pub(crate) fn add(&self, fetched: Vec<String>, now: UnixMillis) -> usize {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let before = nonces.ready.len();
        for nonce in fetched {
            if nonce.trim().is_empty() || !nonces.seen.insert(nonce.clone()) {
                continue;
            }
            nonces.order.push_back(nonce.clone());
            if nonces.order.len() > REMEMBERED
                && let Some(oldest) = nonces.order.pop_front()
            {
                nonces.seen.remove(&oldest);
            }
            nonces.ready.push_back((nonce, now));
        }
        nonces.ready.len() - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn at(seconds: i64) -> UnixMillis {
        UnixMillis::from_seconds(seconds)
    }

    fn take(pool: &NoncePool, seconds: i64) -> Option<String> {
        pool.take(at(seconds)).0
    }

    #[test]
    fn i19_fault_18_each_nonce_keeps_its_own_age() {
        let pool = NoncePool::default();
        pool.add(vec!["old".into()], at(0));
        pool.add(vec!["new".into()], at(23 * HOUR));
        assert_eq!(take(&pool, 24 * HOUR + 1).as_deref(), Some("new"));
        assert_eq!(take(&pool, 24 * HOUR + 1), None);
    }

    #[test]
    fn i19_a_nonce_is_handed_out_once_and_a_repeated_one_never() {
        let pool = NoncePool::default();
        assert_eq!(pool.add(vec!["a".into(), "a".into(), " ".into(), "b".into()], at(0)), 2);
        assert_eq!(pool.take(at(0)), (Some("a".into()), true));
        assert_eq!(take(&pool, 0).as_deref(), Some("b"));
        assert_eq!(pool.add(vec!["a".into(), "b".into()], at(1)), 0);
        assert_eq!(take(&pool, 1), None);
    }

    #[test]
    fn a_refill_is_due_before_the_pool_is_empty() {
        let pool = NoncePool::default();
        pool.add(vec!["a".into(), "b".into(), "c".into()], at(0));
        assert_eq!(pool.take(at(0)), (Some("a".into()), false));
        assert_eq!(pool.take(at(0)), (Some("b".into()), true));
        assert!(pool.is_low());
    }
}
