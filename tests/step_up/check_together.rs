//! Identical checks share one request (I8).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{CancelToken, CheckReason, StepUpCheck, StepUpError, TokenScope};
use stepup_test_support::World;
use tokio::task::JoinSet;

use crate::helpers::{EXPORT, SIGN, restart_patiently};

/// A world whose next checks are answered late, so that whoever comes meanwhile can join.
async fn slow() -> World {
    let mut world = World::new().await;
    restart_patiently(&mut world);
    world.sign_in().await;
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 400 }));
    world
}

async fn spawn_checks(
    world: &World,
    scope: TokenScope,
    cancels: impl IntoIterator<Item = Option<Arc<CancelToken>>>,
) -> JoinSet<Result<StepUpCheck, StepUpError>> {
    let mut checks = JoinSet::new();
    for cancel in cancels {
        let (step_up, scope) = (world.client.step_up(), scope.clone());
        checks.spawn(async move { step_up.check(scope, cancel).await });
    }
    world.arrived("stepUp/check", 1).await;
    checks
}

#[tokio::test]
async fn i08_fault_47_a_hundred_checks_at_once_are_one_request() {
    let world = slow().await;
    let checks = spawn_checks(&world, EXPORT, vec![None; 100]).await.join_all().await;
    assert_eq!(checks.len(), 100);
    for check in checks {
        assert_eq!(check.unwrap().reason, CheckReason::RequiredByServer);
    }
    assert_eq!(world.count("stepUp/check"), 1);
}

#[tokio::test]
async fn i08_cancelling_callers_leaves_the_others() {
    let world = slow().await;
    // The first of them is the one who began the request.
    let cancel = CancelToken::new();
    let cancels = (0..20).map(|index| (index % 2 == 0).then(|| Arc::clone(&cancel)));
    let checks = spawn_checks(&world, EXPORT, cancels).await;
    cancel.cancel();
    let checks = checks.join_all().await;
    let cancelled = checks.iter().filter(|check| **check == Err(StepUpError::Cancelled)).count();
    let answered = checks.iter().flatten().filter(|check| check.reason == CheckReason::RequiredByServer);
    assert_eq!((cancelled, answered.count()), (10, 10));
    assert_eq!(world.count("stepUp/check"), 1);
}

#[tokio::test]
async fn i08_a_caller_who_goes_away_leaves_the_others() {
    let world = slow().await;
    let mut first = spawn_checks(&world, EXPORT, [None]).await;
    let others = spawn_checks(&world, EXPORT, [None, None]).await;
    first.abort_all();
    assert!(first.join_next().await.unwrap().unwrap_err().is_cancelled());
    for check in others.join_all().await {
        assert_eq!(check.unwrap().reason, CheckReason::RequiredByServer);
    }
    assert_eq!(world.count("stepUp/check"), 1);
}

#[tokio::test]
async fn i08_different_scopes_do_not_join() {
    let world = slow().await;
    let step_up = world.client.step_up();
    let (export, sign) = tokio::join!(step_up.check(EXPORT, None), step_up.check(SIGN, None));
    assert_eq!(export.unwrap().reason, CheckReason::RequiredByServer);
    assert_eq!(sign.unwrap().reason, CheckReason::NotRequiredByServer);
    assert_eq!(world.count("stepUp/check"), 2);
}

#[tokio::test]
async fn i08_a_failure_is_shared_like_an_answer() {
    let world = slow().await;
    world.sandbox.faults().clear();
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "latencyMs": 400, "status": 500 }));
    for check in spawn_checks(&world, SIGN, vec![None; 10]).await.join_all().await {
        assert!(check.unwrap().is_required);
    }
    assert_eq!(world.count("stepUp/check"), 1);
}

#[tokio::test]
async fn i08_a_check_after_the_answer_asks_anew() {
    let world = World::new().await;
    world.sign_in().await;
    for count in 1..=50 {
        world.client.step_up().check(SIGN, None).await.unwrap();
        assert_eq!(world.count("stepUp/check"), count);
    }
}
