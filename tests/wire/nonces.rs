//! Server nonces (I19, faults 18, 20): five at once, each used once, fetched beside the call, and never in a
//! loop.

use std::collections::HashSet;

use serde_json::json;
use stepup_core::{NetworkFailure, StepUpError};
use stepup_test_support::eventually;

use crate::{bench::Bench, door::Recorded};

impl Bench {
    fn fetches(&self) -> Vec<Recorded> {
        self.door.requests().into_iter().filter(|request| request.is("GET", "nonces")).collect()
    }

    async fn refresh(&self) -> Result<(), StepUpError> {
        self.client().auth().refresh(None).await.map(drop)
    }

    /// Signed in, with an empty pool, and nobody fetching.
    async fn without_nonces() -> Self {
        let mut bench = Self::new().await;
        bench.sign_in().await;
        bench.restart();
        bench.door.forget();
        bench
    }
}

fn used(bench: &Bench) -> Vec<String> {
    let requests = bench.door.requests();
    requests
        .iter()
        .filter_map(|request| request.header("x-dynamic-device-nonce"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn i19_five_are_fetched_at_once_by_a_request_that_is_neither_signed_nor_anybodys() {
    let bench = Bench::without_nonces().await;
    for _ in 0..3 {
        bench.refresh().await.unwrap();
    }
    let fetches = bench.fetches();
    assert_eq!(fetches.len(), 1, "three calls are served by one fetch");
    assert_eq!(fetches[0].query, "count=5");
    let headers: Vec<_> = fetches[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!headers.iter().any(|name| name.contains("device-") || *name == "authorization"), "{headers:?}");
}

#[tokio::test]
async fn i19_each_is_used_once() {
    let bench = Bench::without_nonces().await;
    for _ in 0..13 {
        bench.refresh().await.unwrap();
    }
    let used = used(&bench);
    assert_eq!(used.len(), 13);
    assert_eq!(used.iter().collect::<HashSet<_>>().len(), 13);
    assert!((3..=4).contains(&bench.fetches().len()), "{} fetches", bench.fetches().len());
}

#[tokio::test]
async fn i19_when_one_is_left_more_are_fetched_beside_the_call() {
    let bench = Bench::without_nonces().await;
    for _ in 0..3 {
        bench.refresh().await.unwrap();
    }
    assert_eq!(bench.fetches().len(), 1);
    // From here on fetching takes for ever, and the calls do not wait for it while a nonce is left.
    bench.fault(json!({ "method": "GET", "path": "nonces", "hang": true }));
    bench.refresh().await.unwrap();
    eventually("a refill", || bench.fetches().len() == 2).await;
    bench.refresh().await.unwrap();
    let waited = bench.refresh().await.unwrap_err();
    assert!(matches!(waited, StepUpError::Network { failure: NetworkFailure::TimedOut, .. }), "{waited:?}");
    bench.world.sandbox.faults().clear();
    bench.refresh().await.unwrap();
}

#[tokio::test]
async fn i19_fault_20_an_answer_without_a_new_nonce_is_one_error_and_no_loop() {
    for answer in [json!([]), json!([""]), json!([" ", "\t"]), json!("none"), json!(null)] {
        let bench = Bench::without_nonces().await;
        bench.fault(json!({ "method": "GET", "path": "nonces", "body": { "nonces": answer } }));
        for calls in 1..=3 {
            let error = bench.refresh().await.unwrap_err();
            let is_told =
                matches!(&error, StepUpError::UnexpectedAnswer { operation, .. } if operation == "nonces");
            assert!(is_told, "{answer}: {error:?}");
            assert_eq!(bench.fetches().len(), calls, "{answer}: one fetch for each call");
        }
        bench.world.sandbox.faults().clear();
        bench.refresh().await.unwrap();
    }
}

#[tokio::test]
async fn i19_fault_20_nonces_that_are_sent_again_are_not_used_again() {
    let bench = Bench::without_nonces().await;
    bench
        .fault(json!({ "method": "GET", "path": "nonces", "body": { "nonces": ["a", "a", "b", "a", "b"] } }));
    bench.fault(json!({ "method": "POST", "path": "refresh", "status": 500 }));
    for _ in 0..2 {
        let error = bench.refresh().await.unwrap_err();
        assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
    }
    let error = bench.refresh().await.unwrap_err();
    assert!(
        matches!(&error, StepUpError::UnexpectedAnswer { operation, .. } if operation == "nonces"),
        "{error:?}"
    );
    assert_eq!(used(&bench), ["a", "b"]);
    // One for each of the three calls, and at most one beside each.
    assert!(bench.fetches().len() <= 6, "{}", bench.fetches().len());
}

#[tokio::test]
async fn i19_a_nonce_that_is_too_old_is_not_used() {
    let bench = Bench::without_nonces().await;
    bench.refresh().await.unwrap();
    assert_eq!(bench.fetches().len(), 1);
    bench.client().auth().logout(None).await.unwrap();
    bench.world.sandbox.clock().advance(24 * 60 * 60 + 60);
    // Sending the code tells the client what time it is; four old nonces are at hand.
    bench.sign_in().await;
    assert_eq!(bench.fetches().len(), 2);
}

#[tokio::test]
async fn i19_many_calls_at_once_share_one_fetch_and_no_nonce() {
    let bench = Bench::without_nonces().await;
    bench.client().auth().send_email_otp("eve@example.com".into(), None).await.unwrap();
    let code = bench.world.code("eve@example.com");
    let auth = bench.client().auth();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let sign_in = || auth.sign_in_with_otp(wrong.into(), None, None);
    let _ = tokio::join!(sign_in(), sign_in(), sign_in());
    assert_eq!(used(&bench).iter().collect::<HashSet<_>>().len(), 3);
    assert_eq!(bench.fetches().len(), 1);
}
