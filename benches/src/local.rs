//! Answers from memory.

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stepup_core::TokenScope;
use stepup_test_support::{World, elevated_token};

use crate::report::Report;

const CALLS: u32 = 1_000_000;
const ROUNDS: u32 = 5;

pub(crate) async fn measure(report: &mut Report) {
    let (mut held, mut checked) = (Vec::new(), Vec::new());
    for tokens in [1, 30, 1_000] {
        let world = world_with_tokens(tokens).await;
        let step_up = world.client.step_up();
        let scope = TokenScope::WALLET_EXPORT;
        assert!(step_up.has_elevated_access_token(scope.clone()));
        held.push(millions_per_second(|| {
            black_box(step_up.has_elevated_access_token(black_box(scope.clone())));
        }));
        checked.push(millions_per_second(|| {
            let mut check = pin!(step_up.check(black_box(scope.clone()), None));
            // A held token is an answer at once: the future is ready when it is first asked.
            let answer = check.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(black_box(answer), Poll::Ready(Ok(_))));
        }));
    }
    let figure =
        |rates: &[f64]| rates.iter().map(|rate| format!("{rate:.1}")).collect::<Vec<_>>().join(" / ");
    let is_met = |rates: &[f64], goal: f64| rates.iter().all(|rate| *rate >= goal);
    report.goal(
        "`has_elevated_access_token`, 1 / 30 / 1,000 tokens",
        "≥ 20 M/s, flat",
        format!("{} M/s", figure(&held)),
        is_met(&held, 20.0),
    );
    report.goal(
        "local `check`, 1 / 30 / 1,000 tokens",
        "≥ 5 M/s, flat",
        format!("{} M/s", figure(&checked)),
        is_met(&checked, 5.0),
    );
}

/// The best of some rounds: what disturbs a round only makes it slower.
fn millions_per_second(mut call: impl FnMut()) -> f64 {
    let fastest = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        (0..CALLS).for_each(|_| call());
        started.elapsed()
    });
    f64::from(CALLS) / fastest.min().unwrap_or(Duration::MAX).as_secs_f64() / 1e6
}

/// A signed-in client that holds this many reusable tokens, put into its storage as an earlier process
/// would have.
async fn world_with_tokens(count: usize) -> World {
    let mut world = World::new().await;
    world.sign_in().await;
    let mut envelope: Value = serde_json::from_str(&world.storage.text()).unwrap();
    let tokens = (0..count).map(|index| {
        let scope = if index == 0 { "wallet:export".to_owned() } else { format!("test:{index}") };
        json!({ "token": elevated_token(&json!({ "scope": scope, "exp": 4_000_000_000_u64 })) })
    });
    envelope["elevations"] = tokens.collect();
    world.storage.overwrite(envelope.to_string().as_bytes());
    world.restart();
    world.client.restore(None).await.unwrap();
    world
}
