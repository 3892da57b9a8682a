//! The system ends the app while the user reads the sign-in code in their mail: they type it in the next
//! process.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use stepup_core::{
    CancelToken, ClientConfig, ErrorKind, OtpChannel, OtpVerification, PhoneNumber, SignInOptions,
    StepUpError, StorageFailure,
};
use stepup_test_support::{EMAIL, StorageMode, TestLog, World, eventually};

use crate::helpers::OTHER;

const NUMBER: &str = "+12025550167";

async fn pending(world: &World) -> Option<OtpVerification> {
    world.client.auth().pending_otp(None).await.unwrap()
}

async fn send(world: &World, email: &str) -> OtpVerification {
    world.client.auth().send_email_otp(email.into(), None).await.unwrap()
}

async fn sign_in(world: &World, code: String) -> Result<(), StepUpError> {
    world.client.auth().sign_in_with_otp(code, None, None).await.map(drop)
}

/// A code was sent, and the app dies.
async fn interrupted(world: &mut World) -> OtpVerification {
    let sent = send(world, EMAIL).await;
    world.restart();
    sent
}

fn record(world: &World) -> Option<String> {
    let mut pending = world.storage.records().into_iter().filter(|(key, _)| key.ends_with(".browser"));
    pending.next().map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

async fn assert_none(world: &World) {
    assert_eq!(pending(world).await, None);
    eventually("the record is deleted", || record(world).is_none()).await;
}

fn is_no_code(error: &StepUpError) -> bool {
    matches!(error, StepUpError::InvalidArgument { argument, .. } if argument == "verification_id")
}

#[tokio::test]
async fn a_code_by_email_is_typed_in_the_next_process() {
    let mut world = World::new().await;
    assert_eq!(pending(&world).await, None);
    let sent = interrupted(&mut world).await;
    let requests = world.sandbox.log().exchanges().len();
    assert_eq!(pending(&world).await, Some(sent.clone()));
    assert_eq!(pending(&world).await, Some(sent), "as often as it is asked for");
    assert_eq!(world.sandbox.log().exchanges().len(), requests, "nobody is asked");
    sign_in(&world, world.code(EMAIL)).await.unwrap();
    assert_eq!(record(&world), None, "deleted by the time the sign-in has ended");
    assert_eq!(pending(&world).await, None);
    world.restart();
    assert!(world.client.auth().session(None).await.unwrap().is_some());
    assert_eq!(pending(&world).await, None);
}

#[tokio::test]
async fn a_code_by_sms_is_typed_and_sent_again_in_the_next_process() {
    let mut world = World::new().await;
    let phone = PhoneNumber::new("1", "(202) 555-0167");
    let sent = world.client.auth().send_sms_otp(phone, None).await.unwrap();
    world.restart();
    assert_eq!(pending(&world).await, Some(sent.clone()));
    let again = world.client.auth().resend_otp(None, None).await.unwrap();
    assert_eq!((again.channel, &again.masked_destination), (OtpChannel::Sms, &sent.masked_destination));
    let request = world.requests("smsVerifications/retry").pop().unwrap();
    assert_eq!(
        (&request["body"]["phoneNumber"], &request["body"]["isoCountryCode"]),
        (&json!("2025550167"), &json!("US"))
    );
    world.restart();
    assert_eq!(pending(&world).await.map(|code| code.id), Some(again.id));
    sign_in(&world, world.code(NUMBER)).await.unwrap();
    assert_eq!(record(&world), None);
}

#[tokio::test]
async fn an_app_that_kept_the_screen_itself_need_not_ask_first() {
    for is_named in [true, false] {
        let mut world = World::new().await;
        let sent = interrupted(&mut world).await;
        let verification_id = is_named.then_some(sent.id);
        let options = Some(SignInOptions { verification_id, ..SignInOptions::default() });
        world.client.auth().sign_in_with_otp(world.code(EMAIL), options, None).await.unwrap();
        assert_eq!(record(&world), None);
    }
}

#[tokio::test]
async fn a_wrong_code_leaves_it_awaited_in_this_process_and_the_next() {
    let mut world = World::new().await;
    let sent = interrupted(&mut world).await;
    for _ in 0..2 {
        let wrong = if world.code(EMAIL) == "000000" { "000001" } else { "000000" };
        assert!(matches!(sign_in(&world, wrong.into()).await, Err(StepUpError::InvalidCode { .. })));
        world.restart();
        assert_eq!(pending(&world).await, Some(sent.clone()));
    }
    sign_in(&world, world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn nobody_is_asked_for_a_code_that_the_server_takes_no_more() {
    for is_old in [true, false] {
        let mut world = World::new().await;
        let sent = interrupted(&mut world).await;
        let code = world.code(EMAIL);
        if is_old {
            world.sandbox.clock().advance(601);
            sign_in(&world, code).await.unwrap_err();
        } else {
            let wrong = if code == "000000" { "000001" } else { "000000" };
            for _ in 0..4 {
                sign_in(&world, wrong.into()).await.unwrap_err();
            }
        }
        assert_none(&world).await;
        let again = world.client.auth().resend_otp(Some(sent.id), None).await.unwrap();
        assert_eq!(pending(&world).await, Some(again));
        sign_in(&world, world.code(EMAIL)).await.unwrap();
    }
}

#[tokio::test]
async fn i09_a_code_that_is_sent_while_the_user_signs_out_is_not_kept() {
    let world = crate::helpers::patient_world().await;
    world.sign_in().await;
    crate::helpers::carried_out_late(&world, "emailVerifications/create");
    let auth = world.client.auth();
    let sending = tokio::spawn(async move { auth.send_email_otp(OTHER.into(), None).await });
    world.arrived("emailVerifications/create", 2).await;
    world.client.auth().logout(None).await.unwrap();
    sending.await.unwrap().unwrap();
    assert!(world.storage.records().is_empty());
    assert_eq!(pending(&world).await, None);
    sign_in(&world, world.code(OTHER)).await.unwrap();
}

#[tokio::test]
async fn of_two_codes_the_later_one_is_awaited() {
    let mut world = World::new().await;
    let first = send(&world, EMAIL).await;
    let later = send(&world, OTHER).await;
    world.restart();
    assert_eq!(pending(&world).await, Some(later));
    let options = Some(SignInOptions { verification_id: Some(first.id), ..SignInOptions::default() });
    let error = world.client.auth().sign_in_with_otp(world.code(EMAIL), options, None).await.unwrap_err();
    assert!(is_no_code(&error), "{error:?}");
    let newest = send(&world, EMAIL).await;
    assert_eq!(pending(&world).await, Some(newest), "of this process before that of an earlier one");
}

#[tokio::test]
async fn a_code_is_waited_for_ten_minutes() {
    for (seconds, is_found) in [(595, true), (601, false)] {
        let mut world = World::new().await;
        interrupted(&mut world).await;
        world.sandbox.clock().advance(seconds);
        world.clock.set_ahead(seconds);
        assert_eq!(pending(&world).await.is_some(), is_found, "{seconds}");
        if !is_found {
            assert!(is_no_code(&sign_in(&world, "123456".into()).await.unwrap_err()));
            assert_none(&world).await;
        }
    }
}

#[tokio::test]
async fn in_the_same_process_it_is_told_no_longer_either_and_still_serves() {
    let world = World::new().await;
    let sent = send(&world, EMAIL).await;
    assert_eq!(pending(&world).await, Some(sent));
    world.clock.set_ahead(601);
    assert_none(&world).await;
    // Whether it is too late the server decides.
    sign_in(&world, world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn i22_a_wrong_clock_does_not_end_it() {
    let mut world = World::new().await;
    world.clock.set_ahead(3_600);
    let sent = interrupted(&mut world).await;
    assert_eq!(pending(&world).await, Some(sent));
    sign_in(&world, world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn who_has_signed_in_otherwise_does_not_wait_for_it() {
    for is_asked_for in [true, false] {
        let mut world = World::new().await;
        interrupted(&mut world).await;
        if is_asked_for {
            assert!(pending(&world).await.is_some());
        }
        world.sign_in_as(OTHER).await;
        assert_none(&world).await;
        world.client.auth().logout(None).await.unwrap();
        assert_none(&world).await;
        world.restart();
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn i09_a_logout_leaves_nothing_in_the_storage_and_the_code_serves_this_process() {
    let mut world = World::new().await;
    world.sign_in().await;
    send(&world, OTHER).await;
    world.client.auth().logout(None).await.unwrap();
    assert!(world.storage.records().is_empty());
    assert_eq!(pending(&world).await, None);
    sign_in(&world, world.code(OTHER)).await.unwrap();
    send(&world, EMAIL).await;
    world.restart();
    world.client.auth().logout(None).await.unwrap();
    assert!(world.storage.records().is_empty());
    assert!(is_no_code(&sign_in(&world, world.code(EMAIL)).await.unwrap_err()));
}

#[tokio::test]
async fn a_session_that_has_run_out_takes_no_code_with_it() {
    let mut world = World::with_policy(json!({ "jwtLifeSeconds": 60 })).await;
    world.sign_in().await;
    let sent = interrupted(&mut world).await;
    world.sandbox.clock().advance(61);
    world.clock.set_ahead(61);
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    assert_eq!(pending(&world).await, Some(sent));
    sign_in(&world, world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn i12_the_record_holds_no_code() {
    let world = World::new().await;
    send(&world, EMAIL).await;
    let stored = record(&world).unwrap();
    assert!(stored.contains(EMAIL) && !stored.contains(&world.code(EMAIL)), "{stored}");
}

#[tokio::test]
async fn fault_15_what_changed_is_written_once() {
    let world = World::new().await;
    let calls = |expected: &'static [&'static str]| {
        assert_eq!(world.storage.calls(), expected);
        world.storage.clear_calls();
    };
    send(&world, EMAIL).await;
    // Session and record, as an earlier process may have left something.
    calls(&["get", "get", "put"]);
    pending(&world).await;
    sign_in(&world, "1".into()).await.unwrap_err();
    calls(&[]);
    world.client.auth().resend_otp(None, None).await.unwrap();
    calls(&["put"]);
    sign_in(&world, world.code(EMAIL)).await.unwrap();
    calls(&["delete", "put"]);
}

#[tokio::test]
async fn a_sign_in_goes_on_where_the_storage_fails() {
    for mode in [StorageMode::Fails, StorageMode::Locked, StorageMode::Panics, StorageMode::Hangs] {
        let mut world = World::new().await;
        let log = TestLog::default();
        let platform = world.platform().with_log_sink(Arc::new(log.clone()));
        world.restart_on(ClientConfig { deadlines: world.config().deadlines, ..world.config() }, platform);
        world.client.restore(None).await.unwrap();
        world.storage.set(mode);
        send(&world, EMAIL).await;
        eventually("it is told", || log.text().contains("could not be written down")).await;
        assert!(!log.text().contains(EMAIL));
        world.storage.set(StorageMode::Works);
        sign_in(&world, world.code(EMAIL)).await.unwrap();
        eventually("the storage is at rest", || world.storage.is_at_rest()).await;
        world.restart();
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn a_storage_that_is_locked_is_told_and_asked_again() {
    let mut world = World::new().await;
    let sent = interrupted(&mut world).await;
    world.storage.set(StorageMode::Locked);
    let locked = StepUpError::StorageFailed { reason: StorageFailure::Locked };
    let auth = world.client.auth();
    assert_eq!(auth.pending_otp(None).await, Err(locked.clone()));
    assert_eq!(auth.pending_link_otp(None).await, Err(locked.clone()));
    let error = sign_in(&world, world.code(EMAIL)).await.unwrap_err();
    assert_eq!((&error, error.kind()), (&locked, ErrorKind::RetryLater));
    world.storage.set(StorageMode::Works);
    assert_eq!(pending(&world).await, Some(sent));
    sign_in(&world, world.code(EMAIL)).await.unwrap();
}

#[tokio::test]
async fn a_record_that_is_not_readable_is_nothing() {
    for text in ["", "{", "[1]", "{\"sign_in_code\":7}", "{\"sign_in_code\":{\"verification_id\":\"1\"}}"] {
        let mut world = World::new().await;
        interrupted(&mut world).await;
        world.storage.overwrite(text.as_bytes());
        assert_none(&world).await;
        world.sign_in().await;
    }
}

#[tokio::test]
async fn asking_can_be_cancelled_and_ends_with_the_client() {
    let mut world = World::new().await;
    interrupted(&mut world).await;
    world.storage.set(StorageMode::Hangs);
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let call = {
        let (auth, cancel) = (Arc::clone(&auth), Arc::clone(&cancel));
        tokio::spawn(async move { auth.pending_otp(Some(cancel)).await })
    };
    eventually("it is read", || !world.storage.is_at_rest()).await;
    cancel.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), call).await.unwrap().unwrap();
    assert_eq!(ended, Err(StepUpError::Cancelled));
    world.storage.set(StorageMode::Works);
    assert!(pending(&world).await.is_some());
    world.client.shutdown();
    assert_eq!(auth.pending_otp(None).await, Err(StepUpError::ClientClosed));
    assert!(record(&world).is_some());
}
