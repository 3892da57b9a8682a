//! A screen: is told the states of a flow, and remembers them.

use std::sync::{Arc, Mutex};

use stepup_core::{PlatformError, StepUpFlow, StepUpFlowListener, StepUpFlowState, Subscription};
use stepup_test_support::eventually;

pub(crate) struct Screen {
    told: Arc<Told>,
    pub(crate) subscription: Arc<Subscription>,
}

#[derive(Default)]
struct Told(Mutex<Vec<StepUpFlowState>>);

#[async_trait::async_trait]
impl StepUpFlowListener for Told {
    async fn state_changed(&self, state: StepUpFlowState) -> Result<(), PlatformError> {
        self.0.lock().unwrap().push(state);
        Ok(())
    }
}

impl Screen {
    /// A screen that shows a flow from now on.
    pub(crate) fn on(flow: &StepUpFlow) -> Self {
        let told = Arc::new(Told::default());
        let subscription = flow.subscribe(told.clone()).unwrap();
        Self { told, subscription }
    }

    /// The screen is gone; what it was told can still be asked.
    pub(crate) fn let_go(self) -> impl Fn() -> Vec<StepUpFlowState> {
        let told = self.told;
        move || told.0.lock().unwrap().clone()
    }

    pub(crate) fn told(&self) -> Vec<StepUpFlowState> {
        self.told.0.lock().unwrap().clone()
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.told().iter().map(name).collect()
    }

    /// Waits until the latest state is this one.
    pub(crate) async fn shows(&self, state: &str) -> StepUpFlowState {
        eventually(state, || self.told().last().is_some_and(|last| name(last) == state)).await;
        self.told().pop().unwrap()
    }

    /// Waits for the end, and compares what was shown on the way with what there was to show. A state that
    /// came and went before the screen got to it may be left out; the last one may not, and none comes twice.
    pub(crate) async fn showed(&self, expected: &[&str]) {
        self.shows(expected.last().unwrap()).await;
        let names = self.names();
        let mut left = expected.iter();
        assert!(names.iter().all(|name| left.any(|next| next == name)), "{names:?}, not {expected:?}");
    }
}

/// The state, without what it holds.
pub(crate) fn name(state: &StepUpFlowState) -> &'static str {
    match state {
        StepUpFlowState::Checking => "Checking",
        StepUpFlowState::Choosing { .. } => "Choosing",
        StepUpFlowState::CaptchaNeeded { .. } => "CaptchaNeeded",
        StepUpFlowState::SendingCode { .. } => "SendingCode",
        StepUpFlowState::AwaitingCode { .. } => "AwaitingCode",
        StepUpFlowState::AwaitingCeremony { .. } => "AwaitingCeremony",
        StepUpFlowState::AwaitingBrowser { .. } => "AwaitingBrowser",
        StepUpFlowState::AwaitingSignature { .. } => "AwaitingSignature",
        StepUpFlowState::AwaitingExternalJwt { .. } => "AwaitingExternalJwt",
        StepUpFlowState::Verifying { .. } => "Verifying",
        StepUpFlowState::Granted { .. } => "Granted",
        StepUpFlowState::Cancelled { .. } => "Cancelled",
        StepUpFlowState::Failed { .. } => "Failed",
    }
}
