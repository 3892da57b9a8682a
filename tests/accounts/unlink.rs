//! Removing credentials from the user.

use serde_json::json;
use stepup_core::{
    ClientConfig, CredentialFormat, CredentialId, ErrorKind, PhoneNumber, Session, SocialProvider,
    StepUpError, TokenScope, UnavailableReason, WalletChain,
};
use stepup_test_support::{BrowserMode, EMAIL, World};

use crate::helpers::{
    EXPORT, LATE, LINK, OLDER, UNLINK, holds, linked, of_format, own_account, patient_world, requests_at_all,
    sign_in_verified, sign_in_with_google, social, user, user_id, world, world_with,
};

async fn unlink(world: &World, id: &str) -> Result<Session, StepUpError> {
    world.client.auth().unlink_credential(id.into(), None).await
}

/// A user with an address and a Google account, and the account's id.
async fn with_google(world: &World, scopes: &[TokenScope]) -> CredentialId {
    sign_in_verified(world, scopes).await;
    world.browser.set(BrowserMode::Approves(own_account()));
    let session = linked(world.client.auth().link_social(SocialProvider::Google, None).await);
    social(&session.user)[0].id.clone()
}

#[tokio::test]
async fn a_social_account_is_unlinked_and_proves_nothing_any_more() {
    let world = world().await;
    let id = with_google(&world, &[LINK, UNLINK]).await;
    let session = unlink(&world, id.as_str()).await.unwrap();
    assert!(social(&session.user).is_empty());
    assert_eq!(user(&world).await, session.user);
    let request = world.requests("verify/unlink").pop().unwrap();
    assert_eq!(request["body"], json!({ "verifiedCredentialId": id }));
    assert!(request["headers"]["x-dyn-elevated-access-token"].is_string());
    let google = SocialProvider::Google;
    let error = world.client.step_up().verify_social(google, vec![EXPORT], None).await.unwrap_err();
    let reason = UnavailableReason::NotEnrolled;
    assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None });
    // The session that came with it is good, and the account is somebody else from now on.
    world.client.auth().refresh(None).await.unwrap();
    let other = sign_in_with_google(&world, own_account()).await;
    assert_ne!(other.user.id, session.user.id);
}

#[tokio::test]
async fn an_address_and_a_number_are_unlinked() {
    let world = world().await;
    with_google(&world, &[LINK, UNLINK]).await;
    let auth = world.client.auth();
    auth.link_phone(PhoneNumber::new("1", "2025550167"), None).await.unwrap();
    let session = linked(auth.confirm_link(world.code("+12025550167"), None, None).await);
    for format in [CredentialFormat::PhoneNumber, CredentialFormat::Email] {
        let id = of_format(&session.user, &format)[0].id.clone();
        let session = unlink(&world, id.as_str()).await.unwrap();
        assert!(of_format(&session.user, &format).is_empty(), "{format:?}");
    }
    assert_eq!(user(&world).await.verified_credentials.len(), 1);
}

#[tokio::test]
async fn a_wallet_is_unlinked_as_a_wallet() {
    let mut world = world().await;
    let app_origin = Some("http://localhost".into());
    world.restart_with(ClientConfig { app_origin, ..world.config() });
    sign_in_verified(&world, &[LINK, UNLINK]).await;
    world.wallet.offer("ada's", WalletChain::Evm);
    let session = linked(world.client.auth().link_wallet(None, None).await);
    let id = of_format(&session.user, &CredentialFormat::Blockchain)[0].id.clone();
    let session = unlink(&world, id.as_str()).await.unwrap();
    assert!(of_format(&session.user, &CredentialFormat::Blockchain).is_empty());
    assert_eq!(world.requests("verify/unlink").pop().unwrap()["body"], json!({ "walletId": id }));
}

#[tokio::test]
async fn an_embedded_wallet_is_refused_and_nobody_is_asked() {
    let world = world().await;
    let user = sign_in_verified(&world, &[UNLINK]).await.user;
    let (status, wallet) = world.control(&format!("users/{}/embedded-wallet", user.id), json!({})).await;
    assert_eq!(status, 200);
    world.client.auth().refresh(None).await.unwrap();
    let sent = requests_at_all(&world);
    let error = unlink(&world, wallet["id"].as_str().unwrap()).await.unwrap_err();
    let reason = UnavailableReason::Unsupported;
    assert_eq!(error, StepUpError::MethodUnavailable { reason, answer: None });
    assert_eq!(requests_at_all(&world), sent);
    assert!(holds(&world, UNLINK));
}

