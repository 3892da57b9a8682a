//! What several modules need: scopes, policies, answers made by hand, another phone.

use std::time::SystemTime;

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, CredentialFormat, CredentialId, SessionTokenKind, StepUpError, TokenScope,
    UnavailableReason,
};
use stepup_sandbox::policy::Policy;
use stepup_test_support::{TestKeys, TestStorage, Totp, World, elevated_token};

/// Single-use where the policy does not say otherwise.
pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
/// Single-use where the policy does not say otherwise, and not required.
pub(crate) const SIGN: TokenScope = TokenScope::WALLET_SIGN;
/// Reusable.
pub(crate) const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
/// Reusable.
pub(crate) const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;

/// Changes the sandbox's policy.
pub(crate) fn patch_policy(world: &World, patch: &Value) {
    let policy: Policy = world.sandbox.policy().merged(patch).unwrap();
    world.sandbox.set_policy(policy);
}

/// Unix seconds on the sandbox's clock.
pub(crate) fn unix_now(world: &World) -> u64 {
    seconds(world.sandbox.clock().now())
}

pub(crate) fn seconds(moment: SystemTime) -> u64 {
    moment.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Time passes, for the server and on the device. Once in a test.
pub(crate) fn time_passes(world: &World, seconds: i64) {
    world.sandbox.clock().advance(seconds);
    world.clock.set_ahead(seconds);
}

/// What the server would answer to a call that re-issues the session, but with the session that is held, so
/// that the next calls work. Tests change it before they have it sent.
pub(crate) async fn session_answer(world: &World) -> Value {
    let auth = world.client.auth();
    let session = auth.session(None).await.unwrap().unwrap();
    let token = auth.session_token(SessionTokenKind::Minified, None).await.unwrap().unwrap();
    let credentials = session.user.verified_credentials.iter().map(|credential| {
        json!({
            "id": credential.id,
            "format": String::from(credential.format.clone()),
            "signInEnabled": credential.sign_in_enabled,
            "email": credential.email,
            "phoneCountryCode": credential.phone_country_code,
            "phoneNumber": credential.phone_number,
        })
    });
    json!({
        "user": {
            "id": session.user.id,
            "scope": "user:basic",
            "verifiedCredentials": credentials.collect::<Vec<_>>(),
        },
        "expiresAt": unix_now(world) + 3_600,
        "minifiedJwt": token.expose(),
        "nextView": "done",
    })
}

/// A single-use token for these scopes, as the server would grant it to the user that is signed in.
pub(crate) async fn granted(world: &World, scopes: &str, claims: Value) -> String {
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    let mut all = json!({ "sub": user.id, "scope": scopes, "exp": unix_now(world) + 300, "singleUse": true });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    elevated_token(&all)
}

/// The user has other credentials from now on: the next session that the server issues says so.
pub(crate) async fn give_credentials(world: &World, credentials: Value) {
    let mut answer = session_answer(world).await;
    answer["user"]["verifiedCredentials"] = credentials;
    world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "body": answer }));
    world.client.auth().refresh(None).await.unwrap();
}

/// Links a phone to the user who is signed in. Returns the credential's id.
pub(crate) async fn link_phone(world: &World, number: &str) -> CredentialId {
    // The core cannot link yet; the sandbox links what a signed-in user proves, if no token is demanded.
    let enforced = world.sandbox.policy().to_json()["apiVersion"].clone();
    patch_policy(world, &json!({ "apiVersion": "2026_01_01" }));
    give_credentials(
        world,
        json!([{
            "id": "to-be-linked", "format": "phoneNumber", "signInEnabled": true,
            "phoneCountryCode": "1", "phoneNumber": number, "isoCountryCode": "US",
        }]),
    )
    .await;
    let step_up = world.client.step_up();
    step_up.send_otp(Some("to-be-linked".into()), None).await.unwrap();
    let code = world.code(&format!("+1{number}"));
    let linked = step_up.verify_otp(code, vec![SIGN], None, None).await;
    assert!(matches!(linked, Err(StepUpError::NotElevated { .. })), "linking proves nothing: {linked:?}");
    patch_policy(world, &json!({ "apiVersion": enforced }));
    credential(world, &CredentialFormat::PhoneNumber).await
}

/// The id of the user's first credential of a format.
pub(crate) async fn credential(world: &World, format: &CredentialFormat) -> CredentialId {
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    let mut credentials = user.verified_credentials.into_iter();
    credentials.find(|credential| credential.format == *format).expect("the user has one").id
}

/// The same app on another phone: other keys, another storage, nobody signed in. The old phone is off.
pub(crate) fn switch_phone(world: &mut World) {
    world.client.shutdown();
    world.keys = TestKeys::default();
    world.storage = TestStorage::default();
    world.client = world.open().unwrap();
}

/// The app is started again with the limits that an app has: for tests that do much at once or much after
/// another, and are not about limits.
pub(crate) fn restart_patiently(world: &mut World) {
    world.restart_with(ClientConfig { limits: None, deadlines: None, ..world.config() });
}

/// Elevates with the authenticator app.
pub(crate) async fn verify_by_totp(world: &World, totp: &Totp, scopes: &[TokenScope]) {
    let code = world.totp_code(totp);
    world.client.step_up().verify_totp(code, scopes.to_vec(), None, None).await.unwrap();
}

/// Whether a token is held for a scope.
pub(crate) fn holds(world: &World, scope: TokenScope) -> bool {
    world.client.step_up().has_elevated_access_token(scope)
}

/// Why a method cannot be used.
pub(crate) fn unavailable<T: std::fmt::Debug>(result: Result<T, StepUpError>) -> UnavailableReason {
    match result {
        Err(StepUpError::MethodUnavailable { reason, .. }) => reason,
        other => panic!("not MethodUnavailable but {other:?}"),
    }
}
