//! From the start of the app to the first answer of the server.

use std::time::{Duration, Instant};

use serde_json::json;
use stepup_core::TokenScope;
use stepup_test_support::World;

use crate::{remote::median, report::Report};

pub(crate) async fn measure(report: &mut Report) {
    let mut world = World::new().await;
    world.sign_in().await;
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 100 }));
    let (mut times, mut requests) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        world.client.shutdown();
        let before = world.sandbox.log().exchanges().len();
        let started = Instant::now();
        world.client = world.open().unwrap();
        assert!(world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap().is_confirmed);
        times.push(started.elapsed());
        requests.push(world.sandbox.log().exchanges().len() - before);
    }
    let time = median(times);
    report.goal(
        "cold start with a stored session to the first remote check, +100 ms per request",
        "≤ 110 ms",
        format!("{} ms", time.as_millis()),
        time <= Duration::from_millis(110),
    );
    let most = requests.into_iter().max().unwrap_or_default();
    report.limit("requests of that cold start", "1", format!("{most}"), most == 1);
}
