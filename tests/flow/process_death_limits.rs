//! Which flow of an earlier process is found, and which is not any more.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use stepup_core::{
    CancelToken, StepUpError, StepUpFilter, StepUpFlowEnd, StepUpFlowState, StepUpMethod, StorageFailure,
};
use stepup_test_support::{EMAIL, StorageMode, World};

use crate::{
    helpers::{EXPORT, LINK, granted, prompt, start_for},
    process_death::{awaiting_code, forgotten, interrupted, pending, record, restart},
    users::{self, holds},
};

const OTHER: &str = "grace@example.com";

async fn interrupted_by_email() -> World {
    let mut world = users::with_email().await;
    interrupted(&mut world, &StepUpMethod::Email).await;
    world
}

/// Nobody waits for it, and it is not kept either.
async fn assert_none(world: &World) {
    assert!(pending(world).await.is_none());
    forgotten(world).await;
}

#[tokio::test]
async fn who_asks_again_gets_the_same_flow() {
    let world = interrupted_by_email().await;
    let step_up = world.client.step_up();
    let found = join_all((0..8).map(|_| step_up.pending_flow(None))).await;
    let found: Vec<_> = found.into_iter().map(|flow| flow.unwrap().unwrap()).collect();
    assert!(found.iter().all(|flow| Arc::ptr_eq(flow, &found[0])));
    assert!(Arc::ptr_eq(&pending(&world).await.unwrap(), &found[0]));
    assert!(Arc::ptr_eq(&start_for(&world, &[EXPORT], None), &found[0]));
    let other = start_for(&world, &[EXPORT], Some(StepUpFilter::ReauthenticationOnly));
    assert!(!Arc::ptr_eq(&other, &found[0]));
    assert!(Arc::ptr_eq(&pending(&world).await.unwrap(), &other), "the latest");
    other.cancel();
    assert!(Arc::ptr_eq(&pending(&world).await.unwrap(), &found[0]));
}

#[tokio::test]
async fn the_filter_is_remembered() {
    let mut world = users::with_email().await;
    let methods = vec![StepUpMethod::Email, StepUpMethod::Passkey];
    let filter = Some(StepUpFilter::Methods { methods });
    let flow = start_for(&world, &[EXPORT], filter.clone());
    prompt(&flow).await;
    stepup_test_support::eventually("it is written down", || record(&world).is_some()).await;
    restart(&mut world);
    let flow = pending(&world).await.unwrap();
    assert!(Arc::ptr_eq(&start_for(&world, &[EXPORT], filter), &flow));
    assert!(!Arc::ptr_eq(&start_for(&world, &[EXPORT], None), &flow));
}

#[tokio::test]
async fn a_flow_of_this_process_comes_first_and_nothing_is_read_for_it() {
    let world = interrupted_by_email().await;
    let flow = start_for(&world, &[LINK], None);
    prompt(&flow).await;
    world.storage.set(StorageMode::Hangs);
    assert!(Arc::ptr_eq(&pending(&world).await.unwrap(), &flow));
    world.storage.set(StorageMode::Works);
}

#[tokio::test]
async fn it_waits_through_any_number_of_processes() {
    let mut world = interrupted_by_email().await;
    let stored = record(&world);
    for _ in 0..3 {
        pending(&world).await.unwrap();
        restart(&mut world);
        assert_eq!(record(&world), stored);
    }
    let flow = pending(&world).await.unwrap();
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
    forgotten(&world).await;
}

#[tokio::test]
async fn a_code_is_waited_for_ten_minutes() {
    for (seconds, is_found) in [(595, true), (601, false)] {
        let world = interrupted_by_email().await;
        world.sandbox.clock().advance(seconds);
        world.clock.set_ahead(seconds);
        assert_eq!(pending(&world).await.is_some(), is_found, "{seconds}");
        if !is_found {
            forgotten(&world).await;
        }
    }
}

#[tokio::test]
async fn i22_a_wrong_clock_does_not_end_it() {
    let mut world = users::world().await;
    world.clock.set_ahead(3_600);
    world.sign_in().await;
    let shown = interrupted(&mut world, &StepUpMethod::Email).await;
    let flow = pending(&world).await.unwrap();
    assert_eq!(prompt(&flow).await, shown);
}

