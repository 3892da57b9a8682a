//! A keystore that fails, hangs or panics, and keys at their first use.

use std::time::{Duration, Instant};

use serde_json::Value;
use stepup_core::{ErrorKind, PlatformCallback, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, KeyMode, World};

use crate::helpers::{OTHER, begin, envelope, holds, session_token, sign_in_with_tokens, user_id};

fn field(requests: &[Value], pointer: &str) -> Vec<Value> {
    requests.iter().map(|request| request.pointer(pointer).unwrap().clone()).collect()
}

#[tokio::test]
async fn i20_fault_25_concurrent_first_use_makes_each_key_once() {
    let world = World::new().await;
    let addresses: Vec<_> = (0..8).map(|number| format!("user{number}@example.com")).collect();
    let mut sign_ins = Vec::new();
    for address in &addresses {
        let sent = world.client.auth().send_email_otp(address.clone(), None).await.unwrap();
        let options = SignInOptions { verification_id: Some(sent.id), ..SignInOptions::default() };
        sign_ins.push((world.code(address), options));
    }
    let calls: Vec<_> = sign_ins
        .into_iter()
        .map(|(code, options)| {
            let auth = world.client.auth();
            begin(async move { auth.sign_in_with_otp(code, Some(options), None).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(world.keys.count("generate"), 2, "{:?}", world.keys.calls());
    assert_eq!(world.keys.count("generate stepup.default.device"), 1);
    let requests = world.requests("emailVerifications/signin");
    assert_eq!(field(&requests, "/status"), vec![Value::from(200); 8]);
    for pointer in ["/body/sessionPublicKey", "/headers/x-dynamic-device-publickey"] {
        let mut keys = field(&requests, pointer);
        keys.dedup();
        assert_eq!(keys.len(), 1, "{pointer}");
    }
    // One of them is signed in, in memory and storage alike.
    let user = user_id(&world).await.unwrap();
    assert_eq!(envelope(&world)["user"]["id"], user.as_str());
    world.client.auth().refresh(None).await.unwrap();
}

#[tokio::test]
async fn i20_the_device_key_is_shared_and_the_session_key_is_not() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.client.auth().refresh(None).await.unwrap();
    let names: Vec<_> = world.keys.calls().into_iter().filter(|call| call.starts_with("generate")).collect();
    assert_eq!(names.len(), 2, "keys outlive the process: {names:?}");
    let session = names.iter().find(|name| name.ends_with(".session")).unwrap();
    assert!(session.contains(&world.sandbox.environment_id().to_string()));
}

#[tokio::test]
async fn i14_a_keystore_that_misbehaves_fails_the_sign_in_and_the_next_one_works() {
    let outcomes = [
        (KeyMode::Fails, "CallbackFailed { what: Keys }", ErrorKind::Bug),
        (KeyMode::Panics, "CallbackFailed { what: Keys }", ErrorKind::Bug),
        (KeyMode::Hangs, "TimedOut { what: Keys }", ErrorKind::RetryLater),
    ];
    for (mode, expected, kind) in outcomes {
        let world = World::new().await;
        world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
        world.keys.set(mode);
        let begun = Instant::now();
        let code = world.code(EMAIL);
        let error = world.client.auth().sign_in_with_otp(code.clone(), None, None).await.unwrap_err();
        assert_eq!((format!("{error:?}").as_str(), error.kind()), (expected, kind));
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert_eq!(world.count("emailVerifications/signin"), 0);
        world.keys.set(KeyMode::Works);
        world.client.auth().sign_in_with_otp(code, None, None).await.unwrap();
    }
}

#[tokio::test]
async fn i14_a_keystore_that_misbehaves_does_not_end_the_session() {
    for mode in [KeyMode::Fails, KeyMode::Panics, KeyMode::Hangs] {
        let mut world = World::new().await;
        let user = sign_in_with_tokens(&world).await;
        let (token, stored) = (session_token(&world).await, world.storage.text());
        world.restart();
        world.keys.set(mode);
        for error in [
            world.client.auth().refresh(None).await.unwrap_err(),
            world.client.mfa().methods(None).await.unwrap_err(),
        ] {
            let is_typed = matches!(
                error,
                StepUpError::CallbackFailed { what: PlatformCallback::Keys }
                    | StepUpError::TimedOut { what: PlatformCallback::Keys }
            );
            assert!(is_typed, "{mode:?}: {error:?}");
        }
        let check = world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap();
        assert!(check.is_required && !check.is_confirmed);
        assert_eq!(check.credentials.len(), 1, "derived from the user");
        assert_eq!((user_id(&world).await, session_token(&world).await), (Some(user), token));
        assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
        assert_eq!(world.storage.text(), stored);
        world.keys.set(KeyMode::Works);
        world.client.auth().refresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_failing_keystore_says_stays_behind() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.restart();
    world.keys.set(KeyMode::Fails);
    let error = world.client.auth().refresh(None).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("stepup."), "{error:?}");
}

#[tokio::test]
async fn a_sign_in_beside_a_session_needs_no_other_key() {
    let world = World::new().await;
    world.sign_in().await;
    world.sign_in_as(OTHER).await;
    assert_eq!(world.keys.count("generate"), 2);
    world.client.mfa().methods(None).await.unwrap();
}
