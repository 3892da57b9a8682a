//! A verify is a success only if a token with every scope came and is stored.

use serde_json::{Value, json};
use stepup_core::{Elevation, ErrorKind, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World, elevated_token};

use crate::helpers::{EXPORT, LINK, SIGN, give_credentials, granted, holds, session_answer, unix_now};

/// Signed in, and a code is on its way.
async fn code_sent() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    world
}

/// Verifies for two scopes, and the server answers like this.
async fn verify_answered(world: &World, body: Value) -> Result<Elevation, StepUpError> {
    let fault = json!({ "method": "POST", "path": "emailVerifications/verify", "count": 1, "body": body });
    world.fault(fault);
    world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT, SIGN], None, None).await
}

async fn verify_granted(world: &World, token: Value) -> Result<Elevation, StepUpError> {
    let mut answer = session_answer(world).await;
    answer["elevatedAccessToken"] = token;
    verify_answered(world, answer).await
}

#[track_caller]
fn assert_not_elevated(
    result: Result<Elevation, StepUpError>,
    expected: (&[TokenScope], &[TokenScope]),
    what: &str,
) {
    let Err(error @ StepUpError::NotElevated { .. }) = result else { panic!("{what}: {result:?}") };
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    let StepUpError::NotElevated { granted, missing } = error else { unreachable!() };
    assert_eq!((&granted[..], &missing[..]), expected, "{what}");
}

#[tokio::test]
async fn fault_31_fault_33_a_user_with_a_factor_is_told_that_a_code_does_not_do() {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let refused = world.verify_by_email(&[EXPORT]).await;
    assert_not_elevated(refused, (&[], &[EXPORT]), "mfa user");
    assert!(!holds(&world, EXPORT));
    // The proof was accepted, so the session was re-issued, and it is the one that counts.
    assert!(world.client.auth().refresh(None).await.is_ok());
}

#[tokio::test]
async fn fault_33_an_answer_without_a_usable_token_is_an_error() {
    // Every code needs a pause after the one before.
    let world = World::with_policy(json!({ "jwtLifeSeconds": 1_000_000 })).await;
    world.sign_in().await;
    let end = unix_now(&world) + 900_000;
    let user = world.client.auth().session(None).await.unwrap().unwrap().user.id;
    let with = |claims: Value| json!(elevated_token(&claims));
    let scope = "wallet:export wallet:sign";
    for (token, what) in [
        (Value::Null, "null"),
        (json!(""), "empty"),
        (json!("no.token"), "two parts"),
        (json!("a.b.c"), "three parts of nothing"),
        (json!(7), "a number"),
        (json!({ "token": "a.b.c" }), "an object"),
        (with(json!({ "sub": user, "exp": end })), "without scopes"),
        (with(json!({ "sub": user, "exp": end, "scope": " " })), "with blank scopes"),
        (with(json!({ "sub": user, "exp": end, "scope": ["wallet:export"] })), "with a list"),
        (with(json!({ "sub": user, "scope": scope })), "without expiry"),
        (with(json!({ "sub": user, "scope": scope, "exp": "soon" })), "with a text as expiry"),
        (with(json!({ "sub": user, "scope": scope, "exp": end - 900_000 })), "expired"),
        (with(json!({ "sub": user, "scope": scope, "exp": -1 })), "expired long ago"),
    ] {
        world.sandbox.clock().advance(601);
        world.client.step_up().send_otp(None, None).await.unwrap();
        let refused = verify_granted(&world, token).await;
        assert_not_elevated(refused, (&[], &[EXPORT, SIGN]), what);
        assert!(!holds(&world, EXPORT) && !holds(&world, SIGN), "{what}");
    }
    world.verify_by_email(&[EXPORT]).await.unwrap();
}

#[tokio::test]
async fn what_was_granted_of_it_is_stored_and_told() {
    let world = code_sent().await;
    let token = granted(&world, "wallet:export user:update", json!({})).await;
    let partly = verify_granted(&world, json!(token)).await;
    let user_update = TokenScope::USER_UPDATE;
    assert_not_elevated(partly, (&[user_update.clone(), EXPORT], &[SIGN]), "partly");
    assert!(holds(&world, EXPORT) && holds(&world, user_update) && !holds(&world, SIGN));
    let taken = world.client.step_up().take_elevated_access_token(EXPORT, None).await.unwrap();
    assert_eq!(taken.unwrap().expose(), token);
}

