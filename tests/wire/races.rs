//! Calls that change the session, and what may happen meanwhile (I3, I4, I7, I9, I15): at each point where such
//! a call waits for the network or the host it is held, the user signs out, somebody else signs in, or the
//! server ends the session; then it goes on. The points are those that the call itself passes.

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures_util::FutureExt;
use serde_json::Value;
use stepup_core::{Deadlines, RedirectRefusal, StepUpError};
use stepup_test_support::eventually;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    bench::{Bench, SCOPES},
    gate::{Gate, Point},
    operations::{Prepared, Trouble},
};

const OPERATIONS: [&str; 25] = [
    "refresh",
    "sign_in_with_email_otp",
    "sign_in_with_passkey",
    "sign_in_with_social",
    "sign_in_with_wallet",
    "sign_in_with_external_jwt",
    "verify_email_otp",
    "verify_totp",
    "verify_passkey",
    "verify_social",
    "verify_wallet",
    "verify_external_jwt",
    "create_legacy_token",
    "complete_device_registration",
    "revoke_device",
    "update_user",
    "confirm_email",
    "register_passkey",
    "link_email",
    "link_social",
    "link_wallet",
    "transfer_wallet",
    "unlink_credential",
    "merge_accounts",
    "delete_user",
];
/// Who signs in while a call of somebody else is under way.
const SOMEBODY_ELSE: &str = "hedy@example.com";
/// Who signs in afterwards.
const NEXT: &str = "joan@example.com";
/// What waits for the call that is held has to be let wait; what does not wait for it takes less.
const SHORT: Duration = Duration::from_millis(150);
const PATIENT: Option<Duration> = Some(Duration::from_secs(30));
const WORLDS: usize = 4;

/// What happens meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    SignOut,
    SignIn,
    Revocation,
}

impl Meanwhile {
    /// A sign-out at every point; the others where a request, its answer, the user, or the writing of the
    /// session is waited for.
    fn may_matter_at(self, point: &Point) -> bool {
        let word = point.kind.split(' ').next().unwrap();
        match self {
            Self::SignOut => true,
            Self::SignIn => word != "keys" && point.kind != "storage get",
            // A session that an answer has replaced cannot be ended by its old token.
            Self::Revocation => {
                point.kind.ends_with(": request") || ["browser", "wallet", "passkey"].contains(&word)
            }
        }
    }
}

#[tokio::test]
async fn i03_i04_i09_i15_a_sign_out_at_any_point_leaves_nobody_signed_in() {
    at_every_point(Meanwhile::SignOut).await;
}

#[tokio::test]
async fn i03_i04_i07_i15_a_sign_in_of_somebody_else_at_any_point_mixes_nobodys_tokens() {
    at_every_point(Meanwhile::SignIn).await;
}

#[tokio::test]
async fn i07_i15_a_revocation_at_any_point_leaves_memory_and_storage_of_one_mind() {
    at_every_point(Meanwhile::Revocation).await;
}

async fn at_every_point(meanwhile: Meanwhile) {
    let mut running = JoinSet::new();
    for share in OPERATIONS.chunks(OPERATIONS.len().div_ceil(WORLDS)) {
        let mut bench = patient_bench().await;
        running.spawn(async move {
            let mut failed = Vec::new();
            for name in share {
                let all = AssertUnwindSafe(bench.race_everywhere(name, meanwhile)).catch_unwind();
                if all.await.is_err() {
                    failed.push(*name);
                }
            }
            failed
        });
    }
    assert_eq!(running.join_all().await.concat(), [""; 0], "what is wrong with them is told above");
}

/// Nothing runs into a limit because it is held.
async fn patient_bench() -> Bench {
    Bench::with_config(|config| {
        config.limits = None;
        let deadlines = config.deadlines.take().unwrap();
        config.deadlines = Some(Deadlines { storage: PATIENT, keys: PATIENT, ..deadlines });
    })
    .await
}

impl Bench {
    async fn race_everywhere(&mut self, name: &str, meanwhile: Meanwhile) {
        let (gate, prepared) = self.at_the_gate(name).await;
        gate.watch(None);
        let undisturbed = self.perform(name, &prepared).await;
        assert_eq!(undisturbed, Ok(()), "{name}");
        let points = gate.passed();
        assert!(points.len() >= 2, "{name}: {points:?}");
        for point in points.into_iter().filter(|point| meanwhile.may_matter_at(point)) {
            self.race(name, meanwhile, &point).await;
        }
    }

    async fn at_the_gate(&mut self, name: &str) -> (Gate, Prepared) {
        self.renew();
        let gate = Gate::default();
        self.gate = Some(gate.clone());
        self.restart();
        (gate, self.prepare(name).await)
    }

