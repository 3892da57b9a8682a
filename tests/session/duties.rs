//! The statements of `docs/duties.md`: which calls work while a duty is open, and what the others fail with.

use std::fmt::Debug;

use serde_json::{Value, json};
use stepup_core::{
    CheckReason, ClientConfig, ErrorKind, MfaFactorKind, OnboardingDuty, PhoneNumber, SessionTokenKind,
    StepUpError, TokenScope, UnavailableReason, UpdateOutcome, UserUpdate,
};
use stepup_test_support::{Totp, World};

use OnboardingDuty::{AcknowledgeRecoveryCodes, CompleteMfa, CompleteProfile, RegisterDevice};

const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;

/// Changes the environment's settings.
fn patch(world: &World, policy: &Value) {
    world.sandbox.set_policy(world.sandbox.policy().merged(policy).unwrap());
}

/// What is still to be done, as the app knows it.
async fn duties(world: &World) -> Vec<OnboardingDuty> {
    world.client.auth().session(None).await.unwrap().unwrap().duties
}

/// What is still to be done, as the server says now.
async fn duties_by_server(world: &World) -> Vec<OnboardingDuty> {
    world.client.auth().refresh(None).await.unwrap().duties
}

fn named(name: &str) -> UserUpdate {
    UserUpdate { first_name: Some(name.into()), ..UserUpdate::default() }
}

fn phone() -> PhoneNumber {
    PhoneNumber::new("1", "2025550167")
}

/// Signs in on a device that the user has not registered.
async fn on_new_device() -> World {
    let mut world = World::new().await;
    world.restart_with(ClientConfig { app_links: vec!["http://localhost".into()], ..world.config() });
    world.sign_in().await;
    world.client.auth().logout(None).await.unwrap();
    patch(&world, &json!({ "deviceRegistration": true }));
    assert_eq!(world.sign_in().await.duties, [RegisterDevice]);
    world
}

/// Signs in again as a user who has an authenticator app, where each sign-in needs a factor.
async fn without_the_factor() -> (World, Totp) {
    let world = World::with_policy(json!({ "mfa": { "session": true } })).await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sign_in().await.duties, [CompleteMfa]);
    (world, totp)
}

async fn registration_link(world: &World, user_id: &str) -> String {
    let (_, answer) = world.control("device-registrations", json!({ "userId": user_id })).await;
    answer["link"].as_str().unwrap().to_owned()
}

/// The refusal came from the server, which did not ask for a step-up.
fn assert_forbidden<T: Debug>(answer: Result<T, StepUpError>) {
    let error = answer.unwrap_err();
    assert!(matches!(error, StepUpError::Server { .. }), "{error:?}");
    assert_eq!(error.server_answer().unwrap().status, 403);
}

/// The refusal names the duty.
fn assert_unregistered<T: Debug>(answer: Result<T, StepUpError>) {
    let error = answer.unwrap_err();
    assert_eq!(error, StepUpError::DeviceRegistrationRequired);
    assert_eq!(error.kind(), ErrorKind::RegisterDevice);
}

#[tokio::test]
async fn all_four_are_told_in_their_order_and_resolved_one_by_one() {
    let mut world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    world.client.mfa().recovery_codes(None).await.unwrap();
    world.client.auth().logout(None).await.unwrap();
    patch(
        &world,
        &json!({
            "deviceRegistration": true,
            "mfa": { "session": true },
            "profileFields": [{ "name": "firstName", "required": true }],
        }),
    );
    world.restart_with(ClientConfig { app_links: vec!["http://localhost".into()], ..world.config() });
    let session = world.sign_in().await;
    let all = [RegisterDevice, CompleteMfa, AcknowledgeRecoveryCodes, CompleteProfile];
    assert_eq!(session.duties, all);

    let auth = world.client.auth();
    assert_unregistered(auth.complete_mfa_totp(world.totp_code(&totp), None, None).await);
    assert_unregistered(auth.update_user(named("Ada"), None).await);
    let link = registration_link(&world, &session.user.id).await;
    let session = world.client.device_registration().complete(link, None).await.unwrap();
    assert_eq!(session.duties, all[1..]);
    let session = auth.complete_mfa_totp(world.totp_code(&totp), None, None).await.unwrap();
    assert_eq!(session.duties, all[2..]);
    world.client.mfa().acknowledge_recovery_codes(None).await.unwrap();
    assert_eq!(duties(&world).await, all[3..]);
    let updated = auth.update_user(named("Ada"), None).await.unwrap();
    let UpdateOutcome::Done { session } = updated else { panic!("{updated:?}") };
    assert_eq!(session.duties, []);
    assert_eq!(duties_by_server(&world).await, []);
}