#[tokio::test]
async fn more_than_was_asked_for_is_a_success() {
    let world = code_sent().await;
    let scopes = "wallet:sign credential:link wallet:export";
    let token = granted(&world, scopes, json!({ "singleUse": false })).await;
    let elevation = verify_granted(&world, json!(token)).await.unwrap();
    assert_eq!((elevation.scopes, elevation.single_use), (vec![LINK, EXPORT, SIGN], false));
    assert!(holds(&world, LINK));
}

#[tokio::test]
async fn i04_a_token_of_another_user_is_not_stored_and_neither_is_the_session() {
    let world = code_sent().await;
    let token =
        granted(&world, "wallet:export wallet:sign", json!({ "sub": "someone else", "singleUse": false }))
            .await;
    let mut answer = session_answer(&world).await;
    answer["elevatedAccessToken"] = json!(token);
    answer["user"]["alias"] = json!("changed");
    let refused = verify_answered(&world, answer).await;
    assert_eq!(refused, Err(StepUpError::IdentityMismatch));
    assert_eq!(StepUpError::IdentityMismatch.kind(), ErrorKind::SignInAgain);
    assert!(!holds(&world, EXPORT));
    assert!(!world.storage.text().contains(&token) && !world.storage.text().contains("changed"));
    assert_eq!(world.client.auth().session(None).await.unwrap().unwrap().user.alias, None);
    world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn i04_a_session_of_another_user_is_not_stored_and_neither_is_the_token() {
    let world = code_sent().await;
    let mine = world.client.auth().session(None).await.unwrap();
    let mut answer = session_answer(&world).await;
    answer["user"]["id"] = json!("someone else");
    for sub in ["someone else", &mine.as_ref().unwrap().user.id] {
        let scopes = "wallet:export wallet:sign";
        answer["elevatedAccessToken"] =
            json!(granted(&world, scopes, json!({ "sub": sub, "singleUse": false })).await);
        let refused = verify_answered(&world, answer.clone()).await;
        assert_eq!(refused, Err(StepUpError::IdentityMismatch));
        assert!(!holds(&world, EXPORT));
        assert_eq!(world.client.auth().session(None).await.unwrap(), mine);
        assert!(!world.storage.text().contains("someone else"));
    }
    world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn an_answer_without_a_session_is_malformed_and_nothing_is_stored() {
    let world = code_sent().await;
    let token = granted(&world, "wallet:export wallet:sign", json!({})).await;
    let mut answer = session_answer(&world).await;
    answer["elevatedAccessToken"] = json!(token);
    let before = world.client.auth().session(None).await.unwrap();
    for (member, value) in [
        ("user", json!(null)),
        ("user", json!({})),
        ("user", json!({ "id": "" })),
        ("expiresAt", json!(null)),
        ("expiresAt", json!("never")),
        ("minifiedJwt", json!(null)),
        ("minifiedJwt", json!("")),
    ] {
        let mut broken = answer.clone();
        broken[member] = value.clone();
        let refused = verify_answered(&world, broken).await;
        let Err(StepUpError::UnexpectedAnswer { ref operation, .. }) = refused else {
            panic!("{member} {value}: {refused:?}")
        };
        assert_eq!(operation, "verify_email_otp");
        assert!(!holds(&world, EXPORT), "{member} {value}");
        assert_eq!(world.client.auth().session(None).await.unwrap(), before);
    }
    world.client.step_up().verify_otp(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn i04_fault_42_an_answer_after_the_logout_changes_nothing() {
    let world = code_sent().await;
    let mut answer = session_answer(&world).await;
    let scopes = "wallet:export wallet:sign";
    answer["elevatedAccessToken"] = json!(granted(&world, scopes, json!({ "singleUse": false })).await);
    world.fault(
        json!({ "method": "POST", "path": "emailVerifications/verify", "latencyMs": 200, "body": answer }),
    );
    let (step_up, code) = (world.client.step_up(), world.code(EMAIL));
    let (late, ()) = tokio::join!(step_up.verify_otp(code, vec![EXPORT, SIGN], None, None), async {
        world.arrived("emailVerifications/verify", 1).await;
        world.client.auth().logout(None).await.unwrap();
    });
    assert_eq!(late, Err(StepUpError::NotSignedIn { answer: None }));
    assert_eq!(world.client.auth().session(None).await, Ok(None));
    assert!(!holds(&world, EXPORT) && world.storage.records().is_empty());
}

/// Each way to verify, and the endpoint that answers.
const WAYS: [&str; 6] = [
    "emailVerifications/verify",
    "smsVerifications/verify",
    "users/mfa/auth/totp",
    "users/mfa/auth/recovery",
    "users/mfa/auth/passkey",
    "users/mfa/auth/passkey in two halves",
];

async fn verify_by(world: &World, way: &str) -> Result<Elevation, StepUpError> {
    let (step_up, scopes) = (world.client.step_up(), vec![EXPORT, SIGN]);
    match way {
        "users/mfa/auth/totp" => step_up.verify_totp("123456".into(), scopes, None, None).await,
        "users/mfa/auth/recovery" => step_up.verify_recovery_code("abcd1234".into(), scopes, None).await,
        "users/mfa/auth/passkey" => step_up.verify_passkey(scopes, None).await,
        "users/mfa/auth/passkey in two halves" => {
            let prepared = step_up.prepare_passkey(None).await.unwrap();
            step_up.perform_passkey(prepared, scopes, None).await
        }
        way => {
            let format = if way.starts_with("sms") { "phoneNumber" } else { "email" };
            step_up.send_otp(Some(format.into()), None).await.unwrap();
            step_up.verify_otp("123456".into(), scopes, None, None).await
        }
    }
}

#[tokio::test]
async fn i04_fault_33_every_way_to_verify_keeps_to_this() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    give_credentials(
        &world,
        json!([
            { "id": "email", "format": "email", "signInEnabled": true, "email": "eve@example.com" },
            { "id": "phoneNumber", "format": "phoneNumber", "signInEnabled": true,
              "phoneCountryCode": "1", "phoneNumber": "2025550167" },
        ]),
    )
    .await;
    let scopes = "wallet:export wallet:sign";
    let token = granted(&world, scopes, json!({})).await;
    let foreign = granted(&world, scopes, json!({ "sub": "someone else" })).await;
    for way in WAYS {
        let path = way.split(' ').next().unwrap();
        let answers = async |token: &str, status: u16| {
            let mut body = session_answer(&world).await;
            body["elevatedAccessToken"] = json!(token);
            let fault = json!({ "method": "POST", "path": path, "count": 1, "status": status, "body": body });
            world.fault(fault);
            // Codes may be sent again.
            world.sandbox.clock().advance(301);
            verify_by(&world, way).await
        };
        assert_not_elevated(answers("", 200).await, (&[], &[EXPORT, SIGN]), way);
        assert_eq!(answers(&foreign, 200).await, Err(StepUpError::IdentityMismatch), "{way}");
        let failed = answers(&token, 500).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::RetryLater, "{way}: {failed:?}");
        assert!(!holds(&world, EXPORT) && !holds(&world, SIGN), "{way}");
    }
}

#[tokio::test]
async fn nobody_signed_in_cannot_verify() {
    let world = World::new().await;
    let step_up = world.client.step_up();
    let code = || "123456".to_owned();
    for refused in [
        step_up.send_otp(None, None).await.map(drop),
        step_up.resend_otp(None, None).await.map(drop),
        step_up.verify_otp(code(), vec![EXPORT], None, None).await.map(drop),
        step_up.verify_totp(code(), vec![EXPORT], None, None).await.map(drop),
        step_up.prepare_passkey(None).await.map(drop),
        step_up.verify_passkey(vec![EXPORT], None).await.map(drop),
        step_up.verify_recovery_code("abcd1234".into(), vec![EXPORT], None).await.map(drop),
        step_up.take_elevated_access_token(EXPORT, None).await.map(drop),
        step_up.authorization_headers(EXPORT, None).await.map(drop),
    ] {
        assert_eq!(refused, Err(StepUpError::NotSignedIn { answer: None }));
    }
    assert_eq!(world.sandbox.log().exchanges().len(), 0, "nothing was sent");
}
