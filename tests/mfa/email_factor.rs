//! Codes by e-mail where e-mail is a second factor.

use serde_json::json;
use stepup_core::{
    CodeRefusal, CredentialFormat, CredentialId, MfaFactorKind, OnboardingDuty, OtpChannel, SessionTokenKind,
    StepUpError, UnavailableReason,
};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{EXPORT, LINK, arrived, method, unavailable};

/// E-mail is a factor here, and so every user with an address has one.
async fn world(session: bool) -> World {
    let mfa = json!({ "methods": ["totp", "passkey", "email"], "session": session });
    let world = World::with_policy(json!({ "mfa": mfa })).await;
    world.sign_in().await;
    world
}

/// The id of the factor, as a check names it.
async fn factor(world: &World) -> CredentialId {
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    let email = check.credentials.iter().find(|credential| credential.format == CredentialFormat::Email);
    let email = email.unwrap();
    assert_eq!(email.credential_type.as_deref(), Some("email"));
    email.id.clone()
}

#[tokio::test]
async fn a_code_by_email_elevates_a_user_whose_factor_it_is() {
    let world = world(false).await;
    let step_up = world.client.step_up();
    let sent = step_up.send_otp(Some(factor(&world).await), None).await.unwrap();
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Email, "a•••@example.com"));
    // As a mere proof of the address it grants nothing to a user who has a factor.
    let code = world.code(EMAIL);
    let elevation = step_up.verify_mfa_email(code.clone(), vec![EXPORT, LINK], None, None).await.unwrap();
    assert!([EXPORT, LINK].iter().all(|scope| elevation.scopes.contains(scope)));
    assert!(step_up.has_elevated_access_token(EXPORT));
    let body = arrived(&world, "POST", "users/mfa/auth/email")[0]["body"].clone();
    let expected = json!({
        "verificationUUID": sent.id, "verificationToken": code,
        "requestedScopes": [LINK.as_str(), EXPORT.as_str()],
    });
    assert_eq!(body, expected);
    // The code is used up, here and there.
    let again = step_up.verify_mfa_email(code, vec![EXPORT], None, None).await.unwrap_err();
    assert!(matches!(again, StepUpError::InvalidArgument { .. }), "{again:?}");
}

#[tokio::test]
async fn the_list_of_factors_names_it_too() {
    let world = world(false).await;
    let methods = world.client.mfa().methods(None).await.unwrap();
    let email = method(&methods, &MfaFactorKind::Email);
    assert!(email.is_enabled && email.is_enrolled && email.is_default);
    let id = email.factors[0].id.clone().into();
    let sent = world.client.step_up().send_otp(Some(id), None).await.unwrap();
    let code = world.code(EMAIL);
    let verified = world.client.step_up().verify_mfa_email(code, vec![EXPORT], Some(sent.id), None).await;
    assert_eq!(verified.unwrap().scopes, [EXPORT]);
}

#[tokio::test]
async fn as_the_default_factor_it_is_where_a_code_goes() {
    let world = world(false).await;
    factor(&world).await;
    let sent = world.client.step_up().send_otp(None, None).await.unwrap();
    assert_eq!(sent.channel, OtpChannel::Email);
    world.client.step_up().verify_mfa_email(world.code(EMAIL), vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_that_waits_for_a_factor_is_completed_with_it() {
    let world = world(true).await;
    let auth = world.client.auth();
    assert_eq!(auth.session(None).await.unwrap().unwrap().duties, [OnboardingDuty::CompleteMfa]);
    world.client.step_up().send_otp(None, None).await.unwrap();
    let session = auth.complete_mfa_email(world.code(EMAIL), None, None).await.unwrap();
    assert_eq!(session.duties, []);
    let body = arrived(&world, "POST", "users/mfa/auth/email")[0]["body"].clone();
    assert!(body.get("requestedScopes").is_none(), "{body}");
}

#[tokio::test]
async fn a_wrong_code_may_be_typed_again() {
    let world = world(false).await;
    let step_up = world.client.step_up();
    step_up.send_otp(None, None).await.unwrap();
    let right = world.code(EMAIL);
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    for (code, expected) in [("12345", CodeRefusal::Malformed), (&wrong, CodeRefusal::Wrong)] {
        let refused = step_up.verify_mfa_email(code.into(), vec![EXPORT], None, None).await;
        let Err(StepUpError::InvalidCode { reason, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(reason, expected);
    }
    assert_eq!(world.count("users/mfa/auth/email"), 1, "what cannot be a code is not sent");
    step_up.verify_mfa_email(right, vec![EXPORT], None, None).await.unwrap();
}

#[tokio::test]
async fn a_code_sent_by_sms_or_not_at_all_is_no_code_by_email() {
    let world = world(false).await;
    let step_up = world.client.step_up();
    for id in [None, Some("no-such".into())] {
        let refused = step_up.verify_mfa_email("123456".into(), vec![EXPORT], id, None).await.unwrap_err();
        let StepUpError::InvalidArgument { argument, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(argument, "verification_id");
    }
    give_phone(&world).await;
    let sent = step_up.send_otp(Some("phone".into()), None).await.unwrap();
    assert_eq!(sent.channel, OtpChannel::Sms);
    let code = world.code("+12025550167");
    let refused = step_up.verify_mfa_email(code, vec![EXPORT], Some(sent.id), None).await.unwrap_err();
    assert!(matches!(refused, StepUpError::InvalidArgument { .. }), "{refused:?}");
    assert_eq!(world.count("users/mfa/auth/email"), 0);
}

/// The next session that the server issues says that the user has a phone.
async fn give_phone(world: &World) {
    let auth = world.client.auth();
    let user = auth.session(None).await.unwrap().unwrap().user;
    let token = auth.session_token(SessionTokenKind::Minified, None).await.unwrap().unwrap();
    let phone = json!({
        "id": "phone", "format": "phoneNumber", "signInEnabled": true,
        "phoneCountryCode": "1", "phoneNumber": "2025550167", "isoCountryCode": "US",
    });
    let body = json!({
        "user": { "id": user.id, "scope": "user:basic", "verifiedCredentials": [phone] },
        "expiresAt": 4_000_000_000_u64,
        "minifiedJwt": token.expose(),
    });
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": body }));
    auth.refresh(None).await.unwrap();
}

#[tokio::test]
async fn where_email_is_no_factor_it_does_not_serve_as_one() {
    let world = World::new().await;
    world.sign_in().await;
    world.client.step_up().send_otp(None, None).await.unwrap();
    let refused = world.client.step_up().verify_mfa_email(world.code(EMAIL), vec![EXPORT], None, None).await;
    assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
}

#[tokio::test]
async fn the_ids_of_one_user_lead_nowhere_for_the_next() {
    let world = world(false).await;
    let id = factor(&world).await;
    world.client.step_up().send_otp(Some(id.clone()), None).await.unwrap();
    world.sign_in_as("grace@example.com").await;
    let refused = world.client.step_up().send_otp(Some(id), None).await;
    assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
}
