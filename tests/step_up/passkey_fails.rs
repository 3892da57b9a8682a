//! Verifying with a passkey: what does not work, and that it does no harm.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    CancelToken, Elevation, ErrorKind, Platform, PlatformCallback, SignInOptions, StepUpClient, StepUpError,
    UnavailableReason,
};
use stepup_test_support::{EMAIL, PasskeyMode, TestPasskeys, World};

use crate::{
    helpers::{EXPORT, holds, unavailable},
    sheet::Sheet,
};

const OPTIONS: &str = "users/passkeys/authenticate";
const VERIFY: &str = "users/mfa/auth/passkey";

async fn enrolled() -> World {
    let world = World::new().await;
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
    world
}

async fn verify(world: &World) -> Result<Elevation, StepUpError> {
    world.client.step_up().verify_passkey(vec![EXPORT], None).await
}

/// Verifies with a sheet that behaves as told; afterwards the next verify must work.
async fn verify_with(world: &World, mode: PasskeyMode) -> StepUpError {
    world.passkeys.set(mode.clone());
    let refused = verify(world).await.unwrap_err();
    assert!(!holds(world, EXPORT), "{mode:?}");
    world.passkeys.set(PasskeyMode::Works);
    let works = verify(world).await;
    assert!(works.is_ok(), "after {mode:?}: {works:?}");
    world.client.step_up().take_elevated_access_token(EXPORT, None).await.unwrap();
    refused
}

#[tokio::test]
async fn a_user_who_declines_has_cancelled() {
    let world = enrolled().await;
    let refused = verify_with(&world, PasskeyMode::Cancelled).await;
    assert_eq!((refused.kind(), refused), (ErrorKind::Cancelled, StepUpError::Cancelled));
    assert_eq!(world.count(VERIFY), 1, "only the one that works was sent");
}

#[tokio::test]
async fn i14_a_ceremony_that_hangs_ends_at_its_deadline() {
    let world = enrolled().await;
    let refused = verify_with(&world, PasskeyMode::Hangs).await;
    assert_eq!(refused, StepUpError::TimedOut { what: PlatformCallback::Passkey });
    assert_eq!(refused.kind(), ErrorKind::AskUserAgain);
}

#[tokio::test]
async fn i14_a_ceremony_that_panics_is_a_failed_callback() {
    let world = enrolled().await;
    let refused = verify_with(&world, PasskeyMode::Panics).await;
    assert_eq!(refused, StepUpError::CallbackFailed { what: PlatformCallback::Passkey });
}

#[tokio::test]
async fn i14_an_answer_that_is_no_credential_is_a_failed_callback() {
    let world = enrolled().await;
    let half = json!({ "id": "a", "response": { "clientDataJSON": "a", "signature": "b" } }).to_string();
    for text in ["", "null", "[]", "not json", "{}", r#"{"id":7,"response":{}}"#, &half] {
        let refused = verify_with(&world, PasskeyMode::Answers(text.into())).await;
        assert_eq!(refused, StepUpError::CallbackFailed { what: PlatformCallback::Passkey }, "{text}");
    }
}

#[tokio::test]
async fn a_credential_of_nobody_is_refused_by_the_server() {
    let world = enrolled().await;
    let response = json!({ "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA" });
    let made_up = json!({ "id": "AA", "rawId": "AA", "type": "public-key", "response": response });
    let refused = verify_with(&world, PasskeyMode::Answers(made_up.to_string())).await;
    assert_eq!(refused.kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable::<()>(Err(refused)), UnavailableReason::ProofRefused);
}

#[tokio::test]
async fn a_ceremony_on_another_origin_is_refused_by_the_server() {
    let world = enrolled().await;
    let refused = verify_with(&world, PasskeyMode::WrongOrigin).await;
    assert_eq!(refused.kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable::<()>(Err(refused)), UnavailableReason::ProofRefused);
}

#[tokio::test]
async fn without_a_provider_nothing_is_sent() {
    let mut world = enrolled().await;
    world.client.shutdown();
    let platform = Platform { passkeys: None, ..world.platform() };
    let (config, clock) = (world.config(), world.clock.shared());
    world.client = StepUpClient::with_clock(config, platform, clock).unwrap();
    for refused in
        [verify(&world).await.map(drop), world.client.step_up().prepare_passkey(None).await.map(drop)]
    {
        assert_eq!(unavailable(refused), UnavailableReason::Unsupported);
    }
    assert_eq!(world.count(OPTIONS), 0);
}

#[tokio::test]
async fn without_a_registered_passkey_the_sheet_is_not_shown() {
    let world = World::new().await;
    world.sign_in().await;
    for refused in
        [verify(&world).await.map(drop), world.client.step_up().prepare_passkey(None).await.map(drop)]
    {
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
    }
    assert_eq!(world.passkeys.ceremonies(), 0);
}

#[tokio::test]
async fn fault_35_a_passkey_of_another_phone_leads_to_another_method() {
    let mut world = enrolled().await;
    world.client.shutdown();
    world.passkeys = TestPasskeys::new(world.sandbox.url(), "another phone");
    world.client = world.open().unwrap();
    let refused = verify(&world).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable(refused), UnavailableReason::NotOnThisDevice);
    assert_eq!(world.count(VERIFY), 0);
}

#[tokio::test]
async fn options_that_are_none_are_an_unexpected_answer() {
    let world = enrolled().await;
    let ceremonies = world.passkeys.ceremonies();
    for body in ["null", "[]", "{}", r#"{"challenge":""}"#, r#"{"challenge":7}"#, "<html>", ""] {
        world.fault(json!({ "method": "GET", "path": OPTIONS, "count": 1, "body": body }));
        let refused = verify(&world).await;
        let Err(StepUpError::UnexpectedAnswer { operation, .. }) = refused else {
            panic!("{body}: {refused:?}")
        };
        assert_eq!(operation, "prepare_passkey");
    }
    assert_eq!(world.passkeys.ceremonies(), ceremonies);
    verify(&world).await.unwrap();
}

#[tokio::test]
async fn options_without_a_list_of_credentials_mean_that_there_is_none() {
    let world = enrolled().await;
    for list in [json!(null), json!([])] {
        let body = json!({ "challenge": "AAAA", "allowCredentials": list });
        world.fault(json!({ "method": "GET", "path": OPTIONS, "count": 1, "body": body }));
        assert_eq!(unavailable(verify(&world).await), UnavailableReason::NotEnrolled);
    }
}

#[tokio::test]
async fn i15_cancelling_closes_the_sheet_and_sends_nothing() {
    let mut world = World::new().await;
    let sheet = Sheet::before(&mut world);
    sheet.confirm();
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
    sheet.is_shown().await;
    sheet.is_dismissed().await;
    let (step_up, cancel) = (world.client.step_up(), CancelToken::new());
    let (ended, ()) = tokio::join!(step_up.verify_passkey(vec![EXPORT], Some(Arc::clone(&cancel))), async {
        sheet.is_shown().await;
        cancel.cancel();
    });
    assert_eq!(ended, Err(StepUpError::Cancelled));
    sheet.is_dismissed().await;
    assert_eq!(world.count(VERIFY), 0);
    sheet.confirm();
    step_up.verify_passkey(vec![EXPORT], None).await.unwrap();
    assert_eq!(world.count(VERIFY), 1);
}
