//! Observing elevations, and how the client's step-ups are going.

use std::{future::Future, sync::Arc};

use super::StepUpAuthClient;
use crate::{
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    otp::OtpVerification,
    platform::{ElevationListener, StepUpStateListener},
    runtime::Call,
    state::Observed,
    subscription::Subscription,
    token::Elevation,
};

/// How the client's step-ups are going, all calls and flows together.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StepUpState {
    /// Whether any asynchronous call of `StepUpAuthClient` or any flow is under way. A check that is answered
    /// from memory is none.
    pub is_loading: bool,
    /// What the call or flow that was begun last has ended with. None while it is under way, if it has
    /// succeeded or was cancelled, and after `reset`. One that was begun earlier and ends later changes
    /// nothing here.
    pub error: Option<StepUpError>,
    /// The code for a step-up that was sent last and is not used yet: the one that `verify_otp` takes a code
    /// for if it is given no id. Ends with the session.
    pub pending_code: Option<OtpVerification>,
}

#[uniffi::export]
impl StepUpAuthClient {
    /// Every elevation that is held and not over, in the order of its scopes. Answers at once, from memory;
    /// before the storage was read there is none.
    #[must_use]
    pub fn elevations(&self) -> Vec<Elevation> {
        self.context.state.elevations().value
    }

    /// Tells a listener which elevations are held, and from then on each change, until the subscription ends:
    /// one is granted, spent, discarded, ended with the session, or runs out, which is told when it happens.
    /// Nothing is read or sent for it, so before `restore` there is none.
    ///
    /// # Errors
    /// `ClientClosed`; `Internal` if the system refuses a thread.
    pub fn subscribe_elevations(
        &self,
        listener: Arc<dyn ElevationListener>,
    ) -> Result<Arc<Subscription>, StepUpError> {
        let state = Arc::clone(&self.context.state);
        self.context.subscribe(
            move || state.elevations(),
            move |elevations| {
                let listener = Arc::clone(&listener);
                async move { listener.elevations_changed(elevations).await }
            },
        )
    }

    /// How step-ups are going. Answers at once, from memory.
    #[must_use]
    pub fn state(&self) -> StepUpState {
        self.observation()().value
    }

    /// Tells a listener how step-ups are going, and from then on each change, until the subscription ends.
    /// Nothing is read or sent for it.
    ///
    /// # Errors
    /// `ClientClosed`; `Internal` if the system refuses a thread.
    pub fn subscribe(
        &self,
        listener: Arc<dyn StepUpStateListener>,
    ) -> Result<Arc<Subscription>, StepUpError> {
        self.context.subscribe(self.observation(), move |state| {
            let listener = Arc::clone(&listener);
            async move { listener.state_changed(state).await }
        })
    }

    /// Forgets the error and the pending code, so that `verify_otp` without an id finds none. Cancels
    /// nothing: what is under way goes on and tells its end, and a flow that waits for a code still takes
    /// it.
    pub fn reset(&self) {
        self.context.state.set_step_up_codes_aside();
        self.context.activity.reset();
    }
}

impl StepUpAuthClient {
    /// Runs an exported call, as part of what the client's step-ups are doing.
    pub(super) fn run<T: Send + 'static>(
        &self,
        cancel: Option<Arc<CancelToken>>,
        call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
    ) -> Call<T> {
        let (activity, call) = (Arc::clone(&self.context.activity), self.context.run(cancel, call));
        Box::pin(async move {
            let running = activity.begin();
            let result = call.await;
            running.ended(result.as_ref().map(|_| ()));
            result
        })
    }

    fn observation(&self) -> impl Fn() -> Observed<StepUpState> + Send + 'static {
        let Context { activity, state, .. } = &*self.context;
        let (activity, state) = (Arc::clone(activity), Arc::clone(state));
        move || {
            let (is_loading, error) = activity.present();
            let value = StepUpState { is_loading, error, pending_code: state.step_up_code() };
            Observed { value, until: None }
        }
    }
}
