//! Signing in with an assertion of the app's own backend.

use serde_json::{Value, json};
use stepup_core::{CredentialFormat, Session, StepUpError, UnavailableReason};
use stepup_test_support::{EMAIL, World, elevated_token};

use crate::helpers::{
    EXPORT, assertion, done, holds, refused_argument, session, unavailable, unix_now, world,
};

const SIGN_IN: &str = "externalAuth/signin";

async fn sign_in_with(world: &World, jwt: &str) -> Result<Session, StepUpError> {
    world.client.auth().sign_in_with_external_jwt(jwt.into(), None).await.map(|outcome| done(Ok(outcome)))
}

#[tokio::test]
async fn a_user_of_the_apps_own_backend_signs_in_and_is_known_the_next_time() {
    let world = world().await;
    let jwt = assertion(&world, json!({ "sub": "user-7", "email": EMAIL })).await;
    let first = sign_in_with(&world, &jwt).await.unwrap();
    assert!(first.user.new_user);
    let has = |format: &CredentialFormat| {
        first.user.verified_credentials.iter().any(|credential| credential.format == *format)
    };
    assert!(has(&CredentialFormat::ExternalUser), "{:?}", first.user.verified_credentials);
    let body = &world.requests(SIGN_IN)[0]["body"];
    assert!(body["sessionPublicKey"].is_string(), "{body}");
    world.client.auth().logout(None).await.unwrap();
    let jwt = assertion(&world, json!({ "sub": "user-7" })).await;
    let again = sign_in_with(&world, &jwt).await.unwrap();
    assert_eq!((again.user.id, again.user.new_user), (first.user.id, false));
}

#[tokio::test]
async fn i03_a_sign_in_takes_the_place_of_the_session_before_it() {
    let world = world().await;
    let before = world.sign_in_as(EMAIL).await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    let jwt = assertion(&world, json!({ "sub": "user-7" })).await;
    let after = sign_in_with(&world, &jwt).await.unwrap();
    assert_ne!(after.user.id, before.user.id);
    assert!(!holds(&world, EXPORT));
    assert!(world.requests(SIGN_IN)[0]["headers"]["authorization"].is_null());
}

#[tokio::test]
async fn a_hopeless_assertion_is_refused_and_not_sent() {
    let world = world().await;
    world.sign_in().await;
    let now = unix_now(&world);
    let of = |claims: Value| elevated_token(&claims);
    for (jwt, reason) in [
        (String::new(), "is not a JWT"),
        ("no token at all".into(), "is not a JWT"),
        ("a.b.c".into(), "is not a JWT"),
        (of(json!({ "exp": now + 300 })), "has no `sub`"),
        (of(json!({ "sub": "", "exp": now + 300 })), "has no `sub`"),
        (of(json!({ "sub": "user-7", "exp": now - 1 })), "has expired"),
    ] {
        let refused = refused_argument(sign_in_with(&world, &jwt).await);
        assert_eq!(refused, ("jwt".into(), reason.into()), "{jwt}");
    }
    assert_eq!(world.count(SIGN_IN), 0);
    assert!(session(&world).await.is_some(), "whoever was signed in still is");
}

#[tokio::test]
async fn an_assertion_of_somebody_else_signs_nobody_in() {
    let world = world().await;
    let forged = elevated_token(&json!({ "sub": "user-7", "exp": unix_now(&world) + 300 }));
    assert_eq!(unavailable(sign_in_with(&world, &forged).await), UnavailableReason::ProofRefused);
    assert_eq!(session(&world).await, None);
}

#[tokio::test]
async fn i22_an_assertion_is_judged_by_the_servers_clock() {
    let world = world().await;
    world.sign_in().await;
    world.clock.set_ahead(3_600);
    world.client.auth().refresh(None).await.unwrap();
    let jwt = assertion(&world, json!({ "sub": "user-7" })).await;
    sign_in_with(&world, &jwt).await.unwrap();
}

#[tokio::test]
async fn who_has_signed_in_so_is_not_asked_for_the_code_of_an_earlier_process() {
    let mut world = world().await;
    world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    world.restart();
    let jwt = assertion(&world, json!({ "sub": "user-7" })).await;
    sign_in_with(&world, &jwt).await.unwrap();
    assert!(!world.storage.text().contains(EMAIL));
    assert_eq!(world.client.auth().pending_otp(None).await, Ok(None));
    world.restart();
    assert_eq!(world.client.auth().pending_otp(None).await, Ok(None));
}
