//! A flow of each kind, cancelled at each point where it waits for the network or the host: no token comes of
//! it, whatever the server answers, and the session goes on (I15).

use std::sync::Arc;

use serde_json::json;
use stepup_core::{
    StepUpFilter, StepUpFlow, StepUpFlowEnd, StepUpFlowState, StepUpMethod, TokenScope, WalletChain,
};
use stepup_test_support::{EMAIL, Totp, eventually};

use super::patient_bench;
use crate::{
    bench::Bench,
    gate::{Gate, Point},
};

/// Reusable, so that it would be written down.
const SCOPE: TokenScope = TokenScope::CREDENTIAL_UNLINK;
const SUBJECT: &str = "user-7";

#[derive(Clone, Copy, Debug)]
enum Way {
    Email,
    Totp,
    Passkey,
    Social,
    Wallet,
    ExternalJwt,
}

/// Somebody who does what the flow asks for.
struct User {
    totp: Option<Totp>,
    assertion: Option<String>,
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_where_a_code_is_sent_leaves_no_token() {
    cancelled_at_every_point(Way::Email).await;
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_beside_an_authenticator_app_leaves_no_token() {
    cancelled_at_every_point(Way::Totp).await;
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_around_its_sheet_leaves_no_token() {
    cancelled_at_every_point(Way::Passkey).await;
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_around_its_browser_leaves_no_token() {
    cancelled_at_every_point(Way::Social).await;
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_around_its_wallet_leaves_no_token() {
    cancelled_at_every_point(Way::Wallet).await;
}

#[tokio::test]
async fn i15_a_flow_that_is_cancelled_around_an_assertion_leaves_no_token() {
    cancelled_at_every_point(Way::ExternalJwt).await;
}

async fn cancelled_at_every_point(way: Way) {
    let mut bench = patient_bench().await;
    let (gate, user) = bench.at_the_gate_of_a_flow(way).await;
    gate.watch(None);
    let flow = bench.start(way);
    let last = bench.go_along(&flow, &user).await;
    assert!(matches!(last, StepUpFlowState::Granted { .. }), "{way:?}: {last:?}");
    let points = gate.passed();
    assert!(points.len() >= 4, "{way:?}: {points:?}");
    for point in points {
        bench.cancelled_at(way, &point).await;
    }
}

impl Bench {
    async fn at_the_gate_of_a_flow(&mut self, way: Way) -> (Gate, User) {
        self.renew();
        let gate = Gate::default();
        self.gate = Some(gate.clone());
        self.restart();
        let mut user = User { totp: None, assertion: None };
        match way {
            Way::Email => drop(self.world.sign_in().await),
            Way::Totp => user.totp = Some(self.world.sign_in_and_enroll_totp().await),
            Way::Passkey => {
                self.sign_in_for_linking().await;
                self.client().passkeys().register(None).await.unwrap();
            }
            Way::Social => self.sign_in_with_google().await,
            Way::Wallet => {
                self.world.wallet.offer("wallet", WalletChain::Evm);
                self.sign_in_with_wallet().await;
            }
            Way::ExternalJwt => {
                let jwt = self.assertion(json!({ "sub": SUBJECT })).await;
                self.client().auth().sign_in_with_external_jwt(jwt, None).await.unwrap();
                let claims = json!({ "sub": SUBJECT, "scope": SCOPE.as_str() });
                user.assertion = Some(self.assertion(claims).await);
            }
        }
        (gate, user)
    }

    fn start(&self, way: Way) -> Arc<StepUpFlow> {
        let methods = vec![StepUpMethod::ExternalJwt];
        let filter = matches!(way, Way::ExternalJwt).then_some(StepUpFilter::Methods { methods });
        self.client().step_up().start(vec![SCOPE], filter, None, true).unwrap()
    }

    /// The user does what is asked for, until the flow has ended.
    async fn go_along(&self, flow: &StepUpFlow, user: &User) -> StepUpFlowState {
        let wants_user = |state: &StepUpFlowState| {
            let is_asked = matches!(
                state,
                StepUpFlowState::AwaitingCode { .. } | StepUpFlowState::AwaitingExternalJwt { .. }
            );
            is_asked || state.is_final()
        };
        let said = match flow.reached(wants_user).await {
            StepUpFlowState::AwaitingCode { .. } => {
                let code = user.totp.as_ref().map(|totp| self.world.totp_code(totp));
                flow.submit(code.unwrap_or_else(|| self.world.code(EMAIL)))
            }
            StepUpFlowState::AwaitingExternalJwt { .. } => {
                flow.submit_external_jwt(user.assertion.clone().unwrap())
            }
            _ => Ok(()),
        };
        said.unwrap();
        flow.ended().await
    }

    async fn cancelled_at(&mut self, way: Way, point: &Point) {
        let what = format!("{way:?}, cancelled at `{}` {}", point.kind, point.index);
        let (gate, user) = self.at_the_gate_of_a_flow(way).await;
        let before = self.email().await;
        gate.watch(Some(point.clone()));
        let flow = self.start(way);
        let is_met = tokio::select! {
            () = gate.reached() => true,
            _ = self.go_along(&flow, &user) => false,
        };
        if !is_met {
            // Fetched or written beside the flow, and so not always within it.
            assert!(point.kind.contains("nonces") || point.kind.starts_with("storage"), "{what} is not met");
            return;
        }
        flow.cancel();
        if let StepUpFlowState::Granted { .. } = flow.state() {
            // What was written down of the flow is deleted when it has ended.
            assert_eq!(point.kind, "storage delete", "{what}");
            gate.release();
            return;
        }
        let over = StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ByApp };
        assert_eq!(flow.state(), over, "{what}");
        gate.release();
        // Its turn comes when what was handed over has ended.
        self.client().auth().refresh(None).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        // What was under way ends a moment after `cancel`, which does not wait for it.
        let step_up = self.client().step_up();
        eventually(&what, || !step_up.has_elevated_access_token(SCOPE)).await;
        eventually(&what, || self.world.storage.is_at_rest()).await;
        assert!(!step_up.has_elevated_access_token(SCOPE), "{what}");
        assert_eq!(flow.state(), over, "{what}");
        self.gate = None;
        self.restart();
        assert_eq!(self.email().await, before, "{what}");
        assert!(!self.client().step_up().has_elevated_access_token(SCOPE), "{what}: written down");
    }
}
