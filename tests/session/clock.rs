//! A device whose clock is wrong (I22).

use std::time::{Duration, SystemTime};

use stepup_core::{CheckReason, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{holds, sign_in_with_tokens, user_id};

const HOURS: i64 = 5 * 3_600;

#[tokio::test]
async fn i22_fault_10_fresh_sessions_and_tokens_hold_on_a_device_with_a_wrong_clock() {
    for ahead in [HOURS, -HOURS, 400 * 24 * 3_600, -400 * 24 * 3_600] {
        let world = World::new().await;
        world.clock.set_ahead(ahead);
        let user = sign_in_with_tokens(&world).await;
        assert_eq!(user_id(&world).await, Some(user), "{ahead}");
        let check = world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
        assert_eq!(check.reason, CheckReason::TokenHeld);
        assert_eq!(world.protected(TokenScope::WALLET_EXPORT).await, Ok(200));
        world.client.mfa().enroll_totp(None).await.unwrap();
        world.client.auth().refresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn i22_what_expires_is_told_on_the_devices_clock() {
    for ahead in [HOURS, -HOURS] {
        let world = World::new().await;
        world.clock.set_ahead(ahead);
        sign_in_with_tokens(&world).await;
        let now = world.clock.shared().now();
        let left = |moment: SystemTime| moment.duration_since(now).unwrap().as_secs();
        let session = world.client.auth().session(None).await.unwrap().unwrap();
        assert!((7_150..=7_205).contains(&left(session.expires_at)), "{}", left(session.expires_at));
        let elevation = world.client.step_up().elevation(TokenScope::WALLET_EXPORT).unwrap();
        assert!((250..=305).contains(&left(elevation.expires_at)), "{}", left(elevation.expires_at));
        let sent = world.client.step_up().send_otp(None, None).await.unwrap();
        assert!((20..=35).contains(&left(sent.resend_at)), "{}", left(sent.resend_at));
    }
}

#[tokio::test]
async fn i22_a_wrong_clock_is_remembered_over_a_restart() {
    for ahead in [HOURS, -HOURS] {
        let mut world = World::new().await;
        world.clock.set_ahead(ahead);
        let user = sign_in_with_tokens(&world).await;
        world.restart();
        let requests = world.sandbox.log().exchanges().len();
        assert_eq!(user_id(&world).await, Some(user), "{ahead}");
        assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
        assert_eq!(world.sandbox.log().exchanges().len(), requests);
        world.client.mfa().methods(None).await.unwrap();
    }
}

#[tokio::test]
async fn i22_a_wrong_clock_does_not_make_anything_live_longer() {
    for ahead in [HOURS, -HOURS] {
        let world = World::new().await;
        world.clock.set_ahead(ahead);
        sign_in_with_tokens(&world).await;
        world.clock.set_ahead(ahead + 301);
        assert!(!holds(&world, TokenScope::WALLET_EXPORT) && holds(&world, TokenScope::CREDENTIAL_LINK));
        world.clock.set_ahead(ahead + 601);
        assert!(!holds(&world, TokenScope::CREDENTIAL_LINK));
        world.clock.set_ahead(ahead + 7_201);
        assert_eq!(user_id(&world).await, None);
        assert!(world.storage.records().is_empty());
    }
}

#[tokio::test]
async fn i22_a_clock_that_is_put_right_is_followed() {
    let world = World::new().await;
    world.clock.set_ahead(-HOURS);
    sign_in_with_tokens(&world).await;
    // The network sets the clock; the next answer tells.
    world.clock.set_ahead(-HOURS + 60);
    world.client.mfa().methods(None).await.unwrap();
    let elevation = world.client.step_up().elevation(TokenScope::WALLET_EXPORT).unwrap();
    let left = elevation.expires_at.duration_since(world.clock.shared().now()).unwrap();
    assert!(left > Duration::from_secs(290), "{left:?}");
    assert_eq!(world.client.auth().session(None).await.unwrap().unwrap().user.email.as_deref(), Some(EMAIL));
}