#[tokio::test]
async fn i03_another_session_does_not_find_it() {
    for next in [EMAIL, OTHER] {
        let world = interrupted_by_email().await;
        world.sign_in_as(next).await;
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn i03_it_ends_with_its_session_in_the_next_process_too() {
    let world = interrupted_by_email().await;
    let flow = pending(&world).await.unwrap();
    world.sign_in_as(OTHER).await;
    let reason = StepUpFlowEnd::AnotherSignIn;
    assert_eq!(flow.ended().await, StepUpFlowState::Cancelled { reason });
    assert_none(&world).await;
}

#[tokio::test]
async fn i09_after_a_logout_there_is_none() {
    for is_asked_for in [true, false] {
        let mut world = interrupted_by_email().await;
        let flow = if is_asked_for { pending(&world).await } else { None };
        world.client.auth().logout(None).await.unwrap();
        assert!(world.storage.records().is_empty());
        if let Some(flow) = flow {
            let reason = StepUpFlowEnd::SignedOut;
            assert_eq!(flow.ended().await, StepUpFlowState::Cancelled { reason });
        }
        assert_none(&world).await;
        restart(&mut world);
        world.sign_in().await;
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn a_cancelled_flow_is_forgotten() {
    for is_restarted in [false, true] {
        let mut world = users::with_email().await;
        let (mut flow, _) = awaiting_code(&world, &StepUpMethod::Email).await;
        if is_restarted {
            restart(&mut world);
            flow = pending(&world).await.unwrap();
        }
        flow.cancel();
        assert_none(&world).await;
        restart(&mut world);
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn what_is_permitted_meanwhile_needs_no_code_any_more() {
    let mut world = users::with_email().await;
    prompt(&start_for(&world, &[LINK], None)).await;
    stepup_test_support::eventually("it is written down", || record(&world).is_some()).await;
    restart(&mut world);
    world.verify_by_email(&[LINK]).await.unwrap();
    assert!(holds(&world, LINK));
    assert_none(&world).await;
}

#[tokio::test]
async fn nobody_signed_in_has_none_and_no_record_is_looked_for() {
    let world = users::world().await;
    assert!(pending(&world).await.is_none());
    assert_eq!(world.storage.calls(), ["get"]);
    assert!(world.sandbox.log().exchanges().is_empty());
}

#[tokio::test]
async fn a_storage_that_is_locked_is_told_and_asked_again() {
    let world = interrupted_by_email().await;
    world.storage.set(StorageMode::Locked);
    let error = world.client.step_up().pending_flow(None).await.err();
    assert_eq!(error, Some(StepUpError::StorageFailed { reason: StorageFailure::Locked }));
    world.storage.set(StorageMode::Works);
    assert!(pending(&world).await.is_some());
}

#[tokio::test]
async fn asking_can_be_cancelled_and_ends_with_the_client() {
    let world = interrupted_by_email().await;
    world.storage.set(StorageMode::Hangs);
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let call = {
        let (step_up, cancel) = (Arc::clone(&step_up), Arc::clone(&cancel));
        tokio::spawn(async move { step_up.pending_flow(Some(cancel)).await.err() })
    };
    stepup_test_support::eventually("it is read", || !world.storage.is_at_rest()).await;
    cancel.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), call).await.unwrap().unwrap();
    assert_eq!(ended, Some(StepUpError::Cancelled));
    world.storage.set(StorageMode::Works);
    let flow = pending(&world).await.unwrap();
    world.client.shutdown();
    assert_eq!(step_up.pending_flow(None).await.err(), Some(StepUpError::ClientClosed));
    let reason = StepUpFlowEnd::ClientClosed;
    assert_eq!(flow.ended().await, StepUpFlowState::Cancelled { reason });
    assert!(record(&world).is_some());
}

#[tokio::test]
async fn a_flow_that_has_ended_just_before_the_client_is_not_found() {
    for is_cancelled in [true, false] {
        let mut world = users::with_email().await;
        let (flow, _) = awaiting_code(&world, &StepUpMethod::Email).await;
        if is_cancelled {
            flow.cancel();
        } else {
            flow.submit(world.code(EMAIL)).unwrap();
            granted(&flow).await;
        }
        restart(&mut world);
        assert_none(&world).await;
    }
}
