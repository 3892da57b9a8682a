//! The list of factors, the authenticator app, recovery codes.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use stepup_core::{
    CodeRefusal, ErrorKind, MfaFactor, MfaFactorKind, OnboardingDuty, StepUpError, UnavailableReason,
};
use stepup_test_support::{Totp, World};

use crate::helpers::{EXPORT, LINK, holds, unavailable, verify_by_totp};

/// The list when the server answers like this.
async fn methods_of(body: Value) -> Result<Vec<MfaFactor>, StepUpError> {
    let world = World::new().await;
    world.sign_in().await;
    world.fault(json!({ "method": "GET", "path": "users/mfa/methods", "body": body }));
    world.factors().await
}

fn kinds(factors: &[MfaFactor]) -> Vec<MfaFactorKind> {
    factors.iter().map(|factor| factor.kind.clone()).collect()
}

#[tokio::test]
async fn fault_39_passkeys_are_in_the_list_of_factors() {
    let world = World::new().await;
    world.sign_in().await;
    assert_eq!(world.factors().await, Ok(vec![]));
    world.verify_by_email(&[LINK]).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    let factors = world.factors().await.unwrap();
    assert_eq!(kinds(&factors), [MfaFactorKind::Passkey]);
    assert!(factors[0].is_verified && factors[0].created_at.is_some());
}

#[tokio::test]
async fn an_authenticator_app_counts_once_its_first_code_was_right() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    assert_eq!(world.factors().await, Ok(vec![]));
    let secret = enrollment.secret.expose().to_owned();
    let totp = Totp { secret, device_id: enrollment.device_id };
    let session = world.client.mfa().confirm_totp(world.totp_code(&totp), None).await.unwrap();
    let id = totp.device_id.clone().into();
    assert!(session.user.verified_credentials.iter().any(|credential| credential.id == id));
    let factors = world.factors().await.unwrap();
    assert_eq!((kinds(&factors), &factors[0].id), (vec![MfaFactorKind::Totp], &totp.device_id));
    assert!(factors[0].is_verified && factors[0].is_default);
}

#[tokio::test]
async fn i18_fault_41_what_is_odd_in_a_list_does_not_fail_it() {
    let mut factors = methods_of(json!({
        "devices": [
            { "id": "1", "type": "totp", "default": true, "createdAt": "2026-01-02T03:04:05Z" },
            { "id": "2", "type": "totp", "createdAt": "2026-01-02T03:04:05.678Z", "new": {} },
            { "id": "3", "type": "email", "verified": null, "alias": null, "createdAt": null },
            { "id": "4", "type": "face", "createdAt": "yesterday" },
            { "id": "5", "type": null },
            { "id": "6" },
            { "type": "totp" },
            { "id": null, "type": "totp" },
            null,
            "totp",
        ],
        "passkeys": [
            { "id": "7", "credentialId": "c", "createdAt": "2026-01-02T03:04:05.6Z", "alias": "phone" },
            { "id": "8", "storage": { "name": null }, "userAgent": null },
            { "credentialId": "c" },
        ],
        "userHasVerifiedMfaMethods": "yes",
    }))
    .await
    .unwrap();
    factors.sort_by(|one, other| one.id.cmp(&other.id));
    let ids: Vec<_> = factors.iter().map(|factor| factor.id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7", "8"]);
    let (totp, passkey) = (MfaFactorKind::Totp, MfaFactorKind::Passkey);
    let other = |name: &str| MfaFactorKind::Other(name.into());
    assert_eq!(
        kinds(&factors),
        [
            totp.clone(),
            totp,
            MfaFactorKind::Email,
            other("face"),
            other(""),
            other(""),
            passkey.clone(),
            passkey
        ]
    );
    let moment = UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let dates: Vec<_> = factors.iter().map(|factor| factor.created_at).collect();
    assert_eq!(dates[..5], [Some(moment), Some(moment + Duration::from_millis(678)), None, None, None]);
    assert_eq!(factors[6].alias.as_deref(), Some("phone"));
    assert!(factors[0].is_default && !factors[2].is_verified);
}

#[tokio::test]
async fn fault_39_an_answer_without_lists_does_not_mean_that_there_is_no_factor() {
    for body in [
        "",
        "[]",
        "null",
        "<html>",
        "{}",
        r#"{"devices":["#,
        r#"{"devices":null,"passkeys":null}"#,
        r#"{"devices":[]}"#,
        r#"{"passkeys":[],"devices":"none"}"#,
    ] {
        let refused = methods_of(json!(body)).await;
        let Err(StepUpError::UnexpectedAnswer { operation, .. }) = refused else {
            panic!("{body}: {refused:?}")
        };
        assert_eq!(operation, "mfa_methods");
    }
    assert_eq!(methods_of(json!({ "devices": [], "passkeys": [] })).await, Ok(vec![]));
}

#[tokio::test]
async fn an_enrollment_can_be_scanned_opened_and_typed() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    let (secret, uri) = (enrollment.secret.expose(), enrollment.uri.expose());
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(secret), "{uri}");
    assert!(enrollment.qr_code.svg.contains("<svg"));
    for printed in [enrollment.to_string(), format!("{enrollment:?}")] {
        assert!(!printed.contains(secret) && printed.contains(enrollment.device_id.as_str()), "{printed}");
    }
}

