//! Is a step-up needed, and with what?

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use serde_json::json;
use stepup_core::{CheckReason, CredentialFormat, StepUpCheck, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, LINK, SIGN, UNLINK, holds, patch_policy};

async fn check(world: &World, scope: TokenScope) -> StepUpCheck {
    world.client.step_up().check(scope, None).await.unwrap()
}

fn formats(check: &StepUpCheck) -> Vec<CredentialFormat> {
    check.credentials.iter().map(|credential| credential.format.clone()).collect()
}

#[tokio::test]
async fn a_check_says_what_the_user_can_verify_with() {
    let world = World::new().await;
    let user = world.sign_in().await.user;
    let check = check(&world, EXPORT).await;
    assert!(check.is_required && check.is_confirmed);
    assert_eq!((check.scope.clone(), &check.reason), (EXPORT, &CheckReason::RequiredByServer));
    let [credential] = &check.credentials[..] else { panic!("one credential: {check:?}") };
    assert_eq!(credential.id, user.verified_credentials[0].id);
    assert_eq!(credential.format, CredentialFormat::Email);
    assert_eq!(credential.credential_type, None);
    assert_eq!(credential.alias.as_deref(), Some(EMAIL));
    assert_eq!(check.default_credential_id.as_ref(), Some(&credential.id));
    assert_eq!(world.client.step_up().is_required(EXPORT, None).await, Ok(true));
}

#[tokio::test]
async fn what_the_server_does_not_gate_is_not_required() {
    let world = World::new().await;
    world.sign_in().await;
    let check = check(&world, SIGN).await;
    assert!(!check.is_required && check.is_confirmed);
    assert_eq!(check.reason, CheckReason::NotRequiredByServer);
    assert_eq!((check.credentials, check.default_credential_id), (vec![], None));
    assert_eq!(world.client.step_up().is_required(SIGN, None).await, Ok(false));
}

#[tokio::test]
async fn an_earlier_api_version_requires_nothing() {
    let world = World::with_policy(json!({ "apiVersion": "2026_01_01" })).await;
    world.sign_in().await;
    for scope in [EXPORT, LINK, UNLINK] {
        assert_eq!(check(&world, scope).await.reason, CheckReason::NotRequiredByServer);
    }
    assert_eq!(world.count("stepUp/check"), 3, "the core asks whatever the version is");
}

#[tokio::test]
async fn an_answer_is_of_the_moment_and_not_remembered() {
    let world = World::new().await;
    world.sign_in().await;
    assert!(!check(&world, SIGN).await.is_required);
    patch_policy(&world, &json!({ "actions": [{ "action": "wallet.waas.sign", "required": true }] }));
    assert!(check(&world, SIGN).await.is_required);
}

#[tokio::test]
async fn the_type_tells_more_than_the_format() {
    let world = World::new().await;
    world.sign_in().await;
    let credentials = json!([
        { "id": "1", "format": "totp", "type": "passkey", "alias": "phone" },
        { "id": "2", "format": "passkey", "type": "totp", "alias": null },
        { "id": "3", "format": "email", "type": "magic" },
        { "id": "4", "format": "face", "type": null },
        { "id": "5" },
        { "format": "totp" },
        null,
        7,
    ]);
    world.fault(json!({
        "method": "POST", "path": "stepUp/check",
        "body": { "isRequired": true, "credentials": credentials, "defaultCredentialId": null, "new": {} },
    }));
    let check = check(&world, EXPORT).await;
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    assert_eq!(
        formats(&check),
        [
            CredentialFormat::Passkey,
            CredentialFormat::Totp,
            CredentialFormat::Email,
            CredentialFormat::Other("face".into()),
            CredentialFormat::Other(String::new()),
        ]
    );
    let types: Vec<_> = check.credentials.iter().map(|one| one.credential_type.as_deref()).collect();
    assert_eq!(types, [Some("passkey"), Some("totp"), Some("magic"), None, None]);
    assert_eq!(check.credentials[0].alias.as_deref(), Some("phone"));
    assert_eq!(check.default_credential_id, None);
}

#[tokio::test]
async fn a_user_with_factors_is_offered_these_only_and_the_newest_first() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.client.passkeys().register(None).await.unwrap();
    let check = check(&world, EXPORT).await;
    assert_eq!(formats(&check), [CredentialFormat::Totp, CredentialFormat::Passkey]);
    assert_eq!(check.credentials[0].id, totp.device_id.into());
    assert_eq!(check.default_credential_id.as_ref(), Some(&check.credentials[1].id));
}

#[tokio::test]
async fn nobody_signed_in_is_required_without_a_request() {
    let world = World::new().await;
    let check = check(&world, SIGN).await;
    assert!(check.is_required && !check.is_confirmed);
    assert_eq!((check.reason, check.credentials), (CheckReason::NotSignedIn, vec![]));
    assert_eq!(world.count("stepUp/check"), 0);
}

#[tokio::test]
async fn i02_a_held_token_answers_without_runtime_request_or_storage() {
    let world = World::new().await;
    world.sign_in().await;
    let granted = world.verify_by_email(&[EXPORT]).await.unwrap();
    world.storage.clear_calls();
    let step_up = world.client.step_up();
    let answered = std::thread::spawn(move || {
        assert!(tokio::runtime::Handle::try_current().is_err());
        assert!(step_up.has_elevated_access_token(EXPORT));
        assert!(!step_up.has_elevated_access_token(SIGN));
        assert_eq!(step_up.elevation(EXPORT), Some(granted));
        assert_eq!(step_up.elevation(SIGN), None);
        // Ready at the first look, so it waited for nothing.
        let looked_at = pin!(step_up.check(EXPORT, None)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(check)) = looked_at else { panic!("{looked_at:?}") };
        check
    });
    let check = answered.join().unwrap();
    assert!(!check.is_required && check.is_confirmed);
    assert_eq!(check.reason, CheckReason::TokenHeld);
    assert_eq!(world.count("stepUp/check"), 0);
    assert!(world.storage.calls().is_empty());
}

#[tokio::test]
async fn i02_before_restore_a_local_check_says_no_and_reads_nothing() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    world.restart();
    world.storage.clear_calls();
    let client = Arc::clone(&world.client);
    let local = std::thread::spawn(move || {
        let step_up = client.step_up();
        (step_up.has_elevated_access_token(UNLINK), step_up.elevation(UNLINK))
    });
    assert_eq!(local.join().unwrap(), (false, None));
    assert!(world.storage.calls().is_empty());
    world.client.restore(None).await.unwrap();
    assert!(holds(&world, UNLINK));
}

#[tokio::test]
async fn i01_fault_08_a_check_at_start_up_knows_the_stored_token_and_sends_the_session() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    world.restart();
    let (held, asked) = tokio::join!(check(&world, UNLINK), check(&world, EXPORT));
    assert_eq!(held.reason, CheckReason::TokenHeld);
    assert_eq!(asked.reason, CheckReason::RequiredByServer);
    let requests = world.requests("stepUp/check");
    assert_eq!(requests.len(), 1);
    assert!(requests[0]["headers"]["authorization"].as_str().unwrap().starts_with("Bearer "));
}

#[tokio::test]
async fn fault_02_changing_an_answer_does_not_change_another() {
    let world = World::new().await;
    world.sign_in().await;
    let (mut mine, yours) = tokio::join!(check(&world, EXPORT), check(&world, EXPORT));
    mine.is_required = false;
    mine.credentials.clear();
    assert!(yours.is_required && yours.credentials.len() == 1);
    assert_eq!(check(&world, EXPORT).await, yours);
}
