//! Signing in with a passkey.

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    ClientConfig, PasskeyProvider, PlatformCallback, PlatformError, SignInOptions, SignInOutcome,
    StepUpError, UnavailableReason,
};
use stepup_test_support::{EMAIL, PasskeyMode, TestPasskeys, World};
use tokio::sync::Semaphore;

use crate::helpers::{
    EXPORT, LINK, OTHER, config, done, holds, session, sign_in_to_link, unavailable, world,
};

const SIGN_IN: &str = "users/passkeys/signin";

/// A world whose user has a passkey on this phone and is signed out. Answers with the user's id.
async fn with_passkey() -> (World, String) {
    let world = world().await;
    sign_in_to_link(&world, EMAIL).await;
    let session = world.client.passkeys().register(None).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    (world, session.user.id)
}

/// How often a proof was sent.
fn proofs(world: &World) -> usize {
    world.requests(SIGN_IN).iter().filter(|request| request["method"] == "POST").count()
}

#[tokio::test]
async fn a_passkey_signs_its_user_in() {
    let (world, user) = with_passkey().await;
    let session = done(world.client.auth().sign_in_with_passkey(None, None, None).await);
    assert_eq!(session.user.id, user);
    let requests = world.requests(SIGN_IN);
    assert_eq!(requests[0]["method"], "GET");
    assert!(requests[0]["query"].is_null() && requests[0]["headers"]["authorization"].is_null());
    let proof = &requests[1];
    assert!(proof["headers"]["x-dyn-session-public-key"].is_string(), "{proof}");
    assert!(proof["headers"]["authorization"].is_null() && proof["body"]["sessionPublicKey"].is_null());
    assert!(proof["body"]["response"]["clientDataJSON"].is_string(), "{proof}");
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn the_passkeys_of_a_related_origin_are_asked_for_by_the_query() {
    let (world, _) = with_passkey().await;
    let rp_id = Some("login.example&x=y".to_owned());
    done(world.client.auth().sign_in_with_passkey(rp_id, None, None).await);
    assert_eq!(world.requests(SIGN_IN)[0]["query"], "relatedOriginRpId=login.example%26x%3Dy");
}

#[tokio::test]
async fn scopes_are_granted_with_the_sign_in() {
    let (world, _) = with_passkey().await;
    let options = SignInOptions { requested_scopes: vec![LINK], ..SignInOptions::default() };
    let SignInOutcome::Done { granted, .. } =
        world.client.auth().sign_in_with_passkey(None, Some(options), None).await.unwrap();
    assert_eq!(granted, [LINK]);
    assert!(holds(&world, LINK));
}

#[tokio::test]
async fn i03_a_sign_in_takes_the_place_of_the_session_before_it() {
    let (world, user) = with_passkey().await;
    sign_in_to_link(&world, OTHER).await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let code = world.code(OTHER);
    world.client.step_up().verify_otp(code, vec![EXPORT], None, None).await.unwrap();
    let session = done(world.client.auth().sign_in_with_passkey(None, None, None).await);
    assert_eq!(session.user.id, user);
    assert!(!holds(&world, LINK) && !holds(&world, EXPORT));
}

#[tokio::test]
async fn what_the_sheet_does_instead_is_told_and_nothing_is_sent() {
    let (world, _) = with_passkey().await;
    for (mode, error) in [
        (PasskeyMode::Cancelled, StepUpError::Cancelled),
        (PasskeyMode::Hangs, StepUpError::TimedOut { what: PlatformCallback::Passkey }),
        (PasskeyMode::Panics, StepUpError::CallbackFailed { what: PlatformCallback::Passkey }),
        (PasskeyMode::Answers("{}".into()), StepUpError::CallbackFailed { what: PlatformCallback::Passkey }),
    ] {
        world.passkeys.set(mode);
        assert_eq!(world.client.auth().sign_in_with_passkey(None, None, None).await, Err(error));
    }
    assert_eq!(proofs(&world), 0);
    world.passkeys.set(PasskeyMode::Works);
    done(world.client.auth().sign_in_with_passkey(None, None, None).await);
}

#[tokio::test]
async fn a_phone_without_a_passkey_is_told_so() {
    let world = world().await;
    let refused = world.client.auth().sign_in_with_passkey(None, None, None).await;
    assert_eq!(unavailable(refused), UnavailableReason::NotOnThisDevice);
    assert_eq!(proofs(&world), 0);
}

#[tokio::test]
async fn a_passkey_of_another_origin_signs_nobody_in() {
    let (world, _) = with_passkey().await;
    world.passkeys.set(PasskeyMode::WrongOrigin);
    let refused = world.client.auth().sign_in_with_passkey(None, None, None).await;
    assert_eq!(unavailable(refused), UnavailableReason::ProofRefused);
    assert_eq!(session(&world).await, None);
}

#[tokio::test]
async fn without_a_provider_nothing_is_sent() {
    let (mut world, _) = with_passkey().await;
    let platform = stepup_core::Platform { passkeys: None, ..world.platform() };
    world.restart_on(config(&world), platform);
    let refused = world.client.auth().sign_in_with_passkey(None, None, None).await;
    assert_eq!(unavailable(refused), UnavailableReason::Unsupported);
    assert_eq!(world.count(SIGN_IN), 0);
}

#[tokio::test]
async fn options_without_a_challenge_are_no_options() {
    let (world, _) = with_passkey().await;
    let ceremonies = world.passkeys.ceremonies();
    world.fault(json!({ "method": "GET", "path": SIGN_IN, "count": 1, "body": { "timeout": 60_000 } }));
    let refused = world.client.auth().sign_in_with_passkey(None, None, None).await;
    assert!(matches!(refused, Err(StepUpError::UnexpectedAnswer { .. })), "{refused:?}");
    assert_eq!(world.passkeys.ceremonies(), ceremonies);
}

/// A sheet that stays open until the test closes it.
#[derive(Clone)]
struct SlowSheet {
    authenticator: TestPasskeys,
    shown: Arc<Semaphore>,
    confirmed: Arc<Semaphore>,
}

#[async_trait::async_trait]
impl PasskeyProvider for SlowSheet {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        self.authenticator.create(options_json).await
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        self.shown.add_permits(1);
        self.confirmed.acquire().await.unwrap().forget();
        self.authenticator.get(options_json).await
    }
}

#[tokio::test]
async fn a_sign_in_begun_before_a_logout_is_not_sent() {
    let (mut world, _) = with_passkey().await;
    let closed = || Arc::new(Semaphore::new(0));
    let sheet = SlowSheet { authenticator: world.passkeys.clone(), shown: closed(), confirmed: closed() };
    let platform = world.platform().with_passkeys(Arc::new(sheet.clone()));
    world.restart_on(ClientConfig { deadlines: None, ..config(&world) }, platform);
    let auth = world.client.auth();
    let call = tokio::spawn(async move { auth.sign_in_with_passkey(None, None, None).await });
    sheet.shown.acquire().await.unwrap().forget();
    world.client.auth().logout(None).await.unwrap();
    sheet.confirmed.add_permits(1);
    assert_eq!(call.await.unwrap(), Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(proofs(&world), 0);
    assert_eq!(session(&world).await, None);
}
