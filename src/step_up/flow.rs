//! The step-up flow: carries a screen from "is it needed?" to "granted". `transition.rs` says what follows
//! from what; this runs it.

mod check;
mod effects;
mod flows;
mod hold;
mod observation;
mod pending;
mod pending_code;
mod renewal;
mod running;
mod state;
mod watcher;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, atomic::AtomicUsize},
    time::SystemTime,
};

use tokio::sync::watch;

pub(crate) use flows::Flows;
pub use observation::StepUpFlowListener;
pub(crate) use pending_code::PendingCodeFlow;
use renewal::Renewal;
use running::Running;
pub use state::{CodePrompt, StepUpFlowEnd, StepUpFlowState};

use super::{
    activity,
    transition::{self, Asked, Effect, Event, State},
};
use crate::{
    context::Context, error::StepUpError, identifier::OptionId, scope::TokenScope, secret::SecretString,
};

/// A step-up that a user is led through. From [`StepUpAuthClient::start`](super::StepUpAuthClient::start).
///
/// [`state`](Self::state) and [`subscribe`](Self::subscribe) tell what to show; the other calls tell what the
/// user did. They answer at once; what comes of them is the next state. A call that does not belong to the
/// present state fails with `InvalidTransition` and changes nothing: after a double tap it may be ignored.
///
/// A flow lives until it ends, also while no screen shows it. It ends by itself with the session.
#[derive(uniffi::Object)]
pub struct StepUpFlow {
    context: Arc<Context>,
    epoch: u64,
    machine: Mutex<Machine>,
    shown: watch::Sender<StepUpFlowState>,
    /// How many callers have begun or joined it and not left.
    holders: AtomicUsize,
    me: Weak<Self>,
}

struct Machine {
    state: State,
    running: Running,
    renewal: Option<Renewal>,
    /// The code as it was written down last.
    kept: Option<PendingCodeFlow>,
    /// The flow's part in what the client's step-ups are doing; ends with it.
    activity: Option<activity::Running>,
}

#[uniffi::export]
impl StepUpFlow {
    /// What to show now.
    #[must_use]
    pub fn state(&self) -> StepUpFlowState {
        self.shown.borrow().clone()
    }

    /// What is asked for.
    #[must_use]
    pub fn scopes(&self) -> Vec<TokenScope> {
        self.machine().state.asked.scopes.clone()
    }

    /// In `Choosing`: the user has chosen the option with this id.
    ///
    /// # Errors
    /// `InvalidTransition` in another state, or if there is no such option.
    pub fn select(&self, option_id: OptionId) -> Result<(), StepUpError> {
        self.by_app("select", Event::Select { option_id, now: self.now() })
    }

    /// In `AwaitingCode`: the user has typed a code. A wrong one leads back to `AwaitingCode`.
    ///
    /// # Errors
    /// `InvalidTransition` in another state.
    pub fn submit(&self, code: String) -> Result<(), StepUpError> {
        self.by_app("submit", Event::Submit { code: SecretString::new(code) })
    }

    /// In `CaptchaNeeded`: the user has solved the captcha, which gave this token.
    ///
    /// # Errors
    /// `InvalidTransition` in another state.
    pub fn submit_captcha(&self, token: String) -> Result<(), StepUpError> {
        self.by_app("submit_captcha", Event::SubmitCaptcha { token: SecretString::new(token) })
    }

    /// In `AwaitingExternalJwt`: the app's backend vouches for the user with this JWT.
    ///
    /// # Errors
    /// `InvalidTransition` in another state.
    pub fn submit_external_jwt(&self, jwt: String) -> Result<(), StepUpError> {
        self.by_app("submit_external_jwt", Event::SubmitExternalJwt { jwt: SecretString::new(jwt) })
    }

    /// Leaves the method that was chosen; back to the choice. Not while the server looks at a proof.
    ///
    /// # Errors
    /// `InvalidTransition` where no method is chosen, and in `Verifying`.
    pub fn back(&self) -> Result<(), StepUpError> {
        self.by_app("back", Event::Back { now: self.now() })
    }

    /// In `AwaitingCode`: sends the code again. The prompt says from when on to offer that.
    ///
    /// # Errors
    /// `InvalidTransition` in another state, while one is being sent, and where no code is sent.
    pub fn resend(&self) -> Result<(), StepUpError> {
        self.by_app("resend", Event::Resend)
    }

    /// In `Choosing`: repeats what went wrong, the check or the method tried last.
    ///
    /// # Errors
    /// `InvalidTransition` if nothing has gone wrong.
    pub fn retry(&self) -> Result<(), StepUpError> {
        self.by_app("retry", Event::Retry { now: self.now() })
    }