#[tokio::test]
async fn register_device_leaves_the_session_its_refresh_the_check_and_the_sign_out() {
    let world = on_new_device().await;
    assert_eq!(duties(&world).await, [RegisterDevice]);
    assert_eq!(duties_by_server(&world).await, [RegisterDevice]);
    let auth = world.client.auth();
    assert!(auth.session_token(SessionTokenKind::Minified, None).await.unwrap().is_some());
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::DeviceRegistrationPending));
    let devices = world.client.device_registration();
    assert!(devices.is_required());
    assert_eq!(devices.list(None).await.unwrap(), []);
    auth.logout(None).await.unwrap();
    assert!(!devices.is_required());
}

#[tokio::test]
async fn register_device_refuses_here_what_verifies_or_takes_an_elevated_token() {
    let world = on_new_device().await;
    let (auth, step_up, mfa) = (world.client.auth(), world.client.step_up(), world.client.mfa());
    let before = world.sandbox.log().exchanges().len();
    assert_unregistered(step_up.send_otp(None, None).await);
    assert_unregistered(step_up.verify_totp("123456".into(), vec![EXPORT], None, None).await);
    assert_unregistered(step_up.verify_passkey(vec![EXPORT], None).await);
    assert_unregistered(step_up.verify_recovery_code("abcd1234".into(), vec![EXPORT], None).await);
    assert_unregistered(step_up.authorization_headers(TokenScope::WALLET_SIGN, None).await);
    assert_unregistered(step_up.take_elevated_access_token(EXPORT, None).await);
    assert_unregistered(mfa.enroll_totp(None).await);
    assert_unregistered(world.client.passkeys().register(None).await);
    assert_unregistered(auth.link_email("grace@example.com".into(), None).await);
    assert_unregistered(auth.update_user(named("Ada"), None).await);
    assert_unregistered(auth.unlink_credential("an-id".into(), None).await);
    assert_unregistered(auth.delete_user(None).await);
    assert_eq!(world.sandbox.log().exchanges().len(), before, "nothing was sent");
    // What is neither is the server's to refuse.
    assert_forbidden(mfa.methods(None).await);
    assert_forbidden(mfa.recovery_codes(None).await);
    assert_forbidden(world.client.passkeys().list(None).await);
}

#[tokio::test]
async fn complete_mfa_leaves_the_session_the_check_the_factors_and_what_proves_one() {
    let (world, totp) = without_the_factor().await;
    assert_eq!(duties_by_server(&world).await, [CompleteMfa]);
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    assert_eq!((check.is_required, check.reason), (true, CheckReason::RequiredByServer));
    let methods = world.client.mfa().methods(None).await.unwrap();
    assert!(methods.iter().any(|method| method.kind == MfaFactorKind::Totp && method.is_enrolled));
    // A step-up with the factor proves it, too.
    let code = world.totp_code(&totp);
    world.client.step_up().verify_totp(code, vec![EXPORT], None, None).await.unwrap();
    assert_eq!(duties(&world).await, []);
    assert_eq!(world.protected(EXPORT).await.unwrap(), 200);
}

#[tokio::test]
async fn complete_mfa_refuses_permissions_by_email_code_and_changes_to_the_account() {
    let (world, totp) = without_the_factor().await;
    let auth = world.client.auth();
    let error = world.verify_by_email(&[EXPORT]).await.unwrap_err();
    assert!(matches!(error, StepUpError::NotElevated { .. }), "{error:?}");
    assert_eq!(duties(&world).await, [CompleteMfa]);
    assert_forbidden(auth.update_user(named("Ada"), None).await);
    assert_forbidden(auth.link_email("grace@example.com".into(), None).await);
    assert_forbidden(auth.link_phone(phone(), None).await);
    assert_forbidden(auth.delete_user(None).await);
    let error = world.client.passkeys().register(None).await.unwrap_err();
    assert!(matches!(error, StepUpError::StepUpRequired { .. }), "before the sheet is shown: {error:?}");
    assert_forbidden(world.client.mfa().delete(totp.device_id, None).await);
    // The bearer is handed out for what is not guarded, and an app's backend looks at the duties.
    assert_eq!(world.protected(TokenScope::WALLET_SIGN).await.unwrap(), 403);
}

