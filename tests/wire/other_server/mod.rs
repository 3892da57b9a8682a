//! The core works against any server that keeps the contract, not against the sandbox alone: one that sends
//! what it must and nothing else.

mod app;
mod server;

use std::sync::Arc;

use app::{APP_LINK, app};
use server::{EMAIL_ID, LINK_TOKEN, OtherServer, USER_ID, WALLET_ID};
use stepup_core::{
    CheckReason, CodeRefusal, DeviceRegistrationStatus, Elevation, LinkOutcome, LinkRefusal, PhoneNumber,
    Session, SessionTokenKind, SignInOutcome, SocialProvider, StepUpClient, StepUpError, TokenScope,
    UnavailableReason, UpdateOutcome, UserUpdate,
};

const SIGN: TokenScope = TokenScope::WALLET_SIGN;
const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;

async fn signed_in() -> (OtherServer, Arc<StepUpClient>) {
    let server = OtherServer::start().await;
    let client = app(&server);
    client.auth().send_email_otp("ada@example.com".into(), None).await.unwrap();
    done(client.auth().sign_in_with_otp("123456".into(), None, None).await);
    (server, client)
}

/// With tokens for adding and removing.
async fn verified() -> (OtherServer, Arc<StepUpClient>) {
    let (server, client) = signed_in().await;
    let scopes = vec![LINK, UNLINK, TokenScope::USER_DELETE];
    client.step_up().verify_totp("123456".into(), scopes, None, None).await.unwrap();
    (server, client)
}

#[track_caller]
fn done(signed_in: Result<SignInOutcome, StepUpError>) -> Session {
    let SignInOutcome::Done { session, .. } = signed_in.unwrap();
    assert_eq!(session.user.id, USER_ID);
    session
}

#[tokio::test]
async fn every_way_to_sign_in_works() {
    let (_server, client) = signed_in().await;
    let auth = client.auth();
    assert_eq!(auth.session(None).await.unwrap().unwrap().duties, []);
    // There is one token only, which then is both.
    for kind in [SessionTokenKind::Minified, SessionTokenKind::Full] {
        assert!(auth.session_token(kind, None).await.unwrap().is_some());
    }
    auth.send_sms_otp(PhoneNumber::new("1", "2025550167"), None).await.unwrap();
    auth.resend_otp(None, None).await.unwrap();
    done(auth.sign_in_with_otp("123456".into(), None, None).await);
    done(auth.sign_in_with_passkey(None, None, None).await);
    done(auth.sign_in_with_social(SocialProvider::Google, None, None).await);
    done(auth.sign_in_with_wallet(None, None, None).await);
    done(auth.sign_in_with_external_jwt(assertion(), None).await);
    assert_eq!(auth.refresh(None).await.unwrap().user.id, USER_ID);
    auth.logout(None).await.unwrap();
    assert_eq!(auth.session(None).await.unwrap(), None);
}

#[tokio::test]
async fn every_way_to_verify_works() {
    let (_server, client) = signed_in().await;
    let step_up = client.step_up();
    let check = step_up.check(SIGN, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::RequiredByServer));
    assert_eq!(check.credentials[0].id.as_str(), EMAIL_ID);
    step_up.send_otp(None, None).await.unwrap();
    granted(&client, step_up.verify_otp("123456".into(), vec![SIGN], None, None).await).await;
    granted(&client, step_up.verify_totp("123456".into(), vec![SIGN], None, None).await).await;
    granted(&client, step_up.verify_recovery_code("abcd1234".into(), vec![SIGN], None).await).await;
    granted(&client, step_up.verify_passkey(vec![SIGN], None).await).await;
    granted(&client, step_up.verify_social(SocialProvider::Google, vec![SIGN], None).await).await;
    granted(&client, step_up.verify_wallet(vec![SIGN], None, None).await).await;
    granted(&client, step_up.verify_external_jwt(assertion(), None).await).await;
    step_up.send_otp(Some(EMAIL_ID.into()), None).await.unwrap();
    granted(&client, step_up.verify_mfa_email("123456".into(), vec![SIGN], None, None).await).await;
}

/// The token is there, and nobody else's business any more afterwards.
async fn granted(client: &StepUpClient, elevation: Result<Elevation, StepUpError>) {
    let elevation = elevation.unwrap();
    assert_eq!((elevation.scopes, elevation.single_use), (vec![SIGN], false));
    assert!(client.step_up().take_elevated_access_token(SIGN, None).await.unwrap().is_some());
}

/// Whose signature nobody looks at.
fn assertion() -> String {
    let claims =
        serde_json::json!({ "sub": USER_ID, "scope": "wallet:sign", "jti": "1", "exp": 4_000_000_000_u64 });
    stepup_test_support::elevated_token(&claims)
}

#[tokio::test]
async fn factors_are_added_listed_and_removed_with_answers_of_nothing() {
    let (server, client) = verified().await;
    let (mfa, passkeys) = (client.mfa(), client.passkeys());
    mfa.enroll_totp(None).await.unwrap();
    passkeys.register(None).await.unwrap();
    assert_eq!(passkeys.list(None).await.unwrap()[0].id.as_str(), "a-passkey");
    mfa.methods(None).await.unwrap();
    mfa.set_default("a-device-zerodev".into(), None).await.unwrap();
    assert_eq!(server.latest().path(), "users/mfa/a-device-zerodev");
    mfa.delete("a-device-zerodev".into(), None).await.unwrap();
    passkeys.delete("a-passkey".into(), None).await.unwrap();
    assert_eq!(mfa.recovery_codes(None).await.unwrap().len(), 1);
    mfa.acknowledge_recovery_codes(None).await.unwrap();
}

