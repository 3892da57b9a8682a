//! The token of action-based MFA: created with each factor, handed out, single-use really once (fault 7).

use std::{collections::HashSet, sync::Arc, thread};

use serde_json::{Value, json};
use stepup_core::{
    HttpHeader, LegacyMfaFactor, LegacyMfaToken, LegacyTokenKind, StepUpError, UnavailableReason,
};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{LEGACY_HEADER, arrived, create_token, legacy_world, unavailable};

const SINGLE: LegacyTokenKind = LegacyTokenKind::SingleUse;
const REUSABLE: LegacyTokenKind = LegacyTokenKind::Reusable;

fn held(world: &World) -> bool {
    world.client.mfa().has_legacy_token()
}

fn consume(world: &World) -> Option<LegacyMfaToken> {
    world.client.mfa().consume_legacy_token()
}

/// Whether the app's own backend accepts what the client hands out for an action.
async fn act(world: &World, action: &str, headers: Vec<HttpHeader>) -> u16 {
    let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
    world.control_with("protected", json!({ "action": action }), &headers).await.0
}

#[tokio::test]
async fn every_factor_brings_one_and_no_scopes_are_asked_for() {
    let mfa = json!({ "methods": ["totp", "passkey", "email"] });
    let world = World::with_policy(json!({ "apiVersion": "2026_01_01", "mfa": mfa })).await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.client.passkeys().register(None).await.unwrap();
    let code = world.client.mfa().recovery_codes(None).await.unwrap()[0].expose().to_owned();
    world.sandbox.clock().advance(601);
    world.client.step_up().send_otp(None, None).await.unwrap();
    let (mut seen, device_id) = (HashSet::new(), Some(totp.device_id.clone()));
    for (factor, path) in [
        (LegacyMfaFactor::Totp { code: world.totp_code(&totp), device_id }, "users/mfa/auth/totp"),
        (LegacyMfaFactor::Passkey, "users/mfa/auth/passkey"),
        (LegacyMfaFactor::RecoveryCode { code }, "users/mfa/auth/recovery"),
        (LegacyMfaFactor::Email { code: world.code(EMAIL), verification_id: None }, "users/mfa/auth/email"),
    ] {
        let session = world.client.mfa().create_legacy_token(factor, REUSABLE, None).await.unwrap();
        assert_eq!(session.user.email.as_deref(), Some(EMAIL));
        let sent = arrived(&world, "POST", path).pop().unwrap()["body"].clone();
        assert_eq!(sent["createMfaToken"], json!({ "singleUse": false }), "{path}");
        assert!(sent.get("requestedScopes").is_none(), "{sent}");
        let token = consume(&world).unwrap();
        assert!(seen.insert(token.expose().to_owned()), "{path}: the new one takes the place of the old");
    }
}

#[tokio::test]
async fn fault_07_a_single_use_token_serves_once_and_a_reusable_one_as_long_as_the_session() {
    let (world, totp) = legacy_world().await;
    assert!(!held(&world) && consume(&world).is_none());
    create_token(&world, &totp, SINGLE).await.unwrap();
    let sent = arrived(&world, "POST", "users/mfa/auth/totp").pop().unwrap();
    assert_eq!(sent["body"]["createMfaToken"], json!({ "singleUse": true }));
    assert!(held(&world));
    assert!(consume(&world).is_some());
    assert!(!held(&world) && consume(&world).is_none());

    create_token(&world, &totp, REUSABLE).await.unwrap();
    let first = consume(&world);
    world.client.auth().refresh(None).await.unwrap();
    assert!(held(&world) && first.is_some());
    assert_eq!(consume(&world), first);
}

#[tokio::test]
async fn fault_07_64_threads_get_a_single_use_token_once() {
    let (world, totp) = legacy_world().await;
    for _ in 0..3 {
        create_token(&world, &totp, SINGLE).await.unwrap();
        let start = Arc::new(std::sync::Barrier::new(64));
        let threads: Vec<_> = (0..64)
            .map(|_| {
                let (mfa, start) = (world.client.mfa(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    mfa.consume_legacy_token().is_some()
                })
            })
            .collect();
        let handed_out = threads.into_iter().map(|thread| thread.join().unwrap());
        assert_eq!(handed_out.filter(|got| *got).count(), 1);
    }
}

