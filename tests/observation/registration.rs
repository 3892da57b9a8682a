//! The registration of this device, as it is told beside session and elevations (fault 48).

use serde_json::json;
use stepup_core::{DeviceRegistrationStatus, OnboardingDuty};
use stepup_test_support::{TestListener, World, eventually};

use crate::helpers::{one_timer, session_answer, sign_in_elevated, subscribe, subscribe_elevations};

/// The server asks for the registration of this device from now on, or not any more.
async fn refresh_with(world: &World, user_id: &str, scope: &str) {
    let body = session_answer(user_id, scope, 7_200);
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": body }));
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn fault_48_a_registration_that_is_pending_is_told_to_all_who_observe() {
    let world = World::new().await;
    let user_id = sign_in_elevated(&world).await.user.id;
    let ((sessions, _first), (elevations, _second)) = (subscribe(&world), subscribe_elevations(&world));
    sessions.was_told_times(1).await;
    elevations.was_told_times(1).await;
    refresh_with(&world, &user_id, "device:register").await;
    sessions.was_told_times(2).await;
    assert_eq!(sessions.told()[1].as_ref().unwrap().duties, [OnboardingDuty::RegisterDevice]);
    // They are kept, and of no use meanwhile.
    elevations.was_told_times(2).await;
    assert_eq!(elevations.told()[1], []);
    refresh_with(&world, &user_id, "user:basic").await;
    elevations.was_told_times(3).await;
    assert_eq!(elevations.told()[2], elevations.told()[0]);
}

#[tokio::test]
async fn fault_48_a_pending_registration_ends_when_the_session_runs_out() {
    let world = World::new().await;
    let user_id = world.sign_in().await.user.id;
    let listener = TestListener::default();
    let _subscription = world.client.device_registration().subscribe(listener.shared()).unwrap();
    let (pending, none) = (DeviceRegistrationStatus::NoEmailAddress, DeviceRegistrationStatus::NotRequired);
    listener.was_told(std::slice::from_ref(&none)).await;
    assert_eq!(world.clock.timers_begun(), 0, "nothing to wait for");
    refresh_with(&world, &user_id, "device:register").await;
    listener.was_told(&[none.clone(), pending.clone()]).await;
    one_timer(&world, 7_100..=7_200).await;
    world.clock.advance(7_201);
    listener.was_told(&[none.clone(), pending, none]).await;
    eventually("no timer", || world.clock.timers().is_empty()).await;
}
