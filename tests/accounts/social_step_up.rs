//! Step-up with a linked social account.

use serde_json::{Value, json};
use stepup_core::{ErrorKind, SocialProvider, StepUpError, TokenScope, UnavailableReason};
use stepup_test_support::{BrowserMode, World, elevated_token};

use crate::helpers::{
    EXPORT, LINK, OLDER, UNLINK, holds, holds_visit, other_account, own_account, redemptions,
    requests_at_all, sign_in_verified, sign_in_with_google, social, user, user_id, world, world_with,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

async fn verify(world: &World, scopes: &[TokenScope]) -> Result<stepup_core::Elevation, StepUpError> {
    world.client.step_up().verify_social(GOOGLE, scopes.to_vec(), None).await
}

fn reason_of(error: &StepUpError) -> UnavailableReason {
    let StepUpError::MethodUnavailable { reason, .. } = error else { panic!("{error:?}") };
    *reason
}

#[tokio::test]
async fn a_linked_account_brings_the_permission() {
    for version in ["2026_04_01", OLDER] {
        let world = world_with(json!({ "apiVersion": version })).await;
        sign_in_with_google(&world, own_account()).await;
        let elevation = verify(&world, &[EXPORT]).await.unwrap();
        assert_eq!((elevation.scopes.as_slice(), elevation.single_use), ([EXPORT].as_slice(), true));
        assert!(holds(&world, EXPORT));
        assert_eq!(world.protected(EXPORT).await.unwrap(), 200);
        assert!(!holds_visit(&world));
    }
}

#[tokio::test]
async fn several_scopes_are_asked_for_with_one_visit() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let elevation = verify(&world, &[UNLINK, LINK]).await.unwrap();
    assert_eq!(elevation.scopes, [LINK, UNLINK]);
    assert_eq!(world.browser.opened().len(), 2);
    assert!(holds(&world, LINK) && holds(&world, UNLINK));
}

#[tokio::test]
async fn check_and_step_up_take_three_requests_where_settings_are_known() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let before = requests_at_all(&world);
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    assert!(check.is_required);
    verify(&world, &[EXPORT]).await.unwrap();
    assert_eq!(requests_at_all(&world) - before, 3);
}

#[tokio::test]
async fn an_account_that_is_not_linked_opens_no_browser() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let before = requests_at_all(&world);
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    assert_eq!(reason_of(&error), UnavailableReason::NotEnrolled);
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!((requests_at_all(&world), world.browser.opened().len()), (before, 0));
}

#[tokio::test]
async fn an_account_of_another_provider_does_not_count() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let step_up = world.client.step_up();
    let error = step_up.verify_social(SocialProvider::Github, vec![EXPORT], None).await.unwrap_err();
    assert_eq!(reason_of(&error), UnavailableReason::NotEnrolled);
    assert_eq!(world.browser.opened().len(), 1);
}

#[tokio::test]
async fn nobody_signed_in_opens_no_browser() {
    let world = world().await;
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!((requests_at_all(&world), world.browser.opened().len()), (0, 0));
}

#[tokio::test]
async fn no_scope_is_no_step_up() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let error = verify(&world, &[]).await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    assert_eq!(world.browser.opened().len(), 1);
}

#[tokio::test]
async fn another_account_is_no_proof_and_is_not_linked() {
    // The last has a token for linking, which must not go with a proof.
    for scopes in [[EXPORT], [LINK]] {
        let world = world().await;
        let before = sign_in_with_google(&world, own_account()).await.user;
        verify(&world, &[LINK]).await.unwrap();
        world.browser.set(BrowserMode::Approves(other_account()));
        let error = verify(&world, &scopes).await.unwrap_err();
        assert_eq!(reason_of(&error), UnavailableReason::DifferentAccount);
        assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
        world.client.auth().refresh(None).await.unwrap();
        assert_eq!(user(&world).await.verified_credentials, before.verified_credentials);
        assert!(!holds(&world, EXPORT));
        assert!(!holds_visit(&world));
    }
}

