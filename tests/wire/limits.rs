//! Every operation × every fault of the network (I10, faults 19, 23): a typed error within the limit,
//! everything as before, and the next call works.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stepup_core::{CheckReason, ErrorKind, Limits, NetworkFailure, StepUpError};
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
const MAX_BODY_BYTES: u64 = 64 * 1024;
/// On a busy machine a call takes longer than its limit, but not several times as long.
const PATIENCE: Duration = Duration::from_secs(15);

/// What goes wrong.
#[derive(Clone, Debug)]
enum Fault {
    /// As `POST /sandbox/faults` takes it, without method and path.
    Answer(Value),
    Door(Mischief),
    Refused,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Network(NetworkFailure),
    Refusal(u16),
    /// Success with a body that cannot be understood; it does not matter where none is needed.
    Misunderstood,
}

type Case = (&'static str, Fault, Expected);

#[tokio::test]
async fn i10_fault_23_no_server_holds_a_caller_for_longer_than_the_limit() {
    let too_slow = Expected::Network(NetworkFailure::TimedOut);
    let cases = [
        ("hung", Fault::Answer(json!({ "hang": true })), too_slow),
        ("slow drip", Fault::Door(Mischief::Drip), too_slow),
    ];
    survive(&cases, 15, SHORT_LIMIT).await;
}

#[tokio::test]
async fn i10_no_body_is_read_beyond_the_limit() {
    let too_large = Expected::Network(NetworkFailure::TooLarge);
    let large = " ".repeat(usize::try_from(MAX_BODY_BYTES).unwrap() + 1);
    let cases = [
        ("announced", Fault::Answer(json!({ "body": large })), too_large),
        ("endless", Fault::Door(Mischief::Endless), too_large),
    ];
    survive(&cases, 2, REQUEST_LIMIT).await;
}

#[tokio::test]
async fn i10_a_connection_that_is_refused_or_breaks_is_told_as_that() {
    let broken = Expected::Network(NetworkFailure::Interrupted);
    let half = json!({ "cut": "amid", "body": { "user": {}, "nonces": ["a"], "isRequired": false } });
    let cases = [
        ("refused", Fault::Refused, Expected::Network(NetworkFailure::ConnectFailed)),
        ("cut before the answer", Fault::Answer(json!({ "cut": "before" })), broken),
        ("cut amid the answer", Fault::Answer(half), broken),
    ];
    survive(&cases, 2, REQUEST_LIMIT).await;
}

#[tokio::test]
async fn i01_fault_19_an_answer_that_cannot_be_understood_is_an_error() {
    let misunderstood = |body: Value| Fault::Answer(json!({ "body": body }));
    let wrong_types = json!({
        "user": 1, "expiresAt": {}, "minifiedJwt": [], "isRequired": "false", "nonces": "a", "id": 2,
        "uri": 3,
        "verificationUUID": 4, "recoveryCodes": "x", "devices": 5, "passkeys": "none", "challenge": 6,
    });
    let cases = [
        ("truncated JSON", misunderstood(json!("{\"isRequired\": fal"))),
        ("HTML", misunderstood(json!("<html>welcome to the hotel</html>"))),
        ("nothing", misunderstood(json!(""))),
        ("null", misunderstood(json!("null"))),
        // Lists as long as the answers have fields, in their order.
        ("a list as a check", misunderstood(json!([false, [], null]))),
        ("a list as factors", misunderstood(json!([[], []]))),
        ("a list as one field", misunderstood(json!(["a"]))),
        ("an empty object", misunderstood(json!({}))),
        ("wrong types", misunderstood(wrong_types)),
    ];
    survive(&cases.map(|(name, fault)| (name, fault, Expected::Misunderstood)), 2, REQUEST_LIMIT).await;
}

#[tokio::test]
async fn i10_a_server_in_trouble_is_told_as_that() {
    let html = json!({
        "status": 500, "headers": { "content-type": "text/html" }, "body": "<html>Server Error</html>",
    });
    let cases = [
        ("500 HTML", Fault::Answer(html), Expected::Refusal(500)),
        ("599", Fault::Answer(json!({ "status": 599 })), Expected::Refusal(599)),
    ];
    survive(&cases, 2, REQUEST_LIMIT).await;
}

#[tokio::test]
async fn i24_a_redirect_is_not_followed_and_nothing_is_sent_to_its_target() {
    let target = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/elsewhere", target.local_addr().unwrap());
    let cases = [302, 307, 308].map(|status| {
        let answer = json!({ "status": status, "headers": { "location": url } });
        ("redirect", Fault::Answer(answer), Expected::Refusal(status))
    });
    survive(&cases, 2, REQUEST_LIMIT).await;
    let visited = tokio::time::timeout(Duration::from_millis(50), target.accept()).await;
    assert!(visited.is_err(), "somebody called the target of the redirect");
}

/// Lets every operation meet each fault, in several worlds at once: waiting for limits is idle time. What
/// keeps the processor busy is done by one of them at a time, so that nothing else runs into the limits.
async fn survive(cases: &[Case], worlds: usize, limit: Duration) {
    let rows = rows();
    let (mut running, busy) = (JoinSet::new(), Arc::new(Mutex::new(())));
    for share in rows.chunks(rows.len().div_ceil(worlds)) {
        let (share, cases, busy) = (share.to_vec(), cases.to_vec(), Arc::clone(&busy));
        let mut bench = Bench::with_config(|config| config.limits = Some(limits(limit))).await;
        running.spawn(async move {
            for row in share {
                let alone = busy.lock().await;
                bench.renew();
                let prepared = bench.prepare(row.name).await;
                drop(alone);
                for case in &cases {
                    bench.survive(row, &prepared, case).await;
                }
                let _alone = busy.lock().await;
                bench.go_on(row, &prepared).await;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
    }
}

fn limits(limit: Duration) -> Limits {
    let (request_timeout, max_body_bytes) = (Some(limit), Some(MAX_BODY_BYTES));
    Limits { request_timeout, max_body_bytes, ..Limits::default() }
}

impl Bench {
    async fn survive(&mut self, row: Row, prepared: &Prepared, (name, fault, expected): &Case) {
        let what = format!("{}, {name}", row.name);
        if row.name == "nonces" {
            // With a pool that has none.
            self.restart();
        }
        let before = self.snapshot().await;
        assert!(before.is_signed_in(), "{what}");
        self.begin(row, fault).await;
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
        assert!(fits(row, &outcome, *expected), "{what}: {outcome:?}");
        let needs_no_answer = outcome.is_ok();
        if !needs_no_answer {
            assert_eq!(self.snapshot().await, before, "{what}: everything is as before");
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

/// Operations whose answer has no body that matters.
const WITHOUT_ANSWER: [&str; 2] = ["delete_totp", "delete_passkey"];

fn fits(row: Row, outcome: &Result<(), Trouble>, expected: Expected) -> bool {
    if row.is(&["session"]) {
        // Whether the session is over was not confirmed, so the first answer counts (I7), or where nothing
        // could be sent, that.
        return match outcome {
            Err(Trouble::Error(StepUpError::Server { answer, .. })) => answer.status == 401,
            Err(Trouble::Error(StepUpError::Network { failure, .. })) => {
                *failure == NetworkFailure::ConnectFailed && expected == Expected::Network(*failure)
            }
            _ => false,
        };
    }
    match (expected, outcome) {
        (Expected::Misunderstood, outcome) if row.is(&WITHOUT_ANSWER) => outcome.is_ok(),
        (_, Err(Trouble::Check(reason))) => *reason == reason_for(expected),
        (Expected::Network(expected), Err(Trouble::Error(StepUpError::Network { failure, .. }))) => {
            *failure == expected
        }
        (Expected::Refusal(status), Err(Trouble::Error(StepUpError::Server { answer, operation, .. }))) => {
            answer.status == status && operation == row.name
        }
        (Expected::Misunderstood, Err(Trouble::Error(StepUpError::UnexpectedAnswer { operation, .. }))) => {
            operation == row.name
        }
        _ => false,
    }
}

fn reason_for(expected: Expected) -> CheckReason {
    match expected {
        Expected::Misunderstood => CheckReason::MalformedAnswer,
        Expected::Refusal(300..=399) => CheckReason::CouldNotAsk { kind: ErrorKind::FixConfiguration },
        Expected::Network(_) | Expected::Refusal(_) => {
            CheckReason::CouldNotAsk { kind: ErrorKind::RetryLater }
        }
    }
}