#[tokio::test]
async fn credentials_are_linked_and_unlinked_and_the_account_is_deleted() {
    let (server, client) = verified().await;
    let auth = client.auth();
    let linked = |outcome: Result<LinkOutcome, StepUpError>| {
        assert!(matches!(outcome, Ok(LinkOutcome::Done { .. })), "{outcome:?}");
    };
    linked(auth.link_social(SocialProvider::Google, None).await);
    linked(auth.link_wallet(None, None).await);
    let update = UserUpdate { first_name: Some("Ada".into()), ..UserUpdate::default() };
    assert!(matches!(auth.update_user(update, None).await, Ok(UpdateOutcome::Done { .. })));
    // Where no code is asked for, none is waited for.
    assert!(matches!(auth.link_email("b@example.com".into(), None).await, Ok(UpdateOutcome::Done { .. })));
    for (id, field) in [(WALLET_ID, "walletId"), (EMAIL_ID, "verifiedCredentialId")] {
        auth.unlink_credential(id.into(), None).await.unwrap();
        assert_eq!(server.latest().body.unwrap()[field], id);
    }
    auth.delete_user(None).await.unwrap();
    assert_eq!(auth.session(None).await.unwrap(), None);
}

#[tokio::test]
async fn a_device_is_registered_listed_and_revoked() {
    let (server, client) = signed_in().await;
    let (auth, devices) = (client.auth(), client.device_registration());
    server.forget_device();
    auth.refresh(None).await.unwrap();
    assert!(matches!(devices.status(), DeviceRegistrationStatus::AwaitingLink { .. }));
    let token: String = url::form_urlencoded::byte_serialize(LINK_TOKEN.as_bytes()).collect();
    let link = format!("{APP_LINK}?utm=1&deviceRegistrationToken={token}");
    devices.complete(link, None).await.unwrap();
    assert_eq!(server.latest().header("x-dynamic-device-registration-token"), Some(LINK_TOKEN));
    assert_eq!(devices.status(), DeviceRegistrationStatus::NotRequired);
    let listed = devices.list(None).await.unwrap();
    assert!(listed[0].is_current && listed[0].created_at.is_some() && listed[0].user_agent.is_none());
    assert!(!devices.revoke("another-phone".into(), None).await.unwrap());
    assert!(auth.session(None).await.unwrap().is_some());
    devices.revoke_all(None).await.unwrap();
    assert_eq!(auth.session(None).await.unwrap(), None);
}

#[tokio::test]
async fn refusals_are_understood_in_every_shape() {
    let (server, client) = signed_in().await;
    let (step_up, mfa) = (client.step_up(), client.mfa());
    let verify = || step_up.verify_totp("123456".into(), vec![SIGN], None, None);

    server.refuse_next(422, r#"{"error":{"code":"mfa_invalid_code","message":"no"},"payload":null}"#);
    let error = verify().await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidCode { reason: CodeRefusal::Wrong, .. }), "{error:?}");
    server.refuse_next(400, r#"{"error":"no","code":"mfa_device_not_found"}"#);
    let error = verify().await.unwrap_err();
    let reason = UnavailableReason::NotEnrolled;
    assert!(
        matches!(&error, StepUpError::MethodUnavailable { reason: told, .. } if *told == reason),
        "{error:?}"
    );
    server.refuse_next(429, r#"{"message":"slowly","code":429}"#);
    assert!(matches!(verify().await, Err(StepUpError::RateLimited { retry_after: None, .. })));
    server.refuse_next(403, r#"{"error":"Elevated access token required"}"#);
    let error = mfa.enroll_totp(None).await.unwrap_err();
    assert!(matches!(&error, StepUpError::StepUpRequired { scope, .. } if *scope == LINK), "{error:?}");
    for body in [r#"{"error":"no"}"#, r#"{"error":{"message":"no"}}"#, r#"{"code":12}"#, "", "<html>"] {
        server.refuse_next(500, body);
        let error = verify().await.unwrap_err();
        assert!(matches!(&error, StepUpError::Server { answer, .. } if answer.status == 500), "{error:?}");
    }
    // A 401 of something else: the session is alive.
    server.refuse_next(401, r#"{"message":"no","code":401}"#);
    let error = verify().await.unwrap_err();
    assert!(matches!(&error, StepUpError::Server { answer, .. } if answer.status == 401), "{error:?}");

    server.forget_device();
    client.auth().refresh(None).await.unwrap();
    let link = format!("{APP_LINK}?deviceRegistrationToken=used");
    server.refuse_next(400, r#"{"error":{"code":"token_already_used","message":"no"}}"#);
    let error = client.device_registration().complete(link, None).await.unwrap_err();
    let reason = LinkRefusal::Used;
    assert!(
        matches!(&error, StepUpError::InvalidRegistrationLink { reason: told, .. } if *told == reason),
        "{error:?}"
    );
}