#[tokio::test]
async fn an_account_of_another_user_is_no_proof_either() {
    for (version, conflict) in [("2026_04_01", "merge"), ("2026_04_01", "refuse"), (OLDER, "merge")] {
        let world = world_with(json!({ "apiVersion": version, "linkConflict": conflict })).await;
        sign_in_with_google(&world, other_account()).await;
        let before = sign_in_with_google(&world, own_account()).await.user;
        world.browser.set(BrowserMode::Approves(other_account()));
        let error = verify(&world, &[EXPORT]).await.unwrap_err();
        assert_eq!(reason_of(&error), UnavailableReason::DifferentAccount, "{version} {conflict}");
        world.client.auth().refresh(None).await.unwrap();
        assert_eq!(user(&world).await.verified_credentials, before.verified_credentials);
        assert!(!holds(&world, EXPORT));
    }
}

#[tokio::test]
async fn before_step_up_another_account_is_refused_and_not_linked() {
    let world = world_with(json!({ "apiVersion": OLDER })).await;
    let before = sign_in_with_google(&world, own_account()).await.user;
    world.browser.set(BrowserMode::Approves(other_account()));
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    // The server does not say more there than that it refuses.
    assert_eq!(reason_of(&error), UnavailableReason::ProofRefused);
    world.client.auth().refresh(None).await.unwrap();
    assert_eq!(user(&world).await.verified_credentials, before.verified_credentials);
    assert!(!holds(&world, EXPORT));
}

/// The answer to a step-up by a server that has linked the account which was shown to it, and grants.
async fn linked_instead(world: &World) -> Value {
    let session = world.client.auth().session_token(stepup_core::SessionTokenKind::Minified, None).await;
    let (token, user) = (session.unwrap().unwrap().expose().to_owned(), user(world).await);
    let now = world.sandbox.clock().now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let credential =
        |id: &str| json!({ "id": id, "format": "oauth", "oauth_provider": "google", "signInEnabled": true });
    let known = social(&user)[0].id.as_str();
    let elevated =
        elevated_token(&json!({ "sub": user.id, "scope": "wallet:export", "exp": now + 300, "iat": now }));
    json!({
        "user": { "id": user.id, "scope": "user:basic",
                  "verifiedCredentials": [credential(known), credential("brand new")] },
        "expiresAt": now + 7_200,
        "minifiedJwt": token,
        "elevatedAccessToken": elevated,
    })
}

#[tokio::test]
async fn a_server_that_links_instead_of_verifying_gives_no_permission() {
    let mut world = world_with(json!({ "apiVersion": OLDER })).await;
    sign_in_with_google(&world, own_account()).await;
    let body = linked_instead(&world).await;
    let path = "providers/{provider}/verify";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "body": body }));
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    assert_eq!(reason_of(&error), UnavailableReason::DifferentAccount);
    assert!(!holds(&world, EXPORT));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(!holds(&world, EXPORT), "it was not stored either");
}

#[tokio::test]
async fn a_user_with_a_factor_is_not_elevated_by_a_social_account() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    verify(&world, &[LINK]).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    assert_eq!(error, StepUpError::NotElevated { granted: vec![], missing: vec![EXPORT] });
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn a_step_up_takes_no_elevated_token_along() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    verify(&world, &[LINK]).await.unwrap();
    verify(&world, &[EXPORT]).await.unwrap();
    for request in world.requests("google/verify") {
        assert!(request["headers"].get("x-dyn-elevated-access-token").is_none());
        assert!(request["headers"]["authorization"].is_string());
    }
    assert_eq!(redemptions(&world), 3);
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_proves_nothing() {
    let world = world().await;
    let user_id = {
        sign_in_with_google(&world, own_account()).await;
        user_id(&world).await.unwrap()
    };
    let mut answer = linked_instead(&world).await;
    answer["user"]["verifiedCredentials"] = json!([
        { "id": "one", "format": "oauth", "oauth_provider": "google", "signInEnabled": false },
    ]);
    answer["elevatedAccessToken"] = Value::Null;
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": answer }));
    assert_eq!(world.client.auth().refresh(None).await.unwrap().user.id, user_id);
    let error = verify(&world, &[EXPORT]).await.unwrap_err();
    assert_eq!(reason_of(&error), UnavailableReason::NotEnabledForSignIn);
    assert_eq!(world.browser.opened().len(), 1);
}