#[tokio::test]
async fn the_headers_open_what_is_protected_and_spend_a_single_use_token() {
    let (world, totp) = legacy_world().await;
    let mfa = world.client.mfa();
    create_token(&world, &totp, SINGLE).await.unwrap();
    let headers = mfa.legacy_headers(None).await.unwrap();
    let names: Vec<_> = headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["Authorization", LEGACY_HEADER]);
    assert!(!held(&world), "spent by handing it out");
    assert_eq!(act(&world, "user.update", headers.clone()).await, 200);
    assert_eq!(act(&world, "user.update", headers).await, 403, "once");

    create_token(&world, &totp, REUSABLE).await.unwrap();
    for _ in 0..3 {
        assert_eq!(act(&world, "user.update", mfa.legacy_headers(None).await.unwrap()).await, 200);
    }
}

#[tokio::test]
async fn without_a_token_there_are_no_headers() {
    let (world, _) = legacy_world().await;
    let mfa = world.client.mfa();
    assert_eq!(unavailable(mfa.legacy_headers(None).await), UnavailableReason::NotEnrolled);
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(mfa.legacy_headers(None).await, Err(StepUpError::NotSignedIn { answer: None }));
}

#[tokio::test]
async fn a_refused_proof_leaves_the_token_that_is_held() {
    let (world, totp) = legacy_world().await;
    create_token(&world, &totp, SINGLE).await.unwrap();
    let used = totp.code(world.sandbox.clock().now());
    for code in [used, "12345".into()] {
        let factor = LegacyMfaFactor::Totp { code, device_id: None };
        let refused = world.client.mfa().create_legacy_token(factor, REUSABLE, None).await.unwrap_err();
        assert!(matches!(refused, StepUpError::InvalidCode { .. }), "{refused:?}");
        assert!(held(&world));
    }
    assert!(consume(&world).is_some() && !held(&world), "the single-use one");
}

#[tokio::test]
async fn a_server_that_gives_no_token_is_told_from_a_wrong_proof() {
    let (world, totp) = legacy_world().await;
    let expected = StepUpError::NotElevated { granted: vec![], missing: vec![] };
    for token in [Value::Null, json!("")] {
        let session = world.client.auth().session(None).await.unwrap().unwrap();
        let bearer = world.client.auth().session_token(stepup_core::SessionTokenKind::Minified, None).await;
        let body = json!({
            "user": { "id": session.user.id, "scope": "user:basic", "verifiedCredentials": [] },
            "expiresAt": 4_000_000_000_u64,
            "minifiedJwt": bearer.unwrap().unwrap().expose(),
            "mfaToken": token,
        });
        world.fault(json!({ "method": "POST", "path": "users/mfa/auth/totp", "count": 1, "body": body }));
        assert_eq!(create_token(&world, &totp, SINGLE).await.unwrap_err(), expected);
        assert!(!held(&world));
    }
}

#[tokio::test]
async fn i12_printing_shows_neither_codes_nor_tokens() {
    let (world, totp) = legacy_world().await;
    create_token(&world, &totp, REUSABLE).await.unwrap();
    let token = consume(&world).unwrap();
    let headers = world.client.mfa().legacy_headers(None).await.unwrap();
    for printed in [format!("{token:?}"), format!("{headers:?}"), headers[1].to_string()] {
        assert!(!printed.contains(token.expose()) && printed.contains("redacted"), "{printed}");
    }
    let (code, id) = ("246813".to_owned(), "an-id");
    for factor in [
        LegacyMfaFactor::Totp { code: code.clone(), device_id: Some(id.into()) },
        LegacyMfaFactor::RecoveryCode { code: code.clone() },
        LegacyMfaFactor::Email { code: code.clone(), verification_id: Some(id.into()) },
    ] {
        let printed = format!("{factor:?} {factor}");
        assert!(!printed.contains(&code), "{printed}");
    }
}