    async fn race(&mut self, name: &str, meanwhile: Meanwhile, point: &Point) {
        let what = format!("{name}, {meanwhile:?} at `{}` {}", point.kind, point.index);
        let (gate, prepared) = self.at_the_gate(name).await;
        let token = self.snapshot().await.token.unwrap();
        gate.watch(Some(point.clone()));
        let outcome = {
            let mut performing = pin!(self.perform(name, &prepared));
            tokio::select! {
                outcome = &mut performing => {
                    // Fetched beside the call, and so not always within it.
                    assert!(point.kind.starts_with("GET nonces"), "{what} is not met: {outcome:?}");
                    return;
                }
                () = gate.reached() => {}
            }
            let happening = async {
                let mut happening = pin!(self.happen(meanwhile, &token));
                // What waits for the call that is held goes on after it.
                let happened = timeout(SHORT, &mut happening).await;
                gate.release();
                if happened.is_err() {
                    happening.await;
                }
            };
            tokio::join!(performing, happening).0
        };
        self.judge(&what, name, meanwhile, outcome).await;
    }

    async fn happen(&self, meanwhile: Meanwhile, token: &str) {
        match meanwhile {
            Meanwhile::SignOut => self.client().auth().logout(None).await.unwrap(),
            Meanwhile::SignIn => drop(self.world.sign_in_as(SOMEBODY_ELSE).await),
            Meanwhile::Revocation => self.world.revoke(token).await,
        }
    }

    async fn judge(&mut self, what: &str, name: &str, meanwhile: Meanwhile, outcome: Result<(), Trouble>) {
        eventually(what, || self.world.storage.is_at_rest()).await;
        self.ensure_own_tokens(what).await;
        let is_sign_in = name.starts_with("sign_in_");
        let email = self.email().await;
        match meanwhile {
            Meanwhile::SignOut => assert_eq!(email, None, "{what}"),
            Meanwhile::SignIn if is_sign_in && outcome.is_ok() => assert!(email.is_some(), "{what}"),
            Meanwhile::SignIn => assert_eq!(email.as_deref(), Some(SOMEBODY_ELSE), "{what}"),
            Meanwhile::Revocation if is_sign_in => assert_eq!(outcome, Ok(()), "{what}"),
            Meanwhile::Revocation => {
                let is_over = matches!(&outcome, Err(Trouble::Error(StepUpError::NotSignedIn { .. })));
                assert!(is_over, "{what}: {outcome:?}");
                assert_eq!(email, None, "{what}");
            }
        }
        assert!(outcome.is_ok() || is_about_the_session(&outcome), "{what}: {outcome:?}");
        self.ensure_one_mind(what).await;
        if email.is_none() {
            assert!(self.world.storage.records().is_empty(), "{what}: something is left in the storage");
        }
        self.world.sign_in_as(NEXT).await;
        assert_eq!(self.email().await.as_deref(), Some(NEXT), "{what}");
    }

    async fn email(&self) -> Option<String> {
        let session = self.client().auth().session(None).await.unwrap();
        session.map(|session| session.user.email.unwrap_or_default())
    }

    /// What the memory holds is what the storage holds: another process knows the same, but for tokens that
    /// serve once and are in memory only (I5).
    async fn ensure_one_mind(&mut self, what: &str) {
        let memory = self.snapshot().await;
        let step_up = self.client().step_up();
        let lasting = SCOPES.map(|scope| step_up.elevation(scope).filter(|elevation| !elevation.single_use));
        let lasting: Vec<_> = lasting.map(|elevation| elevation.map(|elevation| elevation.scopes)).into();
        self.gate = None;
        self.restart();
        let storage = self.snapshot().await;
        assert_eq!((&storage.user_id, &storage.token), (&memory.user_id, &memory.token), "{what}");
        assert_eq!(storage.elevations, lasting, "{what}");
    }

    /// No token is another user's, and whoever asked for none has none.
    async fn ensure_own_tokens(&self, what: &str) {
        let now = self.snapshot().await;
        let (Some(user_id), Some(token)) = (&now.user_id, &now.token) else {
            assert!(now.token.is_none() && now.elevations.iter().all(Option::is_none), "{what}: {now:?}");
            return;
        };
        assert_eq!(subject(token), *user_id, "{what}");
        if self.email().await.as_deref() == Some(SOMEBODY_ELSE) {
            assert!(now.elevations.iter().all(Option::is_none) && !now.has_legacy_token, "{what}: {now:?}");
        }
        for scope in SCOPES {
            let elevation = self.client().step_up().elevation(scope.clone());
            // One that serves more than once is not spent by this.
            if elevation.is_some_and(|elevation| !elevation.single_use) {
                let taken = self.client().step_up().take_elevated_access_token(scope, None).await.unwrap();
                assert_eq!(subject(taken.unwrap().expose()), *user_id, "{what}");
            }
        }
    }
}

/// Refusals that say that the session is not what it was.
fn is_about_the_session(outcome: &Result<(), Trouble>) -> bool {
    let Err(Trouble::Error(error)) = outcome else { return false };
    let reason = RedirectRefusal::AnotherSession;
    matches!(error, StepUpError::NotSignedIn { .. } | StepUpError::SessionReplaced)
        || *error == StepUpError::RedirectRefused { reason }
}

/// Whose token it is.
fn subject(token: &str) -> String {
    let claims = BASE64.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}
