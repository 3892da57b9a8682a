//! The system ends the app while the user reads the code that links an address: they type it in the next
//! process.

use serde_json::json;
use stepup_core::{CredentialFormat, OtpChannel, OtpVerification, PhoneNumber, StepUpError, UpdateOutcome};
use stepup_test_support::{EMAIL, StorageMode, World, eventually};

use crate::helpers::{
    LATE, LINK, OTHER, linked, of_format, patch_policy, patient_world, sign_in_verified, user, world,
};

const NUMBER: &str = "+12025550167";

async fn pending(world: &World) -> Option<OtpVerification> {
    world.client.auth().pending_link_otp(None).await.unwrap()
}

async fn assert_none(world: &World) {
    assert_eq!(pending(world).await, None);
    let holds_code = || world.storage.text().contains("link_code");
    eventually("the record is deleted", || !holds_code()).await;
}

/// A signed-in user has asked for a code to their new address.
async fn asked(world: &World) -> OtpVerification {
    sign_in_verified(world, &[LINK]).await;
    let sent = world.client.auth().link_email(OTHER.into(), None).await.unwrap();
    let UpdateOutcome::CodeSent { verification } = sent else { panic!("{sent:?}") };
    verification
}

async fn interrupted(world: &mut World) -> OtpVerification {
    let sent = asked(world).await;
    world.restart();
    sent
}

#[tokio::test]
async fn an_address_is_linked_in_the_next_process() {
    for is_asked_for in [true, false] {
        let mut world = world().await;
        assert_eq!(pending(&world).await, None);
        let sent = interrupted(&mut world).await;
        if is_asked_for {
            assert_eq!(pending(&world).await, Some(sent));
        }
        assert_eq!(world.client.auth().pending_otp(None).await, Ok(None), "none for a sign-in");
        let confirmed = world.client.auth().confirm_link(world.code(OTHER), None, None).await;
        assert_eq!(linked(confirmed).user.email.as_deref(), Some(OTHER));
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn a_number_is_linked_with_a_code_that_was_sent_again() {
    let mut world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let phone = PhoneNumber::new("+1", "(202) 555-0167");
    world.client.auth().link_phone(phone, None).await.unwrap();
    world.restart();
    let again = world.client.auth().resend_link_otp(None, None).await.unwrap();
    assert_eq!((again.channel, again.masked_destination.as_str()), (OtpChannel::Sms, "+1 •••67"));
    world.restart();
    assert_eq!(pending(&world).await.map(|code| code.id), Some(again.id.clone()));
    let confirmed = world.client.auth().confirm_link(world.code(NUMBER), Some(again.id), None).await;
    assert_eq!(of_format(&linked(confirmed).user, &CredentialFormat::PhoneNumber).len(), 1);
    assert_none(&world).await;
}

#[tokio::test]
async fn i03_another_session_of_the_same_user_does_not_find_it() {
    for is_asked_for in [true, false] {
        let mut world = world().await;
        interrupted(&mut world).await;
        if is_asked_for {
            assert!(pending(&world).await.is_some());
        }
        world.sign_in().await;
        assert_none(&world).await;
        let refused = world.client.auth().confirm_link(world.code(OTHER), None, None).await;
        assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
        assert_eq!(user(&world).await.email.as_deref(), Some(EMAIL));
    }
}

#[tokio::test]
async fn i09_a_logout_and_the_end_of_the_session_leave_nothing() {
    for is_logout in [true, false] {
        let mut world = world().await;
        patch_policy(&world, &json!({ "jwtLifeSeconds": 300 }));
        interrupted(&mut world).await;
        if is_logout {
            world.client.auth().logout(None).await.unwrap();
        } else {
            world.sandbox.clock().advance(301);
            world.clock.set_ahead(301);
            assert_eq!(world.client.auth().session(None).await, Ok(None));
        }
        assert!(world.storage.records().is_empty());
        assert_none(&world).await;
    }
}

#[tokio::test]
async fn both_kinds_of_codes_are_kept_beside_each_other() {
    let mut world = world().await;
    let link = asked(&world).await;
    let sign_in = world.client.auth().send_email_otp("third@example.com".into(), None).await.unwrap();
    world.restart();
    assert_eq!(world.client.auth().pending_otp(None).await, Ok(Some(sign_in)));
    assert_eq!(pending(&world).await, Some(link));
    linked(world.client.auth().confirm_link(world.code(OTHER), None, None).await);
    assert_none(&world).await;
    world.restart();
    assert!(world.client.auth().pending_otp(None).await.unwrap().is_some());
}

#[tokio::test]
async fn what_has_run_out_is_deleted() {
    let mut world = world().await;
    interrupted(&mut world).await;
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    assert_none(&world).await;
}

#[tokio::test]
async fn i15_a_code_that_was_used_by_a_caller_who_has_gone_is_not_asked_for() {
    let mut world = patient_world().await;
    asked(&world).await;
    let rule =
        json!({ "method": "POST", "path": "emailVerifications/verify", "count": 1, "latencyMs": LATE });
    world.fault(rule);
    let (auth, code) = (world.client.auth(), world.code(OTHER));
    let confirming = tokio::spawn(async move { auth.confirm_link(code, None, None).await });
    world.arrived("emailVerifications/verify", 2).await;
    confirming.abort();
    let mut email = None;
    while email.as_deref() != Some(OTHER) {
        world.client.auth().refresh(None).await.unwrap();
        email = user(&world).await.email;
    }
    assert_none(&world).await;
    world.restart();
    assert_none(&world).await;
}

#[tokio::test]
async fn a_session_that_cannot_be_written_does_not_bring_the_code_back() {
    let world = world().await;
    asked(&world).await;
    let code = world.code(OTHER);
    world.storage.set(StorageMode::Fails);
    world.client.auth().confirm_link(code, None, None).await.unwrap_err();
    world.storage.set(StorageMode::Works);
    assert_eq!(user(&world).await.email.as_deref(), Some(OTHER));
    assert_none(&world).await;
}

#[tokio::test]
async fn who_has_linked_another_address_is_not_asked_for_the_first() {
    let world = world().await;
    asked(&world).await;
    let sent = world.client.auth().link_email("third@example.com".into(), None).await.unwrap();
    let UpdateOutcome::CodeSent { verification } = sent else { panic!("{sent:?}") };
    assert_eq!(pending(&world).await, Some(verification));
    linked(world.client.auth().confirm_link(world.code("third@example.com"), None, None).await);
    assert_none(&world).await;
}
