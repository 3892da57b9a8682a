//! The main job from beginning to end.

use stepup_core::{CheckReason, MfaFactorKind, OnboardingDuty, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, Totp, World};

#[tokio::test]
async fn check_verify_proceed() {
    let world = World::new().await;
    world.sign_in().await;
    let step_up = world.client.step_up();

    let check = step_up.check(TokenScope::WALLET_EXPORT, None).await.unwrap();
    assert!(check.is_required && check.is_confirmed);
    assert_eq!(check.reason, CheckReason::RequiredByServer);
    assert_eq!(check.credentials.len(), 1);
    assert_eq!(check.default_credential_id.as_ref(), Some(&check.credentials[0].id));

    let sent = step_up.send_otp(Some(check.credentials[0].id.clone()), None).await.unwrap();
    assert_eq!(sent.masked_destination, "a•••@example.com");
    let elevation = step_up
        .verify_otp(world.code(EMAIL), vec![TokenScope::WALLET_EXPORT], Some(sent.id), None)
        .await
        .unwrap();
    assert!(elevation.single_use);
    assert_eq!(elevation.scopes, [TokenScope::WALLET_EXPORT]);
    assert!(step_up.has_elevated_access_token(TokenScope::WALLET_EXPORT));

    assert_eq!(world.protected(TokenScope::WALLET_EXPORT).await, Ok(200));
    let again = world.protected(TokenScope::WALLET_EXPORT).await.unwrap_err();
    assert!(matches!(again, StepUpError::StepUpRequired { token_was_attached: false, .. }), "{again:?}");
}

#[tokio::test]
async fn factors_are_linked_used_and_unlinked() {
    let world = World::new().await;
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    let (mfa, step_up) = (world.client.mfa(), world.client.step_up());

    // Reusable for ten minutes, so both factors are added with it.
    world.client.passkeys().register(None).await.unwrap();
    let enrollment = mfa.enroll_totp(None).await.unwrap();
    let secret = enrollment.secret.expose().to_owned();
    let totp = Totp { secret, device_id: enrollment.device_id };
    mfa.confirm_totp(world.totp_code(&totp), None).await.unwrap();

    let codes = mfa.recovery_codes(None).await.unwrap();
    assert_eq!(codes.len(), 10);
    let session = world.client.auth().refresh(None).await.unwrap();
    assert!(session.duties.contains(&OnboardingDuty::AcknowledgeRecoveryCodes), "{:?}", session.duties);
    let session = mfa.acknowledge_recovery_codes(None).await.unwrap();
    assert_eq!(session.duties, []);

    let factors = world.factors().await.unwrap();
    let kinds: Vec<_> = factors.iter().map(|factor| factor.kind.clone()).collect();
    assert!(kinds.contains(&MfaFactorKind::Totp) && kinds.contains(&MfaFactorKind::Passkey), "{kinds:?}");

    let sign = || vec![TokenScope::WALLET_EXPORT];
    step_up.verify_totp(world.totp_code(&totp), sign(), None, None).await.unwrap();
    step_up.verify_passkey(sign(), None).await.unwrap();
    let code = codes[0].expose().to_owned();
    step_up.verify_recovery_code(code.clone(), sign(), None).await.unwrap();
    let used = step_up.verify_recovery_code(code, sign(), None).await.unwrap_err();
    assert!(matches!(used, StepUpError::InvalidCode { .. }), "{used:?}");

    step_up.verify_passkey(vec![TokenScope::CREDENTIAL_UNLINK], None).await.unwrap();
    mfa.delete(totp.device_id.clone(), None).await.unwrap();
    let passkey = factors.iter().find(|factor| factor.kind == MfaFactorKind::Passkey).unwrap();
    world.client.passkeys().delete(passkey.id.clone().into(), None).await.unwrap();
    assert_eq!(world.factors().await.unwrap(), []);
}

#[tokio::test]
async fn a_session_survives_a_restart_and_not_a_logout() {
    let mut world = World::new().await;
    let user = world.sign_in().await.user;
    world.restart();
    let session = world.client.auth().session(None).await.unwrap().unwrap();
    assert_eq!(session.user, stepup_core::User { new_user: session.user.new_user, ..user });

    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.client.auth().session(None).await.unwrap(), None);
    assert!(world.storage.records().is_empty());
    world.restart();
    assert_eq!(world.client.auth().session(None).await.unwrap(), None);
}
