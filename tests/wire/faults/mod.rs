//! Every operation × every fault of the network and of the server (I1, I10, faults 19, 23): a typed error
//! within the limit, everything as before, and the next call works.

mod cases;
mod outcome;

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use cases::{Case, Fault, MAX_BODY_BYTES};
use futures_util::FutureExt;
use serde_json::json;
use stepup_core::{Limits, StepUpError};
use stepup_test_support::eventually;
use tokio::{sync::Mutex, task::JoinSet};

use crate::{
    bench::Bench,
    door::Mischief,
    operations::{Prepared, Row, Trouble, rows},
};

/// Where it is not reached it only has to be there.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);
/// Where it is reached it is waited for, and long enough for everything before on a busy machine.
const SHORT_LIMIT: Duration = Duration::from_secs(3);
/// On a busy machine a call takes longer than its limit, but not several times as long.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn i10_fault_23_no_server_holds_a_caller_for_longer_than_the_limit() {
    // Afterwards the server answers with words that nobody knows.
    survive(&cases::slow(), 24, SHORT_LIMIT, Some(Mischief::Novelties)).await;
}

#[tokio::test]
async fn i01_i10_fault_19_no_fault_of_the_network_or_the_server_does_more_than_fail_a_call() {
    survive(&cases::quick(), 2, REQUEST_LIMIT, None).await;
}

#[tokio::test]
async fn i24_a_redirect_is_not_followed_and_nothing_is_sent_to_its_target() {
    let target = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/elsewhere", target.local_addr().unwrap());
    survive(&cases::redirects(&url), 2, REQUEST_LIMIT, None).await;
    let visited = tokio::time::timeout(Duration::from_millis(50), target.accept()).await;
    assert!(visited.is_err(), "somebody called the target of the redirect");
}

/// Lets every operation meet each fault, in several worlds at once: waiting for limits is idle time. What
/// keeps the processor busy is done by one of them at a time, so that nothing else runs into the limits.
/// Afterwards the operation succeeds, whatever the door makes of the server's answer.
async fn survive(cases: &[Case], worlds: usize, limit: Duration, at_last: Option<Mischief>) {
    let (rows, mut worlds_and_shares) = (rows(), Vec::new());
    for share in rows.chunks(rows.len().div_ceil(worlds)) {
        // All of them first: making the keys of a world keeps everything else waiting.
        let bench = Bench::with_config(|config| config.limits = Some(limits(limit))).await;
        worlds_and_shares.push((bench, share.to_vec()));
    }
    let (mut running, busy) = (JoinSet::new(), Arc::new(Mutex::new(())));
    for (mut bench, share) in worlds_and_shares {
        let (cases, busy) = (cases.to_vec(), Arc::clone(&busy));
        running.spawn(async move {
            let mut failed = Vec::new();
            for row in share {
                let operation = AssertUnwindSafe(bench.survive_all(row, &cases, &busy, at_last));
                // The others are looked at all the same.
                if operation.catch_unwind().await.is_err() {
                    failed.push(row.name);
                }
            }
            failed
        });
    }
    assert_eq!(running.join_all().await.concat(), [""; 0], "what is wrong with them is told above");
}

fn limits(limit: Duration) -> Limits {
    let (request_timeout, max_body_bytes) = (Some(limit), Some(MAX_BODY_BYTES));
    Limits { request_timeout, max_body_bytes, ..Limits::default() }
}

impl Bench {
    async fn survive_all(&mut self, row: Row, cases: &[Case], busy: &Mutex<()>, at_last: Option<Mischief>) {
        self.world.sandbox.faults().clear();
        self.door.open();
        let alone = busy.lock().await;
        self.renew();
        let mut prepared = self.prepare(row.name).await;
        drop(alone);
        for case in cases {
            self.survive(row, &mut prepared, case).await;
        }
        let _alone = busy.lock().await;
        if let Some(mischief) = at_last {
            self.door.set(row.method, row.path, mischief);
        }
        self.go_on(row, &prepared).await;
    }

    async fn survive(&mut self, row: Row, prepared: &mut Prepared, case: &Case) {
        let what = format!("{}, {}", row.name, case.name);
        if row.is(&["nonces", "settings"]) {
            // With a client that has read none.
            self.restart();
        }
        let before = self.snapshot().await;
        assert!(before.is_signed_in(), "{what}");
        self.begin(row, &case.fault).await;
        let begun = Instant::now();
        let outcome = self.perform(row.name, prepared).await;
        assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", begun.elapsed());
        self.world.sandbox.faults().clear();
        self.door.open();
        if row.name == "logout" {
            assert_eq!(outcome, Ok(()), "{what}: the network has no say in a logout");
            assert!(!self.snapshot().await.is_signed_in(), "{what}");
            self.world.sandbox.clock().advance(601);
            self.sign_in().await;
            return;
        }
        assert!(outcome::fits(row, &outcome, case.expected), "{what}: {outcome:?}");
        // A visit to a provider's page that has failed is forgotten beside the call.
        let is_as_before = || outcome.is_ok() || self.world.storage.text() == before.stored;
        eventually(&what, is_as_before).await;
        let after = self.snapshot().await;
        if outcome.is_err() {
            assert_eq!(after, before, "{what}: everything is as before");
        } else if !after.is_signed_in() {
            // It needs no answer, and ends the session.
            self.renew();
            *prepared = self.prepare(row.name).await;
        }
    }

    async fn begin(&mut self, row: Row, fault: &Fault) {
        match fault {
            Fault::Answer(effect) => {
                let mut rule = json!({ "method": row.method, "path": row.path });
                rule.as_object_mut().unwrap().extend(effect.as_object().unwrap().clone());
                self.fault(rule);
            }
            Fault::Door(mischief) => self.door.set(row.method, row.path, *mischief),
            Fault::Refused => self.door.shut().await,
        }
    }

    /// The next call works.
    async fn go_on(&mut self, row: Row, prepared: &Prepared) {
        let outcome = self.perform(row.name, prepared).await;
        let is_as_ever = match row.name {
            "session" => matches!(&outcome, Err(Trouble::Error(StepUpError::Server { .. }))),
            _ => outcome.is_ok(),
        };
        assert!(is_as_ever, "{}: {outcome:?}", row.name);
    }
}
