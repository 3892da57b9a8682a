//! Which factor is offered first.

use serde_json::json;
use stepup_core::{CheckReason, MfaFactorId, MfaFactorKind, StepUpError, UnavailableReason};

use crate::helpers::{EXPORT, LINK, arrived, linking_world, method, unavailable};

#[tokio::test]
async fn the_default_factor_is_the_one_that_a_check_offers_first() {
    let world = linking_world().await;
    let mfa = world.client.mfa();
    let enrollment = mfa.enroll_totp(None).await.unwrap();
    let secret = enrollment.secret.expose().to_owned();
    let totp = stepup_test_support::Totp { secret, device_id: enrollment.device_id };
    mfa.confirm_totp(world.totp_code(&totp), None).await.unwrap();
    world.sandbox.clock().advance(60);
    world.client.step_up().verify_totp(world.totp_code(&totp), vec![LINK], None, None).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    let passkey: MfaFactorId = world.client.passkeys().list(None).await.unwrap().remove(0).id.into();

    let default = async || {
        let check = world.client.step_up().check(EXPORT, None).await.unwrap();
        assert_eq!(check.reason, CheckReason::RequiredByServer);
        check.default_credential_id.unwrap()
    };
    mfa.set_default(totp.device_id.clone(), None).await.unwrap();
    assert_eq!(default().await, totp.device_id.into());
    assert!(method(&mfa.methods(None).await.unwrap(), &MfaFactorKind::Totp).is_default);
    mfa.set_default(passkey.clone(), None).await.unwrap();
    assert_eq!(default().await, passkey.clone().into());
    let methods = mfa.methods(None).await.unwrap();
    assert!(!method(&methods, &MfaFactorKind::Totp).is_default);
    // The API marks devices only, so nothing is claimed of passkeys.
    assert!(!method(&methods, &MfaFactorKind::Passkey).is_default);

    let sent = arrived(&world, "PUT", &format!("users/mfa/{passkey}"));
    assert_eq!(sent[0]["body"], json!({ "default": true }));
}

#[tokio::test]
async fn a_factor_that_there_is_not_cannot_be_the_default() {
    let world = linking_world().await;
    let unknown = world.client.mfa().set_default("no-such".into(), None).await;
    assert_eq!(unavailable(unknown), UnavailableReason::NotEnrolled);
    let requests = world.sandbox.log().exchanges().len();
    for id in ["", ".", ".."] {
        let refused = world.client.mfa().set_default(id.into(), None).await.unwrap_err();
        assert!(matches!(refused, StepUpError::InvalidArgument { .. }), "{id:?}: {refused:?}");
    }
    assert_eq!(world.sandbox.log().exchanges().len(), requests);
}
