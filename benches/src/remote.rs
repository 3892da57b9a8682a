//! What the library adds to a request, and how many requests many callers make.

use std::time::{Duration, Instant};

use serde_json::json;
use stepup_core::{SessionTokenKind, TokenScope};
use stepup_test_support::World;

use crate::report::Report;

const CALLS: usize = 400;

pub(crate) async fn measure(report: &mut Report) {
    let world = World::new().await;
    world.sign_in().await;
    overhead(report, &world).await;
    joined(report, &world).await;
}

/// Alternately a check and a bare request to the same URL, so that both see the same machine.
async fn overhead(report: &mut Report, world: &World) {
    let token = world.client.auth().session_token(SessionTokenKind::Minified, None).await.unwrap().unwrap();
    let url = format!("{}/sdk/{}/stepUp/check", world.sandbox.base_url(), world.sandbox.environment_id());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let started = Instant::now();
        let check = world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
        ours.push(started.elapsed());
        assert!(check.is_confirmed);
        let started = Instant::now();
        let request = http.post(&url).bearer_auth(token.expose()).header("content-type", "application/json");
        let answer = request.body(json!({ "scope": "wallet:export" }).to_string()).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.bytes().await.unwrap();
        bare.push(started.elapsed());
    }
    let (ours, bare) = (median(ours), median(bare));
    let added = ours.saturating_sub(bare);
    report.goal(
        "remote `check` over loopback minus a bare reqwest call, median",
        "≤ 50 µs",
        format!("{} µs ({} − {} µs)", added.as_micros(), ours.as_micros(), bare.as_micros()),
        added <= Duration::from_micros(50),
    );
}

async fn joined(report: &mut Report, world: &World) {
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 200 }));
    let before = world.count("stepUp/check");
    let checks: Vec<_> = (0..1_000)
        .map(|_| {
            let step_up = world.client.step_up();
            tokio::spawn(async move { step_up.check(TokenScope::WALLET_EXPORT, None).await })
        })
        .collect();
    for check in checks {
        assert!(check.await.unwrap().unwrap().is_confirmed);
    }
    let requests = world.count("stepUp/check") - before;
    report.limit("1,000 concurrent identical checks", "1 request", format!("{requests}"), requests == 1);
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
