//! Users, each with other ways to do a step-up, and an app with all callbacks and all the time in the world.

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, PhoneNumber, SignInOptions, SignInOutcome, SocialProvider, StepUpError, TokenScope,
    UpdateOutcome, WalletChain,
};
use stepup_sandbox::policy::Policy;
use stepup_test_support::{BrowserMode, EMAIL, SocialAccount, Totp, World};

use crate::helpers::LINK;

pub(crate) const NUMBER: &str = "+12025550167";
/// The sandbox's wallet that the user has.
pub(crate) const WALLET: &str = "wallet";
/// The user, as the app's own backend names them.
pub(crate) const SUBJECT: &str = "user-7";

pub(crate) fn config(world: &World) -> ClientConfig {
    ClientConfig {
        app_origin: Some("http://localhost".into()),
        app_name: Some("Test Shop".into()),
        limits: None,
        deadlines: None,
        ..world.config()
    }
}

pub(crate) async fn world() -> World {
    world_with(json!({})).await
}

/// Google is on, and the policy is changed.
pub(crate) async fn world_with(mut patch: Value) -> World {
    patch["providers"] = json!([{ "provider": "google" }]);
    let mut world = World::with_policy(patch).await;
    world.restart_with(config(&world));
    world
}

/// The policy is changed from now on.
pub(crate) fn patch_policy(world: &World, patch: &Value) {
    let policy: Policy = world.sandbox.policy().merged(patch).unwrap();
    world.sandbox.set_policy(policy);
}

pub(crate) fn account() -> SocialAccount {
    SocialAccount::with_email("ada's account", "ada@gmail.example")
}

fn phone() -> PhoneNumber {
    PhoneNumber::new("1", "2025550167")
}

/// A user with an e-mail address.
pub(crate) async fn with_email() -> World {
    let world = world().await;
    world.sign_in().await;
    world
}

/// A user with a phone number.
pub(crate) async fn with_phone() -> World {
    let world = world().await;
    world.client.auth().send_sms_otp(phone(), None).await.unwrap();
    done(world.client.auth().sign_in_with_otp(world.code(NUMBER), None, None).await);
    world
}

/// A user with an authenticator app.
pub(crate) async fn with_totp() -> (World, Totp) {
    let world = world().await;
    let totp = world.sign_in_and_enroll_totp().await;
    (world, totp)
}

/// A user with a passkey on this phone.
pub(crate) async fn with_passkey() -> World {
    let world = world().await;
    enroll_passkey(&world).await;
    world
}

pub(crate) async fn enroll_passkey(world: &World) {
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
}

/// A user with an authenticator app and a passkey on this phone.
pub(crate) async fn with_totp_and_passkey() -> (World, Totp) {
    let (world, totp) = with_totp().await;
    let code = world.totp_code(&totp);
    world.client.step_up().verify_totp(code, vec![LINK], None, None).await.unwrap();
    world.client.passkeys().register(None).await.unwrap();
    (world, totp)
}

/// A user with a wallet.
pub(crate) async fn with_wallet(chain: WalletChain) -> World {
    let world = world().await;
    world.wallet.offer(WALLET, chain);
    done(world.client.auth().sign_in_with_wallet(None, None, None).await);
    world
}

/// A user with a social account.
pub(crate) async fn with_google() -> World {
    let world = world().await;
    world.browser.set(BrowserMode::Approves(account()));
    done(world.client.auth().sign_in_with_social(SocialProvider::Google, None, None).await);
    world
}

/// A user of the app's own backend.
pub(crate) async fn with_external_jwt() -> World {
    let world = world().await;
    let jwt = assertion(&world, json!({ "sub": SUBJECT })).await;
    world.client.auth().sign_in_with_external_jwt(jwt, None).await.unwrap();
    world
}

/// A user with an e-mail address, a phone number, a social account and a wallet.
pub(crate) async fn with_many() -> World {
    let world = world().await;
    world.sign_in().await;
    world.verify_by_email(&[LINK]).await.unwrap();
    let auth = world.client.auth();
    let sent = auth.link_phone(phone(), None).await.unwrap();
    assert!(matches!(sent, UpdateOutcome::CodeSent { .. }), "{sent:?}");
    auth.confirm_link(world.code(NUMBER), None, None).await.unwrap();
    world.browser.set(BrowserMode::Approves(account()));
    auth.link_social(SocialProvider::Google, None).await.unwrap();
    world.wallet.offer(WALLET, WalletChain::Evm);
    auth.link_wallet(None, None).await.unwrap();
    world
}

/// An assertion as the app's backend would sign it.
pub(crate) async fn assertion(world: &World, claims: Value) -> String {
    let (status, signed) = world.control("external-jwt", claims).await;
    assert_eq!(status, 200, "{signed}");
    signed["jwt"].as_str().unwrap().to_owned()
}

/// The user's recovery codes.
pub(crate) async fn recovery_codes(world: &World) -> Vec<String> {
    let codes = world.client.mfa().recovery_codes(None).await.unwrap();
    codes.iter().map(|code| code.expose().to_owned()).collect()
}

/// The id of the user's credential.
pub(crate) async fn credential(
    world: &World,
    format: &stepup_core::CredentialFormat,
) -> stepup_core::CredentialId {
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    let mut credentials = user.verified_credentials.into_iter();
    credentials.find(|credential| credential.format == *format).expect("the user has one").id
}

/// Whether a token is held for a scope.
pub(crate) fn holds(world: &World, scope: TokenScope) -> bool {
    world.client.step_up().has_elevated_access_token(scope)
}

fn done(outcome: Result<SignInOutcome, StepUpError>) {
    let SignInOutcome::Done { .. } = outcome.unwrap();
}