    /// Ends the flow, for all who have joined it. What it has running is stopped; a token that still comes is
    /// discarded. Does nothing if the flow has ended.
    pub fn cancel(&self) {
        self.happened(Event::Cancel);
    }
}

impl StepUpFlow {
    fn begin(context: &Arc<Context>, asked: Asked) -> Arc<Self> {
        let (state, effects) = transition::started(asked, context.has_passkey());
        let epoch = context.state.epoch();
        Self::in_state(context, epoch, state, |flow, machine| flow.run(machine, effects)).0
    }

    /// A flow that stands somewhere, and what is begun for it.
    fn in_state<T>(
        context: &Arc<Context>,
        epoch: u64,
        state: State,
        begin: impl FnOnce(&Self, &mut Machine) -> T,
    ) -> (Arc<Self>, T) {
        let flow = Arc::new_cyclic(|me| Self {
            context: Arc::clone(context),
            epoch,
            shown: watch::Sender::new(state.shown()),
            machine: Mutex::new(Machine {
                state,
                running: Running::default(),
                renewal: None,
                kept: None,
                activity: Some(context.activity.begin()),
            }),
            holders: AtomicUsize::new(1),
            me: Weak::clone(me),
        });
        context.used();
        let begun = begin(&flow, &mut flow.machine());
        watcher::watch(&flow);
        (flow, begun)
    }

    /// Ends when the flow does, with its last state.
    pub async fn ended(&self) -> StepUpFlowState {
        self.reached(StepUpFlowState::is_final).await
    }

    /// Ends when a state like this is shown.
    pub async fn reached(&self, is_it: impl Fn(&StepUpFlowState) -> bool) -> StepUpFlowState {
        let mut shown = self.shown.subscribe();
        loop {
            // Not under the channel's lock: whoever looks may drive the flow (I13).
            let state = shown.borrow_and_update().clone();
            // The sender lives as long as `self`, so waiting cannot fail.
            if is_it(&state) || shown.changed().await.is_err() {
                return state;
            }
        }
    }

    fn by_app(&self, name: &'static str, event: Event) -> Result<(), StepUpError> {
        self.context.ensure_open()?;
        if self.happened(event) {
            return Ok(());
        }
        Err(StepUpError::InvalidTransition { event: name.into() })
    }

    /// Something happened outside of what the flow has running. Answers whether it was possible.
    fn happened(&self, event: Event) -> bool {
        let mut machine = self.machine();
        self.step(&mut machine, event)
    }

    /// Something that the flow had begun has ended; it counts only if nobody has called it off since.
    fn concluded(&self, generation: u64, event: Event) -> bool {
        let mut machine = self.machine();
        machine.running.generation() == generation && self.step(&mut machine, event)
    }

    fn step(&self, machine: &mut Machine, event: Event) -> bool {
        let Ok((state, effects)) = transition::transition(&machine.state, event) else { return false };
        machine.state = state;
        self.run(machine, effects);
        self.renew_before(machine.state.passkey_end(), &mut machine.renewal);
        self.keep_code(&machine.state, &mut machine.kept);
        // Under the lock, so that states are shown in their order.
        let shown = machine.state.shown();
        if let Some(activity) = machine.activity.take_if(|_| shown.is_final()) {
            activity.ended(shown.failure().map_or(Ok(()), Err));
        }
        // What nobody sees, such as options that have come ahead, is no news.
        self.shown.send_if_modified(|last| {
            let is_news = *last != shown;
            *last = shown;
            is_news
        });
        true
    }

    fn run(&self, machine: &mut Machine, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Abort => machine.running.abort(),
                effect => {
                    let asked = machine.state.asked.clone();
                    machine.running.begin(|generation| self.task(asked, effect, generation));
                }
            }
        }
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> SystemTime {
        self.context.state.clock.device_now()
    }
}

/// It goes before its end only with the client. Whoever still looks is told; a code that is written down is
/// left to the next client, as after a shutdown.
impl Drop for StepUpFlow {
    fn drop(&mut self) {
        self.shown.send_if_modified(|last| {
            let goes_on = !last.is_final();
            if goes_on {
                *last = StepUpFlowState::Cancelled { reason: StepUpFlowEnd::ClientClosed };
            }
            goes_on
        });
    }
}

impl std::fmt::Debug for StepUpFlow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("StepUpFlow").field("state", &*self.shown.borrow()).finish_non_exhaustive()
    }
}
