//! A flow ends with its session, in whatever state it is: sign-out, another sign-in, a revoked session, a
//! lost key, the end of the client (I3, I4).

use serde_json::json;
use stepup_core::{SessionTokenKind, StepUpError, StepUpFlowEnd, StepUpFlowState};
use stepup_test_support::{World, at_rest};

use crate::{
    helpers::{UNLINK, ended},
    screen::{Screen, name},
    stages::{Stage, settled},
    users::{config, holds, patch_policy},
};

const SOMEBODY_ELSE: &str = "grace@example.com";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    SignOut,
    SignIn,
    Revocation,
    KeyLoss,
    Shutdown,
}

impl End {
    async fn happen(self, world: &World) {
        let auth = world.client.auth();
        match self {
            Self::SignOut => auth.logout(None).await.unwrap(),
            Self::SignIn => {
                patch_policy(world, &json!({ "captcha": null }));
                drop(world.sign_in_as(SOMEBODY_ELSE).await);
            }
            Self::Revocation => {
                let token = auth.session_token(SessionTokenKind::Minified, None).await.unwrap().unwrap();
                world.revoke(token.expose()).await;
                auth.refresh(None).await.unwrap_err();
            }
            Self::KeyLoss => {
                world.keys.lose_all().await;
                let mut refreshed = auth.refresh(None).await;
                if refreshed.is_ok() {
                    // It had its part in the session that a verify was bringing.
                    refreshed = auth.refresh(None).await;
                }
                assert_eq!(refreshed, Err(StepUpError::KeyLost));
            }
            Self::Shutdown => world.client.shutdown(),
        }
    }

    fn reason(self) -> StepUpFlowEnd {
        match self {
            Self::SignOut => StepUpFlowEnd::SignedOut,
            Self::SignIn => StepUpFlowEnd::AnotherSignIn,
            Self::Revocation => StepUpFlowEnd::SessionEnded,
            Self::KeyLoss => StepUpFlowEnd::KeyLost,
            Self::Shutdown => StepUpFlowEnd::ClientClosed,
        }
    }
}

/// Calls that change the session wait for one another, so what happens while one is under way happens after
/// it, and the flow has its token by then.
fn waits_for_the_verify(stage: Stage, end: End) -> bool {
    stage == Stage::Verifying && matches!(end, End::SignIn | End::KeyLoss)
}

async fn in_every_state(end: End) {
    for stage in Stage::ALL {
        let what = format!("{end:?} in {stage:?}");
        let (mut world, flow) = stage.reached().await;
        let screen = Screen::on(&flow);
        screen.shows(&format!("{stage:?}")).await;
        end.happen(&world).await;
        let last = ended(&flow).await;
        if waits_for_the_verify(stage, end) {
            assert!(matches!(last, StepUpFlowState::Granted { .. }), "{what}: {last:?}");
        } else {
            assert_eq!(last, StepUpFlowState::Cancelled { reason: end.reason() }, "{what}");
        }
        assert_eq!(screen.shows(name(&last)).await, last, "{what}");
        settled(&world).await;
        assert!(!holds(&world, UNLINK), "{what}");
        world.restart_with(config(&world));
        world.client.restore(None).await.unwrap();
        assert!(!holds(&world, UNLINK), "{what}: written down");
    }
}

#[tokio::test]
async fn i03_i04_fault_42_a_sign_out_in_any_state_ends_it_without_a_token() {
    in_every_state(End::SignOut).await;
}

#[tokio::test]
async fn i03_i04_another_sign_in_in_any_state_ends_it_without_a_token() {
    in_every_state(End::SignIn).await;
}

#[tokio::test]
async fn i03_a_revoked_session_in_any_state_ends_it_without_a_token() {
    in_every_state(End::Revocation).await;
}

#[tokio::test]
async fn i03_a_lost_key_in_any_state_ends_it_without_a_token() {
    in_every_state(End::KeyLoss).await;
}

#[tokio::test]
async fn the_end_of_the_client_in_any_state_ends_it_and_is_told() {
    in_every_state(End::Shutdown).await;
}

#[tokio::test]
async fn i03_a_session_that_runs_out_ends_it_although_nobody_calls() {
    for stage in [Stage::Choosing, Stage::AwaitingCode] {
        let (world, flow) = stage.reached().await;
        let before = world.sandbox.log().exchanges().len();
        // Time that passes while a timer is being set does not count for it.
        at_rest("timers", || world.clock.timers_begun()).await;
        world.advance(3 * 3_600);
        let reason = StepUpFlowEnd::SessionEnded;
        assert_eq!(ended(&flow).await, StepUpFlowState::Cancelled { reason }, "{stage:?}");
        assert_eq!(world.sandbox.log().exchanges().len(), before, "nobody was asked");
    }
}
