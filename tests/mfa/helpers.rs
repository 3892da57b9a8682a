//! What several chapters need: policies, factors, legacy tokens.

use serde_json::{Value, json};
use stepup_core::{
    LegacyMfaFactor, LegacyTokenKind, MfaFactorKind, MfaMethod, Session, StepUpError, TokenScope,
    UnavailableReason,
};
use stepup_sandbox::policy::Policy;
use stepup_test_support::{Totp, World};

pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
pub(crate) const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
pub(crate) const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;

/// The header of a legacy token.
pub(crate) const LEGACY_HEADER: &str = "x-mfa-auth-token";
/// The header of an elevated token.
pub(crate) const ELEVATED_HEADER: &str = "x-dyn-elevated-access-token";

/// Changes the sandbox's policy.
pub(crate) fn patch_policy(world: &World, patch: &Value) {
    let policy: Policy = world.sandbox.policy().merged(patch).unwrap();
    world.sandbox.set_policy(policy);
}

/// A user is signed in and may add factors for ten minutes.
pub(crate) async fn linking_world() -> World {
    let world = World::new().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    world
}

/// An environment from before step-up that protects changes of the profile; its user has an authenticator
/// app.
pub(crate) async fn legacy_world() -> (World, Totp) {
    let world = World::with_policy(json!({
        "apiVersion": "2026_01_01",
        "actions": [{ "action": "user.update", "required": true }],
    }))
    .await;
    let totp = world.sign_in_and_enroll_totp().await;
    (world, totp)
}

/// Proves the authenticator app and keeps a legacy token.
pub(crate) async fn create_token(
    world: &World,
    totp: &Totp,
    kind: LegacyTokenKind,
) -> Result<Session, StepUpError> {
    let factor = LegacyMfaFactor::Totp { code: world.totp_code(totp), device_id: None };
    world.client.mfa().create_legacy_token(factor, kind, None).await
}

/// The entry of a kind.
#[track_caller]
pub(crate) fn method(methods: &[MfaMethod], kind: &MfaFactorKind) -> MfaMethod {
    let mut of_kind = methods.iter().filter(|method| method.kind == *kind);
    let found = of_kind.next().unwrap_or_else(|| panic!("{kind:?} is not in {methods:?}"));
    assert_eq!(of_kind.next(), None, "one entry per kind");
    found.clone()
}

/// The requests that arrived with this method at this endpoint.
pub(crate) fn arrived(world: &World, method: &str, path: &str) -> Vec<Value> {
    world.requests(path).into_iter().filter(|exchange| exchange["method"] == method).collect()
}

/// Why a method cannot be used.
#[track_caller]
pub(crate) fn unavailable<T: std::fmt::Debug>(result: Result<T, StepUpError>) -> UnavailableReason {
    match result {
        Err(StepUpError::MethodUnavailable { reason, .. }) => reason,
        other => panic!("not MethodUnavailable but {other:?}"),
    }
}
