//! One request for all who ask the same at the same time, and a new one for who asks later (I8).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};

use super::scenario::{SCOPE, explore, settle};
use crate::{api::models::CheckAnswer, error::StepUpError, step_up::RunningChecks};

/// Answers with the number of the request.
#[derive(Default)]
struct Server {
    begun: AtomicUsize,
    ended: AtomicUsize,
    /// The latest answer that a caller has.
    told: AtomicUsize,
    running: AtomicUsize,
    at_most: AtomicUsize,
}

impl Server {
    async fn answer(self: Arc<Self>) -> Result<Arc<CheckAnswer>, StepUpError> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        self.at_most.fetch_max(self.running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        yield_now().await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.ended.fetch_add(1, Ordering::Relaxed);
        let answer = json!({ "isRequired": true, "defaultCredentialId": number.to_string() });
        Ok(Arc::new(serde_json::from_value(answer).unwrap()))
    }
}

/// Asks once, for an answer that nobody has had before.
async fn ask(checks: RunningChecks, server: Arc<Server>, epoch: u64) -> usize {
    let told_before = server.told.load(Ordering::Relaxed);
    let answer = checks.join((epoch, SCOPE), Arc::clone(&server).answer()).await.unwrap();
    let number: usize = answer.default_credential_id.as_ref().unwrap().as_str().parse().unwrap();
    assert!(number > told_before, "an answer from before the question");
    server.told.fetch_max(number, Ordering::Relaxed);
    number
}

fn caller(checks: &RunningChecks, server: &Arc<Server>, epoch: u64) -> JoinHandle<usize> {
    spawn(ask(checks.clone(), Arc::clone(server), epoch))
}

#[test]
fn i08_who_asks_meanwhile_joins_and_who_asks_again_asks_anew() {
    explore(|| {
        let (checks, server) = (RunningChecks::default(), Arc::new(Server::default()));
        let callers = (0..4).map(|_| {
            let (checks, server) = (checks.clone(), Arc::clone(&server));
            spawn(async move {
                let first = ask(checks.clone(), Arc::clone(&server), 1).await;
                let second = ask(checks, server, 1).await;
                assert!(second > first, "the answer that was just given");
            })
        });
        let callers: Vec<_> = callers.collect();
        callers.into_iter().for_each(|caller| block_on(caller).unwrap());
        assert_eq!(server.at_most.load(Ordering::Relaxed), 1, "requests at a time");
    });
}

#[test]
fn i08_who_goes_takes_nobody_along() {
    explore(|| {
        let (checks, server) = (RunningChecks::default(), Arc::new(Server::default()));
        let gone = caller(&checks, &server, 1);
        let others = [caller(&checks, &server, 1), caller(&checks, &server, 1)];
        gone.abort();
        others.into_iter().for_each(|other| assert!(block_on(other).unwrap() > 0));
        settle();
        assert_eq!(server.begun.load(Ordering::Relaxed), server.ended.load(Ordering::Relaxed));
        assert_eq!(server.at_most.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn i03_nobody_joins_a_request_of_another_epoch() {
    explore(|| {
        let (checks, server) = (RunningChecks::default(), Arc::new(Server::default()));
        let (before, after) = (caller(&checks, &server, 1), caller(&checks, &server, 2));
        assert_ne!(block_on(before).unwrap(), block_on(after).unwrap());
    });
}

#[test]
fn i08_a_failure_is_told_to_all_who_wait_and_keeps_nobody_from_asking_anew() {
    explore(|| {
        let (checks, server) = (RunningChecks::default(), Arc::new(Server::default()));
        let failing = || {
            let checks = checks.clone();
            spawn(async move {
                let fails = async {
                    yield_now().await;
                    Err(StepUpError::KeyLost)
                };
                assert_eq!(checks.join((1, SCOPE), fails).await.unwrap_err(), StepUpError::KeyLost);
            })
        };
        for caller in [failing(), failing()] {
            block_on(caller).unwrap();
        }
        assert_eq!(block_on(ask(checks.clone(), server, 1)), 1);
    });
}
