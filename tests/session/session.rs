//! The session as the app sees it.

use std::time::Duration;

use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Value, json};
use stepup_core::{ErrorKind, OnboardingDuty, SessionTokenKind, StepUpError};
use stepup_test_support::{EMAIL, World, elevated_token};

use crate::helpers::{answered, session_answer, session_token};

#[tokio::test]
async fn nobody_is_signed_in_at_first() {
    let world = World::new().await;
    let auth = world.client.auth();
    assert_eq!(auth.session(None).await, Ok(None));
    for error in [
        auth.session_token(SessionTokenKind::Minified, None).await.unwrap_err(),
        auth.refresh(None).await.unwrap_err(),
        world.client.mfa().methods(None).await.unwrap_err(),
        world.client.step_up().send_otp(None, None).await.unwrap_err(),
    ] {
        assert_eq!(error, StepUpError::NotSignedIn { answer: None });
        assert_eq!(error.kind(), ErrorKind::SignInAgain);
    }
    // Nonces are asked for without a session; nothing else is.
    let asked = world.sandbox.log().exchanges();
    assert!(asked.iter().all(|exchange| exchange.path.ends_with("/nonces")), "{asked:?}");
}

#[tokio::test]
async fn a_session_says_who_and_until_when() {
    let world = World::new().await;
    let signed_in = world.sign_in().await;
    let session = world.client.auth().session(None).await.unwrap().unwrap();
    assert_eq!(session, signed_in);
    let left = session.expires_at.duration_since(world.clock.shared().now()).unwrap();
    assert!((Duration::from_secs(7_100)..=Duration::from_secs(7_201)).contains(&left), "{left:?}");
    assert!(!format!("{session:?}").contains(EMAIL));
}

#[tokio::test]
async fn both_tokens_of_a_session_name_its_user() {
    let world = World::new().await;
    let session = world.sign_in().await;
    let claims = |kind| {
        let auth = world.client.auth();
        async move {
            let token = auth.session_token(kind, None).await.unwrap().unwrap();
            assert!(!format!("{token:?}").contains(token.expose()));
            insecure_decode_claims::<Value>(token.expose()).unwrap()
        }
    };
    let (minified, full) = (claims(SessionTokenKind::Minified).await, claims(SessionTokenKind::Full).await);
    assert_eq!(minified["sub"], session.user.id.as_str());
    assert_eq!(minified["verified_credentials"], Value::Null);
    assert_eq!(full["sub"], session.user.id.as_str());
    assert_eq!(full["verified_credentials"][0]["email"], EMAIL);
}

#[tokio::test]
async fn a_kind_of_token_that_the_server_does_not_give_is_none() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let mut answer = session_answer(&user);
    let minified = answer["minifiedJwt"].as_str().unwrap().to_owned();
    answer["jwt"] = Value::Null;
    answered(&world, "refresh", answer);
    let auth = world.client.auth();
    auth.refresh(None).await.unwrap();
    assert_eq!(auth.session_token(SessionTokenKind::Full, None).await, Ok(None));
    let token = auth.session_token(SessionTokenKind::Minified, None).await.unwrap().unwrap();
    assert_eq!(token.expose(), minified);
}

#[tokio::test]
async fn fault_38_a_session_tells_its_duties_in_order() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    let mut answer = session_answer(&user);
    answer["user"]["scope"] = json!("requiresAdditionalAuth device:register something:new");
    answer["user"]["missingFields"] = json!([{ "name": "username", "required": true }]);
    answer["user"]["mfaBackupCodeAcknowledgement"] = json!("pending");
    answered(&world, "refresh", answer);
    let session = world.client.auth().refresh(None).await.unwrap();
    let expected = [
        OnboardingDuty::RegisterDevice,
        OnboardingDuty::CompleteMfa,
        OnboardingDuty::AcknowledgeRecoveryCodes,
        OnboardingDuty::CompleteProfile,
    ];
    assert_eq!(session.duties, expected);
    assert_eq!(session.user.missing_fields, ["username"]);
    assert_eq!(world.client.auth().session(None).await.unwrap().unwrap().duties, expected);
}

#[tokio::test]
async fn a_user_who_must_enrol_a_factor_has_that_duty_until_it_is_done() {
    let world = World::with_policy(json!({ "mfa": { "enrollment": "signup" } })).await;
    assert_eq!(world.sign_in().await.duties, [OnboardingDuty::CompleteMfa]);
    world.client.passkeys().register(None).await.unwrap();
    assert_eq!(world.client.auth().refresh(None).await.unwrap().duties, []);
}

/// A session that the server has issued may be the only good one by now.
#[tokio::test]
async fn a_session_is_kept_also_if_what_has_to_follow_cannot_be_told() {
    let world = World::new().await;
    let user = world.sign_in().await.user.id;
    for (view, sent) in [("verify-email", json!({})), ("verify-sms", json!({ "smsVerification": "?" }))] {
        let mut answer = session_answer(&user);
        answer["minifiedJwt"] = elevated_token(&json!({ "sub": user, "view": view })).into();
        answer["nextView"] = view.into();
        answer.as_object_mut().unwrap().extend(sent.as_object().unwrap().clone());
        let issued = answer["minifiedJwt"].as_str().unwrap().to_owned();
        world.fault(json!({ "method": "PUT", "path": "users", "count": 1, "body": answer }));
        let error = world.client.auth().link_email("new@example.com".into(), None).await.unwrap_err();
        assert!(matches!(&error, StepUpError::UnexpectedAnswer { .. }), "{error:?}");
        assert_eq!(session_token(&world).await, issued);
        assert!(world.storage.text().contains(&issued));
    }
}