#[tokio::test]
async fn an_enrollment_that_no_app_can_read_is_an_unexpected_answer() {
    let world = World::new().await;
    world.sign_in().await;
    let (id, secret) = ("1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    for body in [
        json!({ "id": id, "type": "totp", "secret": secret, "uri": "https://example.com" }),
        json!({ "id": id, "type": "totp", "secret": secret, "uri": "otpauth://hotp/x?secret=A" }),
        json!({ "id": id, "type": "totp", "secret": secret, "uri": "" }),
        json!({ "id": id, "type": "totp", "secret": secret }),
        json!({ "id": id, "type": "totp", "uri": format!("otpauth://totp/x?secret={secret}") }),
        json!({ "type": "totp", "secret": secret, "uri": format!("otpauth://totp/x?secret={secret}") }),
        json!(null),
    ] {
        let path = "users/mfa/register/totp";
        world.fault(json!({ "method": "GET", "path": path, "count": 1, "body": body.to_string() }));
        let refused = world.client.mfa().enroll_totp(None).await;
        assert!(matches!(refused, Err(StepUpError::UnexpectedAnswer { .. })), "{body}: {refused:?}");
    }
}

#[tokio::test]
async fn a_wrong_first_code_leaves_the_enrollment_open() {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    let secret = enrollment.secret.expose().to_owned();
    let totp = Totp { secret, device_id: enrollment.device_id };
    let right = world.totp_code(&totp);
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    for (code, expected) in [("12345", CodeRefusal::Malformed), (&wrong, CodeRefusal::Wrong)] {
        let refused = world.client.mfa().confirm_totp(code.into(), None).await;
        let Err(StepUpError::InvalidCode { reason, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(reason, expected);
    }
    world.client.mfa().confirm_totp(right, None).await.unwrap();
}

#[tokio::test]
async fn a_second_authenticator_app_is_refused_and_the_session_goes_on() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[LINK]).await;
    let refused = world.client.mfa().enroll_totp(None).await;
    assert_eq!(refused.clone().unwrap_err().kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(unavailable(refused), UnavailableReason::AlreadyEnrolled);
    assert!(world.client.auth().session(None).await.unwrap().is_some());
    assert!(holds(&world, LINK), "the refusal was not about the token");
}

#[tokio::test]
async fn fault_38_recovery_codes_are_a_duty_until_they_are_acknowledged() {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let mfa = world.client.mfa();
    let codes = mfa.recovery_codes(None).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(mfa.recovery_codes(None).await.unwrap(), codes, "readable again");
    let session = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(session.duties, [OnboardingDuty::AcknowledgeRecoveryCodes]);
    assert_eq!(mfa.acknowledge_recovery_codes(None).await.unwrap().duties, []);

    let refused = mfa.recovery_codes(None).await;
    assert_eq!(unavailable(refused), UnavailableReason::AlreadyAcknowledged);
    let new = mfa.regenerate_recovery_codes(None).await.unwrap();
    assert!(new.len() == 10 && new.iter().all(|code| !codes.contains(code)));
    let session = world.client.auth().refresh(None).await.unwrap();
    assert_eq!(session.duties, [OnboardingDuty::AcknowledgeRecoveryCodes]);
    mfa.acknowledge_recovery_codes(None).await.unwrap();
}

#[tokio::test]
async fn i12_printing_recovery_codes_shows_none() {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let codes = world.client.mfa().recovery_codes(None).await.unwrap();
    let printed = format!("{codes:?}");
    assert!(codes.iter().all(|code| !printed.contains(code.expose())), "{printed}");
}

#[tokio::test]
async fn i18_recovery_codes_that_are_none_are_an_unexpected_answer() {
    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    for body in [json!({}), json!({ "count": 0, "recoveryCodes": null }), json!({ "recoveryCodes": [7] })] {
        world.fault(json!({ "method": "GET", "path": "users/mfa/recovery", "count": 1, "body": body }));
        let refused = world.client.mfa().recovery_codes(None).await;
        assert!(matches!(refused, Err(StepUpError::UnexpectedAnswer { .. })), "{body}: {refused:?}");
    }
    assert_eq!(world.client.mfa().recovery_codes(None).await.unwrap().len(), 10);
}

#[tokio::test]
async fn the_last_factor_gone_codes_by_email_do_again() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    verify_by_totp(&world, &totp, &[stepup_core::TokenScope::CREDENTIAL_UNLINK]).await;
    world.client.mfa().delete(totp.device_id, None).await.unwrap();
    assert_eq!(world.factors().await, Ok(vec![]));
    world.verify_by_email(&[EXPORT]).await.unwrap();
}

#[tokio::test]
async fn an_id_that_would_lead_to_another_endpoint_is_refused() {
    let world = World::new().await;
    world.sign_in().await;
    let requests = world.sandbox.log().exchanges().len();
    for id in ["..", ".", ""] {
        let refused = world.client.mfa().delete(id.into(), None).await.unwrap_err();
        assert!(matches!(refused, StepUpError::InvalidArgument { .. }), "{id:?}: {refused:?}");
    }
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
    // What merely looks like a path stays one segment.
    let unknown = world.client.mfa().delete("a/../../users".into(), None).await;
    assert_eq!(unavailable(unknown), UnavailableReason::NotEnrolled);
}
