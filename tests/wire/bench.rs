//! A world whose client speaks through the door, and which is made anew for each operation.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, Deadlines, PhoneNumber, Platform, Session, SessionTokenKind, SignInOptions, SignInOutcome,
    SocialProvider, StepUpClient, StepUpError, TokenScope,
};
use stepup_test_support::{
    EMAIL, TestBrowser, TestCaptcha, TestClock, TestKeys, TestLog, TestPasskeys, TestStorage, TestWallet,
    World,
};

use crate::{door::Door, gate::Gate, hosts::Host};

/// Somebody who has not been sent a code yet.
pub(crate) const OTHER_EMAIL: &str = "grace@example.com";
pub(crate) const PHONE: &str = "+12025550167";
/// The app, as wallets and passkeys name it.
const ORIGIN: &str = "http://localhost";
/// Callbacks answer at once, but not on a busy machine.
const PATIENT: Option<Duration> = Some(Duration::from_secs(20));

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::new("1", "2025550167")
}

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) door: Door,
    pub(crate) config: ClientConfig,
    pub(crate) log: TestLog,
    pub(crate) captcha: Option<TestCaptcha>,
    pub(crate) gate: Option<Gate>,
}

/// Scopes of tokens that are held in these tests.
pub(crate) const SCOPES: [TokenScope; 6] = [
    TokenScope::WALLET_SIGN,
    TokenScope::WALLET_EXPORT,
    TokenScope::CREDENTIAL_LINK,
    TokenScope::CREDENTIAL_UNLINK,
    TokenScope::USER_UPDATE,
    TokenScope::USER_DELETE,
];

/// What a failed call must leave as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) user_id: Option<String>,
    pub(crate) token: Option<String>,
    /// Scopes of the tokens that serve each of `SCOPES`.
    pub(crate) elevations: Vec<Option<Vec<TokenScope>>>,
    pub(crate) has_legacy_token: bool,
    pub(crate) stored: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with_config(|_| {}).await
    }

    /// A client whose configuration is changed in a way.
    pub(crate) async fn with_config(change: impl FnOnce(&mut ClientConfig)) -> Self {
        let world = World::with_policy(json!({ "providers": [{ "provider": "google" }] })).await;
        let door = Door::before(world.sandbox.url());
        let mut config = ClientConfig {
            base_url: Some(door.base_url()),
            app_origin: Some(ORIGIN.into()),
            app_links: vec![ORIGIN.into()],
            deadlines: Some(Deadlines {
                passkey: PATIENT,
                browser: PATIENT,
                wallet: PATIENT,
                captcha: PATIENT,
                ..world.config().deadlines.unwrap()
            }),
            ..world.config()
        };
        change(&mut config);
        let mut bench = Self { world, door, config, log: TestLog::default(), captcha: None, gate: None };
        bench.restart();
        bench
    }

    /// Another process on the same storage and keys.
    pub(crate) fn restart(&mut self) {
        self.world.client.shutdown();
        let platform = self.gate.as_ref().map_or_else(|| self.world.platform(), |gate| self.gated(gate));
        let mut platform = platform.with_log_sink(Arc::new(self.log.clone()));
        if let Some(captcha) = &self.captcha {
            platform = platform.with_captcha(Arc::new(captcha.clone()));
        }
        let clock = self.world.clock.shared();
        self.world.client = StepUpClient::with_clock(self.config.clone(), platform, clock).unwrap();
    }

    /// Callbacks that pass a gate, as requests do from now on.
    fn gated(&self, gate: &Gate) -> Platform {
        let (host, before) = (Host::of(&self.world), gate.clone());
        host.set(move |call| {
            let (gate, call) = (before.clone(), call.to_owned());
            async move {
                gate.pass(&call).await;
                Ok(())
            }
        });
        self.door.pass_through(gate.clone());
        host.platform()
    }

    /// Nothing is left of what was before, neither here nor on the server.
    pub(crate) fn renew(&mut self) {
        self.world.sandbox.reset();
        self.world.storage = TestStorage::default();
        self.world.keys = TestKeys::default();
        self.world.clock = TestClock::default();
        self.log = TestLog::default();
        (self.captcha, self.gate) = (None, None);
        self.world.passkeys = TestPasskeys::new(self.world.sandbox.url(), "phone");
        self.world.browser = TestBrowser::new(self.world.sandbox.url());
        self.world.wallet = TestWallet::new(self.world.sandbox.wallets());
        self.restart();
        self.door.forget();
    }

    pub(crate) fn client(&self) -> &Arc<StepUpClient> {
        &self.world.client
    }

    pub(crate) fn fault(&self, rule: Value) {
        self.world.fault(rule);
    }

    pub(crate) fn patch_policy(&self, patch: &Value) {
        self.world.sandbox.set_policy(self.world.sandbox.policy().merged(patch).unwrap());
    }

    /// An assertion of the app's backend with these claims.
    pub(crate) async fn assertion(&self, claims: Value) -> String {
        let (status, answer) = self.world.control("external-jwt", claims).await;
        assert_eq!(status, 200, "{answer}");
        answer["jwt"].as_str().unwrap().to_owned()
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

    /// Signs in by e-mail, with a reusable token for these scopes.
    pub(crate) async fn sign_in_verified(&self, scopes: &[TokenScope]) {
        self.world.sign_in().await;
        self.world.verify_by_email(scopes).await.unwrap();
    }

    /// Signs in with a social account, with a single-use token for an export.
    pub(crate) async fn sign_in_with_google(&self) {
        let options = Some(asking_for(TokenScope::WALLET_EXPORT));
        self.client().auth().sign_in_with_social(SocialProvider::Google, options, None).await.unwrap();
    }

    /// Signs in with the wallet that is offered, with a single-use token for an export.
    pub(crate) async fn sign_in_with_wallet(&self) {
        let options = Some(asking_for(TokenScope::WALLET_EXPORT));
        self.client().auth().sign_in_with_wallet(None, options, None).await.unwrap();
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        let (auth, step_up) = (self.client().auth(), self.client().step_up());
        let session = auth.session(None).await.unwrap();
        let token = match auth.session_token(SessionTokenKind::Minified, None).await {
            Ok(token) => token.map(|token| token.expose().to_owned()),
            Err(StepUpError::NotSignedIn { .. }) => None,
            Err(error) => panic!("{error}"),
        };
        Snapshot {
            user_id: session.map(|session| session.user.id),
            token,
            elevations: SCOPES.map(|scope| Some(step_up.elevation(scope)?.scopes)).into(),
            has_legacy_token: self.client().mfa().has_legacy_token(),
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