#[tokio::test]
async fn the_last_credential_stays() {
    let world = world().await;
    let user = sign_in_verified(&world, &[UNLINK]).await.user;
    let error = unlink(&world, user.verified_credentials[0].id.as_str()).await.unwrap_err();
    let code = error.server_answer().unwrap().code;
    assert_eq!(code.as_deref(), Some("cannot_delete_last_sign_in_verified_credential"));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(user_id(&world).await, Some(user.id));
}

#[tokio::test]
async fn fault_43_without_a_token_the_step_up_is_named() {
    let world = world().await;
    let id = with_google(&world, &[LINK]).await;
    let error = unlink(&world, id.as_str()).await.unwrap_err();
    let operation = "unlink_credential".into();
    let required = StepUpError::StepUpRequired { operation, scope: UNLINK, token_was_attached: false };
    assert_eq!(error, required);
    assert_eq!(social(&user(&world).await).len(), 1);
    assert!(holds(&world, LINK));
    world.client.step_up().send_otp(None, None).await.unwrap();
    let code = world.code(EMAIL);
    world.client.step_up().verify_otp(code, vec![UNLINK], None, None).await.unwrap();
    unlink(&world, id.as_str()).await.unwrap();
}

#[tokio::test]
async fn before_step_up_no_token_is_needed() {
    let world = world_with(json!({ "apiVersion": OLDER })).await;
    world.sign_in().await;
    world.browser.set(BrowserMode::Approves(own_account()));
    let session = linked(world.client.auth().link_social(SocialProvider::Google, None).await);
    unlink(&world, social(&session.user)[0].id.as_str()).await.unwrap();
}

#[tokio::test]
async fn what_is_no_credential_of_the_user_is_told() {
    let world = world().await;
    sign_in_verified(&world, &[UNLINK]).await;
    let sent = requests_at_all(&world);
    for blank in ["", "  "] {
        let error = unlink(&world, blank).await.unwrap_err();
        let StepUpError::InvalidArgument { argument, .. } = error else { panic!("{error:?}") };
        assert_eq!(argument, "credential_id");
    }
    assert_eq!(requests_at_all(&world), sent);
    let error = unlink(&world, "7c9e6679-7425-40de-944b-e07fc1f90ae7").await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("invalid_unlink_request"));
}

#[tokio::test]
async fn nobody_signed_in_unlinks_nothing() {
    let world = world().await;
    let error = unlink(&world, "7c9e6679-7425-40de-944b-e07fc1f90ae7").await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(requests_at_all(&world), 0);
}

#[tokio::test]
async fn fault_44_a_403_that_is_about_something_else_is_no_step_up() {
    let world = world().await;
    let id = with_google(&world, &[LINK, UNLINK]).await;
    let body = json!({ "error": "Insufficient scope permissions" });
    let path = "verify/unlink";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "status": 403, "body": body }));
    let error = unlink(&world, id.as_str()).await.unwrap_err();
    assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
    assert!(holds(&world, UNLINK));
    unlink(&world, id.as_str()).await.unwrap();
}

#[tokio::test]
async fn i04_an_unlinking_that_is_answered_after_logout_signs_nobody_in() {
    let world = patient_world().await;
    let id = with_google(&world, &[LINK, UNLINK]).await;
    let user = user_id(&world).await.unwrap();
    let body = json!({
        "user": { "id": user, "verifiedCredentials": [] }, "expiresAt": 4_000_000_000_u64,
        "minifiedJwt": stepup_test_support::elevated_token(&json!({ "sub": user })),
    });
    let path = "verify/unlink";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE, "body": body }));
    let auth = world.client.auth();
    let unlinking = tokio::spawn(async move { auth.unlink_credential(id, None).await });
    world.arrived(path, 1).await;
    world.client.auth().logout(None).await.unwrap();
    let error = unlinking.await.unwrap().unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
    assert_eq!(user_id(&world).await, None);
    assert!(world.storage.records().is_empty());
}