#[tokio::test]
async fn complete_mfa_without_a_factor_is_resolved_by_the_first_one_which_needs_no_token() {
    let world = World::with_policy(json!({ "mfa": { "enrollment": "signup" } })).await;
    assert_eq!(world.sign_in().await.duties, [CompleteMfa]);
    let methods = world.client.mfa().methods(None).await.unwrap();
    assert!(methods.iter().all(|method| !method.is_enrolled));
    let error = world.client.auth().complete_mfa_passkey(None).await.unwrap_err();
    let reason = UnavailableReason::NotEnrolled;
    assert!(
        matches!(&error, StepUpError::MethodUnavailable { reason: found, .. } if *found == reason),
        "{error:?}"
    );

    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    let totp = Totp { secret: enrollment.secret.expose().to_owned(), device_id: enrollment.device_id };
    world.client.mfa().confirm_totp(world.totp_code(&totp), None).await.unwrap();
    assert_eq!(duties(&world).await, []);

    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sign_in_as("grace@example.com").await.duties, [CompleteMfa]);
    assert_eq!(world.client.passkeys().register(None).await.unwrap().duties, []);
}

#[tokio::test]
async fn acknowledge_recovery_codes_comes_with_the_next_session_and_refuses_nothing() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let mfa = world.client.mfa();
    let codes = mfa.recovery_codes(None).await.unwrap();
    assert_eq!(duties(&world).await, [], "reading them re-issues no session");
    assert_eq!(duties_by_server(&world).await, [AcknowledgeRecoveryCodes]);
    let session = world.client.auth().session(None).await.unwrap().unwrap();
    assert!(session.user.recovery_codes_unacknowledged);

    let code = world.totp_code(&totp);
    world.client.step_up().verify_totp(code, vec![EXPORT], None, None).await.unwrap();
    assert_eq!(world.protected(EXPORT).await.unwrap(), 200);
    world.client.auth().update_user(named("Ada"), None).await.unwrap();
    assert_eq!(mfa.recovery_codes(None).await.unwrap(), codes);
    assert_eq!(duties(&world).await, [AcknowledgeRecoveryCodes]);

    mfa.acknowledge_recovery_codes(None).await.unwrap();
    assert_eq!(duties(&world).await, []);
    mfa.regenerate_recovery_codes(None).await.unwrap();
    assert_eq!(duties_by_server(&world).await, [AcknowledgeRecoveryCodes]);
}

#[tokio::test]
async fn complete_profile_names_the_fields_and_refuses_nothing() {
    let fields = json!([
        { "name": "firstName", "required": true },
        { "name": "city", "required": true },
        { "name": "lastName", "required": false },
    ]);
    let world = World::with_policy(json!({ "profileFields": fields })).await;
    let session = world.sign_in().await;
    assert_eq!(session.duties, [CompleteProfile]);
    assert_eq!(session.user.missing_fields, ["firstName", "city"]);
    world.verify_by_email(&[EXPORT]).await.unwrap();
    assert_eq!(world.protected(EXPORT).await.unwrap(), 200);
    assert_eq!(duties(&world).await, [CompleteProfile]);

    let auth = world.client.auth();
    auth.update_user(named("Ada"), None).await.unwrap();
    let session = auth.session(None).await.unwrap().unwrap();
    assert_eq!((session.duties, session.user.missing_fields), (vec![CompleteProfile], vec!["city".into()]));
    let own = UserUpdate { metadata: Some(json!({ "city": "London" }).to_string()), ..UserUpdate::default() };
    auth.update_user(own, None).await.unwrap();
    assert_eq!(duties(&world).await, []);
}

#[tokio::test]
async fn complete_profile_takes_a_phone_number_by_its_code() {
    let fields = json!([{ "name": "phoneNumber", "required": true }]);
    let world = World::with_policy(json!({ "profileFields": fields })).await;
    assert_eq!(world.sign_in().await.duties, [CompleteProfile]);
    world.verify_by_email(&[TokenScope::CREDENTIAL_LINK]).await.unwrap();
    let auth = world.client.auth();
    let answer = auth.link_phone(phone(), None).await.unwrap();
    assert!(matches!(answer, UpdateOutcome::CodeSent { .. }), "{answer:?}");
    assert_eq!(duties(&world).await, [CompleteProfile]);
    auth.confirm_link(world.code("+12025550167"), None, None).await.unwrap();
    assert_eq!(duties(&world).await, []);
}
