//! Verifying with a passkey: in one call, and in two halves.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use stepup_core::{ErrorKind, PreparedPasskey, SignInOptions, StepUpError, UnavailableReason};
use stepup_test_support::{EMAIL, World};

use crate::{
    helpers::{EXPORT, SIGN, holds, time_passes, unavailable},
    sheet::Sheet,
};

const OPTIONS: &str = "users/passkeys/authenticate";
const VERIFY: &str = "users/mfa/auth/passkey";

async fn enroll(world: &World) {
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
}

async fn enrolled() -> World {
    let world = World::new().await;
    enroll(&world).await;
    world
}

fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().iter().filter(|exchange| exchange.path.starts_with("/api/")).count()
}

#[tokio::test]
async fn a_passkey_elevates_in_one_call() {
    let world = enrolled().await;
    let elevation = world.client.step_up().verify_passkey(vec![SIGN, EXPORT], None).await.unwrap();
    assert_eq!((elevation.scopes, elevation.single_use), (vec![EXPORT, SIGN], true));
    assert_eq!((world.count(OPTIONS), world.count(VERIFY)), (1, 1));
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn fault_36_once_prepared_only_the_sheet_stands_between_the_tap_and_one_request() {
    let mut world = World::new().await;
    let sheet = Sheet::before(&mut world);
    sheet.confirm();
    enroll(&world).await;
    sheet.is_shown().await;
    let prepared = world.client.step_up().prepare_passkey(None).await.unwrap();
    assert!(prepared.expires_at > SystemTime::now() + Duration::from_secs(30));

    let before = requests(&world);
    let step_up = world.client.step_up();
    let (verified, ()) = tokio::join!(step_up.perform_passkey(prepared, vec![EXPORT], None), async {
        sheet.is_shown().await;
        assert_eq!(requests(&world), before, "nothing is sent before the sheet is there");
        sheet.confirm();
    });
    assert_eq!(verified.unwrap().scopes, [EXPORT]);
    assert_eq!((requests(&world), world.count(VERIFY)), (before + 1, 1));
}

#[tokio::test]
async fn the_options_are_what_platforms_read() {
    let world = enrolled().await;
    let prepared = world.client.step_up().prepare_passkey(None).await.unwrap();
    let options: Value = serde_json::from_str(&prepared.options_json).unwrap();
    assert!(options["challenge"].is_string());
    for descriptor in options["allowCredentials"].as_array().unwrap() {
        assert_eq!(descriptor["type"], "public-key", "the API leaves it out, platforms demand it");
    }
    let request = world.requests("users/mfa/auth/passkey");
    assert!(request.is_empty());
}

#[tokio::test]
async fn the_assertion_is_sent_as_the_endpoint_takes_it() {
    let world = enrolled().await;
    world.client.step_up().verify_passkey(vec![EXPORT], None).await.unwrap();
    let body = world.requests(VERIFY).remove(0)["body"].clone();
    assert_eq!((&body["type"], &body["requestedScopes"]), (&json!("public-key"), &json!(["wallet:export"])));
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        assert!(body["response"][member].is_string(), "{member}");
    }
    assert!(body["clientExtensionResults"].is_object());
    assert_eq!(body["id"], body["rawId"]);
}

#[tokio::test]
async fn a_preparation_that_has_run_out_is_made_anew() {
    let world = enrolled().await;
    let step_up = world.client.step_up();
    let prepared = step_up.prepare_passkey(None).await.unwrap();
    let stale = PreparedPasskey { expires_at: SystemTime::now() - Duration::from_secs(1), ..prepared };
    step_up.perform_passkey(stale, vec![EXPORT], None).await.unwrap();
    assert_eq!(world.count(OPTIONS), 2);
}

#[tokio::test]
async fn a_preparation_runs_out_with_its_challenge() {
    let world = enrolled().await;
    let step_up = world.client.step_up();
    let prepared = step_up.prepare_passkey(None).await.unwrap();
    time_passes(&world, 400);
    step_up.perform_passkey(prepared, vec![EXPORT], None).await.unwrap();
    assert_eq!(world.count(OPTIONS), 2);
}

#[tokio::test]
async fn a_preparation_that_the_server_no_longer_knows_is_refused_and_the_next_works() {
    let world = enrolled().await;
    let step_up = world.client.step_up();
    let prepared = step_up.prepare_passkey(None).await.unwrap();
    step_up.perform_passkey(prepared.clone(), vec![EXPORT], None).await.unwrap();
    let refused = step_up.perform_passkey(prepared, vec![SIGN], None).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable(refused), UnavailableReason::ProofRefused);
    step_up.verify_passkey(vec![SIGN], None).await.unwrap();
}

#[tokio::test]
async fn scopes_that_cannot_be_asked_for_never_show_the_sheet() {
    let world = enrolled().await;
    let ceremonies = world.passkeys.ceremonies();
    let step_up = world.client.step_up();
    let prepared = step_up.prepare_passkey(None).await.unwrap();
    for scopes in [vec![], vec!["a b".into()]] {
        for refused in [
            step_up.verify_passkey(scopes.clone(), None).await,
            step_up.perform_passkey(prepared.clone(), scopes.clone(), None).await,
        ] {
            assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
        }
    }
    assert_eq!(world.passkeys.ceremonies(), ceremonies);
    step_up.perform_passkey(prepared, vec![EXPORT], None).await.unwrap();
}

#[tokio::test]
async fn a_session_that_ends_during_the_ceremony_is_not_proven_for() {
    let mut world = World::new().await;
    let sheet = Sheet::before(&mut world);
    sheet.confirm();
    enroll(&world).await;
    sheet.is_shown().await;
    let step_up = world.client.step_up();
    let (ended, ()) = tokio::join!(step_up.verify_passkey(vec![EXPORT], None), async {
        sheet.is_shown().await;
        world.client.auth().logout(None).await.unwrap();
        world.sign_in_as("bob@example.com").await;
        sheet.confirm();
    });
    assert_eq!(ended, Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(world.count(VERIFY), 0);
    assert!(!holds(&world, EXPORT));
    assert!(world.client.auth().session(None).await.unwrap().is_some(), "the new user is not touched");
}
