//! What ends a subscription: cancelling it, letting it go, shutting the client down.

use std::sync::Arc;

use stepup_core::{StepUpError, Subscription};
use stepup_test_support::{World, eventually};

use crate::helpers::{
    ElevationTestListener, SessionTestListener, StateTestListener, sign_in_elevated, subscribe,
    subscribe_elevations, subscribe_state,
};

/// Something happens that every listener would be told, and those that are still there are.
async fn change_and_wait(world: &World) {
    let (fence, _subscription) = subscribe(world);
    fence.was_told_times(1).await;
    world.client.auth().logout(None).await.unwrap();
    fence.was_told_times(2).await;
}

#[tokio::test]
async fn a_subscription_that_is_cancelled_or_dropped_tells_no_more_and_lets_the_listener_go() {
    let endings: [fn(Arc<Subscription>); 2] = [|subscription| subscription.cancel(), drop];
    for end in endings {
        let world = World::new().await;
        sign_in_elevated(&world).await;
        let ((session, first), (elevations, second)) = (subscribe(&world), subscribe_elevations(&world));
        let (state, third) = subscribe_state(&world);
        session.was_told_times(1).await;
        elevations.was_told_times(1).await;
        state.was_told_times(1).await;
        [first, second, third].into_iter().for_each(end);
        let is_held = || session.is_held() || elevations.is_held() || state.is_held();
        eventually("let go", || !is_held()).await;
        eventually("no timer is left", || world.clock.timers().is_empty()).await;
        change_and_wait(&world).await;
        let told = (session.told().len(), elevations.told().len(), state.told().len());
        assert_eq!(told, (1, 1, 1));
    }
}

#[tokio::test]
async fn shutdown_ends_them_and_allows_no_more() {
    let world = World::new().await;
    world.sign_in().await;
    let ((session, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
    let (state, _third) = subscribe_state(&world);
    session.was_told_times(1).await;
    elevations.was_told_times(1).await;
    state.was_told_times(1).await;
    world.client.shutdown();
    eventually("let go", || !session.is_held() && !elevations.is_held() && !state.is_held()).await;
    eventually("no timer is left", || world.clock.timers().is_empty()).await;
    assert_eq!((session.told().len(), elevations.told().len(), state.told().len()), (1, 1, 1));
    let (auth, step_up) = (world.client.auth(), world.client.step_up());
    let refused = [
        auth.subscribe(SessionTestListener::default().shared()).map(drop),
        step_up.subscribe(StateTestListener::default().shared()).map(drop),
        step_up.subscribe_elevations(ElevationTestListener::default().shared()).map(drop),
    ];
    assert_eq!(refused, [const { Err(StepUpError::ClientClosed) }; 3]);
}

#[tokio::test]
async fn they_do_not_keep_the_client() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.client.set_foreground(true);
    let ((session, first), (elevations, second)) = (subscribe(&world), subscribe_elevations(&world));
    let (state, third) = subscribe_state(&world);
    session.was_told_times(1).await;
    // Let go of without `shutdown`: the place in the process is free all the same.
    let other = World::new().await;
    world.client = Arc::clone(&other.client);
    eventually("let go", || !session.is_held() && !elevations.is_held() && !state.is_held()).await;
    eventually("no timer is left", || world.clock.timers().is_empty()).await;
    eventually("another client may be opened", || world.open().is_ok()).await;
    drop((first, second, third));
}
