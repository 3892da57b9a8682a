//! Any sequence of verifies, uses, pauses and restarts against a model of the rules I5 and I6.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use jsonwebtoken::dangerous::insecure_decode_claims;
use proptest::{collection, prelude::*, sample, test_runner::Config};
use serde_json::{Value, json};
use stepup_core::{Elevation, StepUpError, TokenScope, UnavailableReason};
use stepup_test_support::{Totp, World};

use crate::helpers::{EXPORT, LINK, SIGN, UNLINK, holds, restart_patiently, unavailable};

const SCOPES: [TokenScope; 4] = [EXPORT, SIGN, LINK, UNLINK];
/// So near to its end a token's state depends on how fast the test runs; the model keeps away from there.
const MARGIN: Duration = Duration::from_secs(20);
const NO_FACTOR: &str = "00000000-0000-4000-8000-000000000000";

#[derive(Clone, Debug)]
enum Step {
    Verify(Vec<TokenScope>),
    /// Hands a token out to the app.
    Take(TokenScope),
    /// Hands headers out, which the app's backend gets.
    Proceed(TokenScope),
    /// Attaches a token to an operation that the server refuses for another reason.
    DeleteUnknown,
    Wait(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let scope = || sample::select(SCOPES.to_vec());
    prop_oneof![
        4 => sample::subsequence(SCOPES.to_vec(), 1..=3).prop_map(Step::Verify),
        3 => scope().prop_map(Step::Take),
        2 => scope().prop_map(Step::Proceed),
        2 => Just(Step::DeleteUnknown),
        2 => (30..350_u64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

/// What should be held.
#[derive(Default)]
struct Model {
    tokens: Vec<Elevation>,
    /// Single-use tokens that were handed out.
    spent: BTreeSet<String>,
}

impl Model {
    fn granted(&mut self, elevation: Elevation) {
        self.tokens.retain(|held| held.scopes != elevation.scopes);
        self.tokens.push(elevation);
    }

    fn holds(&self, scope: &TokenScope, now: SystemTime) -> bool {
        self.tokens.iter().any(|token| token.expires_at > now && token.scopes.contains(scope))
    }

    /// The tokens that may be chosen for a scope: more than one only if the rule does not tell them apart.
    fn best(&self, scope: &TokenScope, now: SystemTime) -> Vec<Elevation> {
        let serving = self.tokens.iter().filter(|token| token.expires_at > now);
        let serving: Vec<_> = serving.filter(|token| token.scopes.contains(scope)).cloned().collect();
        let rank = |token: &Elevation| {
            let left = token.expires_at.duration_since(now).unwrap().as_secs();
            let by_expiry = if token.single_use { left } else { u64::MAX - left };
            (token.single_use, token.scopes.len() != 1, by_expiry)
        };
        let first = serving.iter().map(rank).min();
        serving.into_iter().filter(|token| Some(rank(token)) == first).collect()
    }

    /// A token with these scopes was used.
    fn used(&mut self, scopes: &[TokenScope]) {
        self.tokens.retain(|held| !held.single_use || held.scopes != scopes);
    }
}

/// A user with an authenticator app, a client, and what should be held.
struct Run {
    world: World,
    totp: Totp,
    model: Model,
    waited: u64,
}

impl Run {
    async fn begin() -> Self {
        let mut world = World::with_policy(json!({
            "jwtLifeSeconds": 1_000_000,
            "mfa": { "totpCodes": "repeatable" },
            "actions": [
                { "action": "wallet.waas.export", "required": true },
                { "action": "wallet.waas.sign", "required": true },
            ],
        }))
        .await;
        restart_patiently(&mut world);
        let totp = world.sign_in_and_enroll_totp().await;
        // The code moved the server's clock on. The device's follows, and the client learns it by an answer.
        world.clock.set_ahead(30);
        world.client.mfa().methods(None).await.unwrap();
        let mut run = Self { world, totp, model: Model::default(), waited: 30 };
        // The permission to enrol came with the sign-in.
        run.model.granted(run.world.client.step_up().elevation(LINK).unwrap());
        run
    }

    fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.waited)
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Verify(scopes) => self.verify(scopes).await,
            Step::Take(scope) => self.take(scope).await,
            Step::Proceed(scope) => self.proceed(scope).await,
            Step::DeleteUnknown => self.delete_unknown().await,
            Step::Wait(seconds) => self.wait(*seconds),
            Step::Restart => {
                restart_patiently(&mut self.world);
                self.world.client.restore(None).await.unwrap();
                self.model.tokens.retain(|token| !token.single_use);
            }
        }
        for scope in SCOPES {
            let expected = self.model.holds(&scope, self.now());
            assert_eq!(holds(&self.world, scope.clone()), expected, "{scope} after {step:?}");
            assert_eq!(self.world.client.step_up().elevation(scope).is_some(), expected);
        }
    }

    async fn verify(&mut self, scopes: &[TokenScope]) {
        let code = self.totp.code(self.world.sandbox.clock().now());
        let step_up = self.world.client.step_up();
        let granted = step_up.verify_totp(code, scopes.to_vec(), None, None).await.unwrap();
        let asked: BTreeSet<_> = scopes.iter().cloned().collect();
        assert_eq!(granted.scopes.iter().cloned().collect::<BTreeSet<_>>(), asked);
        self.model.granted(granted);
    }

    async fn take(&mut self, scope: &TokenScope) {
        let candidates = self.model.best(scope, self.now());
        let taken = self.world.client.step_up().take_elevated_access_token(scope.clone(), None).await;
        let Some(token) = taken.unwrap() else {
            assert!(candidates.is_empty(), "{scope}: none instead of {candidates:?}");
            return;
        };
        let claims: Value = insecure_decode_claims(token.expose()).unwrap();
        let mut scopes: Vec<TokenScope> =
            claims["scope"].as_str().unwrap().split(' ').map(TokenScope::from).collect();
        scopes.sort();
        assert!(candidates.iter().any(|one| one.scopes == scopes), "{scopes:?}, not {candidates:?}");
        if claims["singleUse"] == true {
            assert!(self.model.spent.insert(token.expose().to_owned()), "handed out twice");
        }
        self.model.used(&scopes);
    }

    async fn proceed(&mut self, scope: &TokenScope) {
        let candidates = self.model.best(scope, self.now());
        match self.world.protected(scope.clone()).await {
            Ok(status) => assert_eq!((status, candidates.is_empty()), (200, false), "{scope}"),
            Err(StepUpError::StepUpRequired { .. }) => assert!(candidates.is_empty(), "{candidates:?}"),
            Err(other) => panic!("{other:?}"),
        }
        self.one_is_gone(&candidates);
    }

    async fn delete_unknown(&mut self) {
        let candidates = self.model.best(&UNLINK, self.now());
        let refused = self.world.client.mfa().delete(NO_FACTOR.into(), None).await;
        assert_eq!(unavailable(refused), UnavailableReason::NotEnrolled);
        self.one_is_gone(&candidates);
    }

    /// Where the rule leaves a choice, the client shows which one it made.
    fn one_is_gone(&mut self, candidates: &[Elevation]) {
        match candidates {
            [] => {}
            [only] => self.model.used(&only.scopes),
            several => {
                let is_gone =
                    |token: &&Elevation| !token.scopes.iter().all(|scope| holds(&self.world, scope.clone()));
                let scopes = several.iter().find(is_gone).unwrap_or(&several[0]).scopes.clone();
                self.model.used(&scopes);
            }
        }
    }

    fn wait(&mut self, seconds: u64) {
        let pass = |run: &mut Self, seconds: u64| {
            run.waited += seconds;
            run.world.sandbox.clock().advance(seconds.try_into().unwrap());
            run.world.clock.set_ahead(run.waited.try_into().unwrap());
        };
        pass(self, seconds);
        let is_near = |end: SystemTime, now: SystemTime| {
            end.duration_since(now).unwrap_or_else(|earlier| earlier.duration()) < MARGIN
        };
        while self.model.tokens.iter().any(|token| is_near(token.expires_at, self.now())) {
            pass(self, 2 * MARGIN.as_secs());
        }
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 12,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn i05_i06_whatever_the_sequence_a_token_is_used_as_often_as_it_may(
        steps in collection::vec(step(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut run = Run::begin().await;
            for step in &steps {
                run.step(step).await;
            }
        });
    }
}
