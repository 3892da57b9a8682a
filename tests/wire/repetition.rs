//! What is sent again when it failed in a way that may pass (I10): `check` and unsigned reads, at most
//! twice. Nothing else ever.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_core::{CheckReason, TokenScope};
use stepup_test_support::eventually;

use crate::{
    bench::Bench,
    operations::{Prepared, Row, rows},
};

const REPEATED: [&str; 6] = ["nonces", "settings", "session", "check", "mfa_methods", "passkeys"];
const CHECK: Row = Row { name: "check", method: "POST", path: "stepUp/check" };

impl Bench {
    /// How often an operation is sent while its endpoint has this fault.
    async fn attempts(&self, row: Row, prepared: &Prepared, effect: &Value) -> usize {
        self.door.forget();
        let mut rule = json!({ "method": row.method, "path": row.path });
        rule.as_object_mut().unwrap().extend(effect.as_object().unwrap().clone());
        self.fault(rule);
        let _ = self.perform(row.name, prepared).await;
        self.world.sandbox.faults().clear();
        self.requests(row).len()
    }
}

#[tokio::test]
async fn i10_only_check_and_unsigned_reads_are_repeated_at_most_twice() {
    let mut bench = Bench::new().await;
    for row in rows() {
        let expected = if row.is(&REPEATED) { 3 } else { 1 };
        bench.renew();
        let prepared = bench.prepare(row.name).await;
        let attempts = bench.attempts(row, &prepared, &json!({ "status": 503 })).await;
        assert_eq!(attempts, expected, "{}", row.name);
    }
}

#[tokio::test]
async fn i10_a_failure_that_may_pass_is_one_of_these() {
    let limited = |wait: &str| json!({ "status": 429, "headers": { "retry-after": wait } });
    let mut bench = Bench::new().await;
    let prepared = bench.prepare(CHECK.name).await;
    for (effect, expected) in [
        (json!({ "status": 502 }), 3),
        (json!({ "status": 503 }), 3),
        (json!({ "status": 504 }), 3),
        (json!({ "cut": "before" }), 3),
        (limited("0"), 3),
        (limited("60"), 1),
        (limited("Wed, 01 Jan 2200 00:00:00 GMT"), 1),
        (json!({ "status": 503, "headers": { "retry-after": "60" } }), 1),
        (json!({ "status": 429 }), 1),
        (json!({ "status": 500 }), 1),
        (json!({ "status": 400 }), 1),
        (json!({ "status": 403 }), 1),
        (json!({ "status": 422 }), 1),
        (json!({ "status": 301 }), 1),
        (json!({ "body": "not JSON" }), 1),
        (json!({ "hang": true }), 1),
    ] {
        assert_eq!(bench.attempts(CHECK, &prepared, &effect).await, expected, "{effect}");
    }
}

#[tokio::test]
async fn i10_a_refused_connection_is_tried_again_for_a_check_and_not_for_a_refresh() {
    let mut bench = Bench::new().await;
    bench.sign_in().await;
    bench.door.shut().await;
    let lines = |name: &str| {
        let begin = format!("{name}: no connection");
        bench.log.records().iter().filter(|record| record.text.starts_with(&begin)).count()
    };
    bench.client().step_up().check(TokenScope::WALLET_DELETE, None).await.unwrap();
    eventually("three attempts are logged", || lines("check") == 3).await;
    bench.client().auth().refresh(None).await.unwrap_err();
    eventually("an attempt is logged", || lines("refresh") == 1).await;
    assert_eq!((lines("check"), lines("refresh")), (3, 1));
}

#[tokio::test]
async fn i10_a_check_that_succeeds_at_last_is_a_check() {
    let bench = Bench::new().await;
    bench.sign_in().await;
    bench.fault(json!({ "method": "POST", "path": "stepUp/check", "status": 503, "count": 2 }));
    let check = bench.client().step_up().check(TokenScope::CREDENTIAL_UNLINK, None).await.unwrap();
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    assert_eq!(bench.requests(CHECK).len(), 3);
    let ids: Vec<_> = bench
        .requests(CHECK)
        .iter()
        .map(|request| request.header("x-dyn-request-id").map(str::to_owned))
        .collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "each attempt has an id of its own");
}

#[tokio::test]
async fn i10_a_short_retry_after_is_waited_for() {
    let bench = Bench::new().await;
    bench.sign_in().await;
    bench.fault(json!({
        "method": "POST", "path": "stepUp/check", "status": 429, "count": 1,
        "headers": { "retry-after": "1" },
    }));
    let begun = Instant::now();
    let check = bench.client().step_up().check(TokenScope::CREDENTIAL_UNLINK, None).await.unwrap();
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}
