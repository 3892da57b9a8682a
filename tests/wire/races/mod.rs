//! Calls that change the session, and what may happen meanwhile (I3, I4, I7, I9, I15): at each point where
//! such a call waits for the network or the host it is held; the user signs out, somebody else signs in, the
//! server ends the session, or the caller goes away; then it goes on. The points are those that the call
//! itself passes.

mod flows;
mod judge;

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use stepup_core::{Deadlines, StepUpError};
use tokio::{task::JoinSet, time::timeout};

use crate::{
    bench::Bench,
    gate::{Gate, Point},
    operations::{Prepared, Trouble, rows},
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
/// Operations that go the same way as one of these, with another endpoint.
const ALIKE: [&str; 9] = [
    "sign_in_with_sms_otp",
    "verify_sms_otp",
    "verify_recovery_code",
    "verify_mfa_email",
    "revoke_all_devices",
    "acknowledge_recovery_codes",
    "link_phone",
    "confirm_phone",
    "resolve_merge",
];
/// Operations that change something and leave the session as it is; and the sign-out, which is what happens
/// to the others here.
const WITHOUT_SESSION: [&str; 20] = [
    "send_email_otp",
    "resend_email_otp",
    "send_sms_otp",
    "resend_sms_otp",
    "begin_social_sign_in",
    "logout",
    "check",
    "send_step_up_email_otp",
    "resend_step_up_email_otp",
    "send_step_up_sms_otp",
    "resend_step_up_sms_otp",
    "begin_social_verify",
    "set_default_factor",
    "delete_totp",
    "regenerate_recovery_codes",
    "rename_passkey",
    "delete_passkey",
    "resend_link_email_otp",
    "resend_link_sms_otp",
    "begin_social_link",
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
    /// The caller goes away.
    Abandonment,
}

impl Meanwhile {
    /// A sign-out at every point; the others where a request, its answer, the user, or the writing of the
    /// session is waited for.
    fn may_matter_at(self, point: &Point) -> bool {
        let word = point.kind.split(' ').next().unwrap();
        // Nonces may be fetched beside the call, which goes on meanwhile.
        let is_beside = point.kind.contains("nonces");
        let is_plain = word != "keys" && point.kind != "storage get";
        match self {
            Self::SignOut => true,
            Self::SignIn => is_plain,
            Self::Abandonment => is_plain && !is_beside,
            // A session that an answer has replaced cannot be ended by its old token.
            Self::Revocation => {
                let is_request = point.kind.ends_with(": request") && !is_beside;
                is_request || ["browser", "wallet", "passkey"].contains(&word)
            }
        }
    }
}

#[test]
fn no_operation_that_changes_something_is_left_out() {
    for row in rows().iter().filter(|row| row.method != "GET") {
        let lists = [OPERATIONS.as_slice(), &ALIKE, &WITHOUT_SESSION];
        let times = lists.iter().filter(|list| list.contains(&row.name)).count();
        assert_eq!(times, 1, "{}: say here whether it changes the session", row.name);
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

#[tokio::test]
async fn i15_a_caller_who_goes_away_at_any_point_leaves_no_token() {
    at_every_point(Meanwhile::Abandonment).await;
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
        let before = self.snapshot().await;
        let token = before.token.clone().unwrap();
        gate.watch(Some(point.clone()));
        let performing = self.perform(name, &prepared).boxed();
        let Some(outcome) = self.interrupted(performing, &gate, meanwhile, &token).await else {
            // Fetched beside the call, and so not always within it.
            assert!(point.kind.starts_with("GET nonces"), "{what} is not met");
            return;
        };
        if meanwhile == Meanwhile::Abandonment {
            self.judge_abandoned(&what, name, &before, point).await;
        } else {
            self.judge(&what, name, meanwhile, outcome).await;
        }
        self.ensure_one_mind(&what).await;
        self.world.sign_in_as(NEXT).await;
        assert_eq!(self.email().await.as_deref(), Some(NEXT), "{what}");
    }

    /// What comes of a call during which this happens; none if it ends before.
    async fn interrupted(
        &self,
        mut performing: BoxFuture<'_, Result<(), Trouble>>,
        gate: &Gate,
        meanwhile: Meanwhile,
        token: &str,
    ) -> Option<Result<(), Trouble>> {
        tokio::select! {
            _ = &mut performing => return None,
            () = gate.reached() => {}
        }
        let happening = async {
            let mut happening = pin!(self.happen(meanwhile, token));
            // What waits for the call that is held goes on after it.
            let happened = timeout(SHORT, &mut happening).await;
            gate.release();
            if happened.is_err() {
                happening.await;
            }
        };
        if meanwhile == Meanwhile::Abandonment {
            drop(performing);
            happening.await;
            return Some(Err(StepUpError::Cancelled.into()));
        }
        Some(tokio::join!(performing, happening).0)
    }

    async fn happen(&self, meanwhile: Meanwhile, token: &str) {
        match meanwhile {
            Meanwhile::SignOut => self.client().auth().logout(None).await.unwrap(),
            Meanwhile::SignIn => drop(self.world.sign_in_as(SOMEBODY_ELSE).await),
            Meanwhile::Revocation => self.world.revoke(token).await,
            Meanwhile::Abandonment => {}
        }
    }
}
