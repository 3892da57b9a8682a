//! The first code of an authenticator app is looked at before it is sent.

use std::time::{Duration, SystemTime};

use serde_json::json;
use stepup_core::{CodeRefusal, ErrorKind, StepUpError};
use stepup_test_support::{Totp, World};

use crate::helpers::{LINK, arrived, linking_world};

async fn enroll(world: &World) -> Totp {
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    Totp { secret: enrollment.secret.expose().to_owned(), device_id: enrollment.device_id }
}

/// What an authenticator app shows whose clock is ahead by so much.
fn shown(world: &World, totp: &Totp, ahead: i64) -> String {
    let (now, off) = (world.sandbox.clock().now(), Duration::from_secs(ahead.unsigned_abs()));
    totp.code(if ahead >= 0 { now + off } else { now - off })
}

/// A code of none of the steps around now.
fn wrong(world: &World, totp: &Totp) -> String {
    let shown: Vec<String> = (-25..=25).map(|step| shown(world, totp, 30 * step)).collect();
    (0..).map(|code| format!("{code:06}")).find(|code| !shown.contains(code)).unwrap()
}

async fn confirm(world: &World, code: String) -> Result<(), StepUpError> {
    world.client.mfa().confirm_totp(code, None).await.map(drop)
}

fn sent(world: &World) -> usize {
    world.count("users/mfa/auth/totp")
}

fn clock_wrong(seconds: i64) -> Result<(), StepUpError> {
    Err(StepUpError::AuthenticatorClockWrong { seconds })
}

#[tokio::test]
async fn a_wrong_clock_is_told_and_costs_no_attempt() {
    let world = linking_world().await;
    let totp = enroll(&world).await;
    for ahead in [90, -90, 300, -300, 570, -570] {
        let refused = confirm(&world, shown(&world, &totp, ahead)).await;
        // A step may end between the reading of the two clocks.
        let neighbours = [ahead - 30, ahead, ahead + 30].map(clock_wrong);
        assert!(neighbours.contains(&refused), "{ahead}: {refused:?}");
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::AskUserAgain);
    }
    assert_eq!(sent(&world), 0);
    confirm(&world, shown(&world, &totp, 0)).await.unwrap();
    assert_eq!(sent(&world), 1);
}

#[tokio::test]
async fn a_code_that_is_right_at_no_time_is_refused_here_as_often_as_it_is_typed() {
    let world = linking_world().await;
    let totp = enroll(&world).await;
    // The server would refuse even the right code after five of these.
    for _ in 0..8 {
        let refused = confirm(&world, wrong(&world, &totp)).await;
        let reason = CodeRefusal::Wrong;
        assert_eq!(refused, Err(StepUpError::InvalidCode { reason, answer: None }));
    }
    assert_eq!(
        confirm(&world, shown(&world, &totp, 3_600)).await.unwrap_err().kind(),
        ErrorKind::AskUserAgain
    );
    assert_eq!(sent(&world), 0);
    confirm(&world, shown(&world, &totp, 0)).await.unwrap();
}

#[tokio::test]
async fn i22_the_server_decides_what_time_it_is() {
    let world = World::new().await;
    // The phone's clock is wrong by a quarter of an hour; that of the authenticator is not.
    world.clock.set_ahead(900);
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let totp = enroll(&world).await;
    let refused = confirm(&world, shown(&world, &totp, 300)).await;
    assert!([270, 300, 330].map(clock_wrong).contains(&refused), "{refused:?}");
    confirm(&world, shown(&world, &totp, 0)).await.unwrap();
}

#[tokio::test]
async fn the_neighbouring_steps_are_left_to_the_server() {
    let world = linking_world().await;
    let totp = enroll(&world).await;
    let _ = confirm(&world, shown(&world, &totp, 30)).await;
    assert_eq!(sent(&world), 1);
}

#[tokio::test]
async fn after_a_restart_every_code_is_sent() {
    let mut world = linking_world().await;
    let totp = enroll(&world).await;
    world.restart();
    let refused = confirm(&world, wrong(&world, &totp)).await.unwrap_err();
    assert!(matches!(refused, StepUpError::InvalidCode { answer: Some(_), .. }), "{refused:?}");
    assert_eq!(sent(&world), 1);
    confirm(&world, shown(&world, &totp, 0)).await.unwrap();
}

#[tokio::test]
async fn the_secret_of_an_enrollment_is_kept_in_memory_only_and_not_longer_than_needed() {
    let world = linking_world().await;
    let totp = enroll(&world).await;
    assert!(!world.storage.text().contains(&totp.secret));
    confirm(&world, shown(&world, &totp, 0)).await.unwrap();
    assert!(!world.storage.text().contains(&totp.secret));
    // It is confirmed, so what comes now is the server's business.
    let refused = confirm(&world, wrong(&world, &totp)).await.unwrap_err();
    assert!(matches!(refused, StepUpError::InvalidCode { answer: Some(_), .. }), "{refused:?}");
}

#[tokio::test]
async fn an_enrollment_ends_with_the_session() {
    let world = linking_world().await;
    let totp = enroll(&world).await;
    let code = wrong(&world, &totp);
    world.client.auth().logout(None).await.unwrap();
    let nobody = confirm(&world, code.clone()).await;
    assert_eq!(nobody, Err(StepUpError::NotSignedIn { answer: None }));
    world.sign_in_as("grace@example.com").await;
    let refused = confirm(&world, code).await.unwrap_err();
    assert!(!matches!(refused, StepUpError::InvalidCode { answer: None, .. }), "{refused:?}");
    assert_eq!(arrived(&world, "POST", "users/mfa/auth/totp").len(), 1, "nothing is known of hers");
}

#[tokio::test]
async fn the_last_enrollment_counts() {
    let world = linking_world().await;
    let first = enroll(&world).await;
    let second = enroll(&world).await;
    assert_ne!(first.secret, second.secret);
    let old = confirm(&world, shown(&world, &first, 0)).await;
    assert!(matches!(old, Err(StepUpError::InvalidCode { answer: None, .. })), "{old:?}");
    confirm(&world, shown(&world, &second, 0)).await.unwrap();
}

#[tokio::test]
async fn what_the_app_was_told_to_show_is_in_the_uri() {
    let world = linking_world().await;
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let uri = format!("otpauth://totp/Sandbox:ada?secret={secret}&algorithm=SHA256&digits=8&period=60");
    let body = json!({ "id": "1", "type": "totp", "secret": secret, "uri": uri });
    world.fault(json!({ "method": "GET", "path": "users/mfa/register/totp", "body": body }));
    world.client.mfa().enroll_totp(None).await.unwrap();
    let authenticator = totp_rs::Totp::from_url_unchecked(&uri).unwrap();
    let now = world.sandbox.clock().now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let behind = confirm(&world, authenticator.generate(now - 240).to_string()).await;
    assert!([-180, -240, -300].map(clock_wrong).contains(&behind), "{behind:?}");
    assert_eq!(sent(&world), 0);
    let code = authenticator.generate(now).to_string();
    let _ = confirm(&world, code.clone()).await;
    assert_eq!(arrived(&world, "POST", "users/mfa/auth/totp")[0]["body"]["code"], json!(code));
}
