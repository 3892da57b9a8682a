//! A world whose client speaks through the door, and which is made anew for each operation.

use std::sync::Arc;

use serde_json::Value;
use stepup_core::{
    ClientConfig, PhoneNumber, Session, SessionTokenKind, SignInOptions, SignInOutcome, StepUpClient,
    StepUpError, TokenScope,
};
use stepup_test_support::{EMAIL, TestClock, TestKeys, TestLog, TestPasskeys, TestStorage, World};

use crate::door::Door;

pub(crate) const PHONE: &str = "+12025550167";

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::new("1", "2025550167")
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) door: Door,
    pub(crate) config: ClientConfig,
    pub(crate) log: TestLog,
}

/// What a failed call must leave as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    user_id: Option<String>,
    pub(crate) token: Option<String>,
    /// Scopes of the tokens that serve an export, a linking, an unlinking.
    elevations: Vec<Option<Vec<TokenScope>>>,
    stored: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with_config(|_| {}).await
    }

    /// A client whose configuration is changed in a way.
    pub(crate) async fn with_config(change: impl FnOnce(&mut ClientConfig)) -> Self {
        let world = World::new().await;
        let door = Door::before(world.sandbox.url());
        let mut config = ClientConfig { base_url: Some(door.base_url()), ..world.config() };
        change(&mut config);
        let mut bench = Self { world, door, config, log: TestLog::default() };
        bench.restart();
        bench
    }

    /// Another process on the same storage and keys.
    pub(crate) fn restart(&mut self) {
        self.world.client.shutdown();
        let platform = self.world.platform().with_log_sink(Arc::new(self.log.clone()));
        let clock = self.world.clock.shared();
        self.world.client = StepUpClient::with_clock(self.config.clone(), platform, clock).unwrap();
    }

    /// Nothing is left of what was before, neither here nor on the server.
    pub(crate) fn renew(&mut self) {
        self.world.sandbox.reset();
        self.world.storage = TestStorage::default();
        self.world.keys = TestKeys::default();
        self.world.clock = TestClock::default();
        self.log = TestLog::default();
        self.world.passkeys = TestPasskeys::new(self.world.sandbox.url(), "phone");
        self.restart();
        self.door.forget();
    }

    pub(crate) fn client(&self) -> &Arc<StepUpClient> {
        &self.world.client
    }

    pub(crate) fn fault(&self, rule: Value) {
        self.world.fault(rule);
    }

    /// Signs in by SMS, with a single-use token for an export.
    pub(crate) async fn sign_in_by_sms(&self) -> Session {
        self.client().auth().send_sms_otp(phone(), None).await.unwrap();
        let options = asking_for(TokenScope::WALLET_EXPORT);
        let signed_in =
            self.client().auth().sign_in_with_otp(self.world.code(PHONE), Some(options), None).await;
        let SignInOutcome::Done { session, .. } = signed_in.unwrap();
        session
    }

    /// Signs in by e-mail, with a single-use token for an export.
    pub(crate) async fn sign_in(&self) -> Session {
        self.world.sign_in_with(EMAIL, asking_for(TokenScope::WALLET_EXPORT)).await
    }

    /// Signs in by e-mail, with a reusable token for adding factors.
    pub(crate) async fn sign_in_for_linking(&self) -> Session {
        let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
        self.world.sign_in_with(EMAIL, options).await
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        let (auth, step_up) = (self.client().auth(), self.client().step_up());
        let session = auth.session(None).await.unwrap();
        let token = match auth.session_token(SessionTokenKind::Minified, None).await {
            Ok(token) => token.map(|token| token.expose().to_owned()),
            Err(StepUpError::NotSignedIn { .. }) => None,
            Err(error) => panic!("{error}"),
        };
        let scopes = [TokenScope::WALLET_EXPORT, TokenScope::CREDENTIAL_LINK, TokenScope::CREDENTIAL_UNLINK];
        Snapshot {
            user_id: session.map(|session| session.user.id),
            token,
            elevations: scopes.map(|scope| Some(step_up.elevation(scope)?.scopes)).into(),
            stored: self.world.storage.text(),
        }
    }
}

impl Snapshot {
    pub(crate) fn is_signed_in(&self) -> bool {
        self.user_id.is_some()
    }
}

fn asking_for(scope: TokenScope) -> SignInOptions {
    SignInOptions { requested_scopes: vec![scope], ..SignInOptions::default() }
}
