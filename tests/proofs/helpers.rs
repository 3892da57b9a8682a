//! What several modules need: an app with an origin, wallet users, assertions, what is refused and why.

use std::{fmt::Debug, time::SystemTime};

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, CredentialFormat, Session, SessionTokenKind, SignInOptions, SignInOutcome, StepUpError,
    TokenScope, UnavailableReason, VerifiedCredential, WalletAccount, WalletChain,
};
use stepup_sandbox::policy::Policy;
use stepup_test_support::World;

/// Where the app is at home, for the sandbox too.
pub(crate) const ORIGIN: &str = "http://localhost";
pub(crate) const APP: &str = "Test Shop";
/// The address of somebody else.
pub(crate) const OTHER: &str = "grace@example.com";
/// Single-use.
pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
/// Reusable.
pub(crate) const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;

/// The sandbox's wallet that the user has.
pub(crate) const WALLET: &str = "wallet";

pub(crate) fn config(world: &World) -> ClientConfig {
    ClientConfig { app_origin: Some(ORIGIN.into()), app_name: Some(APP.into()), ..world.config() }
}

/// An app with an origin and a name, on a sandbox with this policy.
pub(crate) async fn world_with(policy: Value) -> World {
    let mut world = World::with_policy(policy).await;
    world.restart_with(config(&world));
    world
}

pub(crate) async fn world() -> World {
    world_with(json!({})).await
}

/// A world whose user has an EVM wallet, and nobody is signed in yet.
pub(crate) async fn world_with_wallet() -> (World, WalletAccount) {
    let world = world().await;
    let account = world.wallet.offer(WALLET, WalletChain::Evm);
    (world, account)
}

/// Changes the sandbox's policy.
pub(crate) fn patch_policy(world: &World, patch: &Value) {
    let policy: Policy = world.sandbox.policy().merged(patch).unwrap();
    world.sandbox.set_policy(policy);
}

/// Signs in with the first wallet.
pub(crate) async fn sign_in(world: &World) -> Session {
    done(world.client.auth().sign_in_with_wallet(None, None, None).await)
}

/// Signs in with the first wallet, with a token for these scopes.
pub(crate) async fn sign_in_for(world: &World, scopes: &[TokenScope]) -> Session {
    let options = SignInOptions { requested_scopes: scopes.to_vec(), ..SignInOptions::default() };
    done(world.client.auth().sign_in_with_wallet(None, Some(options), None).await)
}

/// Signs in by e-mail, with a token for linking.
pub(crate) async fn sign_in_to_link(world: &World, email: &str) -> Session {
    let options = SignInOptions { requested_scopes: vec![LINK], ..SignInOptions::default() };
    let session = world.sign_in_with(email, options).await;
    assert!(holds(world, LINK));
    session
}

/// The session of a sign-in that is done.
pub(crate) fn done(outcome: Result<SignInOutcome, StepUpError>) -> Session {
    let SignInOutcome::Done { session, .. } = outcome.unwrap();
    session
}

pub(crate) async fn session(world: &World) -> Option<Session> {
    world.client.auth().session(None).await.unwrap()
}

/// The token that requests carry.
pub(crate) async fn session_token(world: &World) -> String {
    let token = world.client.auth().session_token(SessionTokenKind::Minified, None).await.unwrap();
    token.unwrap().expose().to_owned()
}

/// Whether a token is held for a scope.
pub(crate) fn holds(world: &World, scope: TokenScope) -> bool {
    world.client.step_up().has_elevated_access_token(scope)
}

/// The wallets among a user's credentials.
pub(crate) fn wallets(session: &Session) -> Vec<VerifiedCredential> {
    let all = session.user.verified_credentials.iter();
    all.filter(|credential| credential.format == CredentialFormat::Blockchain).cloned().collect()
}

/// Gives the signed-in user an embedded wallet; the session knows it afterwards. Answers with its credential
/// and the name of the sandbox's wallet that has its key.
pub(crate) async fn embed_wallet(world: &World) -> (VerifiedCredential, String) {
    let user = session(world).await.unwrap().user.id;
    let (status, embedded) = world.control(&format!("users/{user}/embedded-wallet"), json!({})).await;
    assert_eq!(status, 200, "{embedded}");
    let session = world.client.auth().refresh(None).await.unwrap();
    let id = embedded["id"].as_str().unwrap();
    let credential = wallets(&session).into_iter().find(|wallet| wallet.id.as_str() == id).unwrap();
    assert_eq!(credential.wallet_provider.as_deref(), Some("embeddedWallet"));
    (credential, embedded["wallet"].as_str().unwrap().to_owned())
}

/// An assertion as the app's backend would sign it.
pub(crate) async fn assertion(world: &World, claims: Value) -> String {
    let (status, signed) = world.control("external-jwt", claims).await;
    assert_eq!(status, 200, "{signed}");
    signed["jwt"].as_str().unwrap().to_owned()
}

/// Unix seconds on the sandbox's clock.
pub(crate) fn unix_now(world: &World) -> u64 {
    world.sandbox.clock().now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// How many requests have arrived, at whatever endpoint.
pub(crate) fn sent(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

/// Why a method cannot be used.
pub(crate) fn unavailable<T: Debug>(result: Result<T, StepUpError>) -> UnavailableReason {
    match result {
        Err(StepUpError::MethodUnavailable { reason, .. }) => reason,
        other => panic!("not MethodUnavailable but {other:?}"),
    }
}

/// The argument that is refused, and why.
pub(crate) fn refused_argument<T: Debug>(result: Result<T, StepUpError>) -> (String, String) {
    match result {
        Err(StepUpError::InvalidArgument { argument, reason }) => (argument, reason),
        other => panic!("not InvalidArgument but {other:?}"),
    }
}
