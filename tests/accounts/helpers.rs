//! What several modules need: worlds with providers, users with accounts, visits that are under way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, CredentialFormat, Limits, LinkOutcome, Session, SignInOutcome, SocialProvider,
    StepUpClient, StepUpError, TokenScope, User, VerifiedCredential,
};
use stepup_sandbox::policy::Policy;
use stepup_test_support::{BrowserMode, SocialAccount, World};
use tokio::task::JoinHandle;
use url::Url;

/// Single-use where the policy does not say otherwise.
pub(crate) const EXPORT: TokenScope = TokenScope::WALLET_EXPORT;
/// Reusable, as the two below.
pub(crate) const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
pub(crate) const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;
pub(crate) const DELETE: TokenScope = TokenScope::USER_DELETE;

pub(crate) const OTHER: &str = "grace@example.com";
pub(crate) const OLDER: &str = "2026_01_01";

/// How late an answer is that comes late on purpose, in milliseconds: what is to happen before it takes a
/// hundredth of that.
pub(crate) const LATE: u64 = 1_000;

/// Google and GitHub are on.
pub(crate) async fn world() -> World {
    world_with(json!({})).await
}

/// Google and GitHub are on, and the policy is changed.
pub(crate) async fn world_with(mut patch: Value) -> World {
    patch["providers"] = json!([{ "provider": "google" }, { "provider": "github" }]);
    World::with_policy(patch).await
}

/// The same with a client that waits for late answers and slow callbacks.
pub(crate) async fn patient_world() -> World {
    let mut world = world().await;
    make_patient(&mut world);
    world
}

/// Starts the app again, now with long limits.
pub(crate) fn make_patient(world: &mut World) {
    world.restart_with(patient(world));
}

pub(crate) fn patient(world: &World) -> ClientConfig {
    let limits = Some(Limits { request_timeout: Some(Duration::from_secs(10)), ..Limits::default() });
    ClientConfig { limits, deadlines: None, ..world.config() }
}

pub(crate) fn patch_policy(world: &World, patch: &Value) {
    let policy: Policy = world.sandbox.policy().merged(patch).unwrap();
    world.sandbox.set_policy(policy);
}

/// A client that knows nothing yet, beside the world's.
pub(crate) fn fresh_client(world: &World) -> Arc<StepUpClient> {
    let storage_namespace = Some("fresh".into());
    let config = ClientConfig { storage_namespace, ..world.config() };
    StepUpClient::with_clock(config, world.platform(), world.clock.shared()).unwrap()
}

/// The account that the tests' user has with a provider.
pub(crate) fn own_account() -> SocialAccount {
    SocialAccount::new("ada's account")
}

pub(crate) fn other_account() -> SocialAccount {
    SocialAccount::new("grace's account")
}

/// The user of this account signs in with Google.
pub(crate) async fn sign_in_with_google(world: &World, account: SocialAccount) -> Session {
    world.browser.set(BrowserMode::Approves(account));
    done(world.client.auth().sign_in_with_social(SocialProvider::Google, None, None).await)
}

pub(crate) fn done(signed_in: Result<SignInOutcome, StepUpError>) -> Session {
    let SignInOutcome::Done { session, .. } = signed_in.unwrap();
    session
}

pub(crate) fn linked(outcome: Result<LinkOutcome, StepUpError>) -> Session {
    match outcome.unwrap() {
        LinkOutcome::Done { session } => session,
        other => panic!("not linked: {other:?}"),
    }
}

/// Signs in by code, and verifies for these scopes.
pub(crate) async fn sign_in_verified(world: &World, scopes: &[TokenScope]) -> Session {
    let session = world.sign_in().await;
    world.verify_by_email(scopes).await.unwrap();
    session
}

pub(crate) fn social(user: &User) -> Vec<&VerifiedCredential> {
    of_format(user, &CredentialFormat::OAuth)
}

pub(crate) fn of_format<'a>(user: &'a User, format: &CredentialFormat) -> Vec<&'a VerifiedCredential> {
    user.verified_credentials.iter().filter(|credential| credential.format == *format).collect()
}

pub(crate) async fn user(world: &World) -> User {
    world.client.auth().session(None).await.unwrap().expect("somebody is signed in").user
}

pub(crate) async fn user_id(world: &World) -> Option<String> {
    world.client.auth().session(None).await.unwrap().map(|session| session.user.id)
}

pub(crate) fn holds(world: &World, scope: TokenScope) -> bool {
    world.client.step_up().has_elevated_access_token(scope)
}

/// A URL's query; a name that comes twice fails the test.
pub(crate) fn query(url: &str) -> BTreeMap<String, String> {
    let url = Url::parse(url).unwrap();
    let mut parameters = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        assert_eq!(parameters.insert(name.to_string(), value.to_string()), None, "`{name}` comes twice");
    }
    parameters
}

/// Whether the storage holds a visit to a provider's page.
pub(crate) fn holds_visit(world: &World) -> bool {
    world.storage.records().keys().any(|key| key.ends_with(".browser"))
}

pub(crate) fn requests_at_all(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

/// Requests that redeem a code.
pub(crate) fn redemptions(world: &World) -> usize {
    world.count("/signIn") + world.count("providers/google/verify") + world.count("providers/github/verify")
}

/// What a visit to Google's page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    SignIn,
    Link,
    Verify,
}

impl Visit {
    pub(crate) const ALL: [Self; 3] = [Self::SignIn, Self::Link, Self::Verify];

    /// A user who can begin it.
    pub(crate) async fn prepare(self, world: &World) {
        match self {
            Self::SignIn => {}
            Self::Link => drop(sign_in_verified(world, &[LINK]).await),
            Self::Verify => drop(sign_in_with_google(world, own_account()).await),
        }
    }

    pub(crate) async fn make(self, client: &StepUpClient) -> Result<(), StepUpError> {
        let google = SocialProvider::Google;
        match self {
            Self::SignIn => client.auth().sign_in_with_social(google, None, None).await.map(drop),
            Self::Link => client.auth().link_social(google, None).await.map(drop),
            Self::Verify => client.step_up().verify_social(google, vec![EXPORT], None).await.map(drop),
        }
    }

    /// Begins it in a browser that keeps its redirect: the call, and the redirect.
    pub(crate) async fn begin(self, world: &World) -> (JoinHandle<Result<(), StepUpError>>, String) {
        world.browser.set(BrowserMode::ApprovesAndHangs(own_account()));
        let (client, decided) = (world.client.clone(), world.browser.decided());
        let call = tokio::spawn(async move { self.make(&client).await });
        let redirect = world.browser.redirect(decided + 1).await;
        (call, redirect)
    }

    /// Whether it has had its effect.
    pub(crate) async fn has_succeeded(self, world: &World) -> bool {
        match self {
            Self::SignIn => user_id(world).await.is_some(),
            Self::Link => social(&user(world).await).len() == 1,
            Self::Verify => holds(world, EXPORT),
        }
    }
}
