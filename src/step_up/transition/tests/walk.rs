//! Random walks: an app that taps anything, and a model of all else. Whatever happens in whatever order,
//! what a flow promises holds.

use std::{cell::RefCell, collections::BTreeSet};

use proptest::{prelude::*, test_runner::TestRunner};

use super::{
    super::{
        AfterCaptcha, AwaitedCode, Effect, Event, PasskeyPreparation, Phase, Proof, State, started,
        transition,
    },
    model::{Dice, KIND, Model, SECRET, secret},
    samples::{asked, option, place, sent, states, word},
};
use crate::step_up::{StepUpFlowEnd, StepUpMethod, StepUpOption, transition::Asked};

struct Walk {
    state: State,
    running: Vec<Effect>,
    model: Model,
    challenges_shown: BTreeSet<String>,
}

impl Walk {
    fn begun(has_passkey: bool, auto_select: bool) -> Self {
        let (state, effects) = started(Asked { auto_select, ..asked() }, has_passkey);
        let mut walk =
            Self { state, running: Vec::new(), model: Model::new(), challenges_shown: BTreeSet::new() };
        walk.run(effects);
        walk.judge();
        walk
    }

    /// A flow of an earlier process, that has sent a code.
    fn found() -> Self {
        let mut walk = Self::begun(false, false);
        let email = option(&StepUpMethod::Email);
        (walk.model.last_code, walk.model.offered) = (Some("first".into()), vec![email.id.clone()]);
        walk.running.clear();
        walk.state.phase = Phase::AwaitingCode { option: email, code: sent(false) };
        walk.judge();
        walk
    }

    fn step(&mut self, dice: Dice) {
        match dice.what % 16 {
            0..7 if !self.running.is_empty() => self.end_effect(usize::from(dice.what / 16), dice),
            0..14 => self.tap(dice),
            14 => {
                self.model.now += std::time::Duration::from_secs(u64::from(dice.how));
                self.model.lose_token(dice.more);
            }
            _ if dice.how == 0 => self.happens(Event::Ended { reason: StepUpFlowEnd::SignedOut }),
            _ if matches!(self.state.phase, Phase::Choosing { .. }) => self.happens(Event::PasskeyRunOut),
            _ => {}
        }
    }

    /// The app does something, mostly what is possible.
    fn tap(&mut self, dice: Dice) {
        let now = self.model.now;
        let select = |option: &StepUpOption| Event::Select { option_id: option.id.clone(), now };
        let mut events: Vec<_> = self.state.known.options.iter().flatten().map(select).collect();
        events.extend([
            Event::Submit { code: secret() },
            Event::SubmitCaptcha { token: secret() },
            Event::SubmitExternalJwt { jwt: secret() },
            Event::Back { now },
            Event::Resend,
            Event::Retry { now },
        ]);
        if !dice.more.is_multiple_of(4) {
            events.retain(|event| transition(&self.state, event.clone()).is_ok());
        }
        if dice.how == 0 {
            return self.happens(Event::Cancel);
        }
        let chosen = events.get(usize::from(dice.how) % events.len().max(1)).cloned();
        chosen.into_iter().for_each(|event| self.happens(event));
    }

    /// An effect ends. Whatever its outcome is, the flow has a use for it.
    fn end_effect(&mut self, index: usize, dice: Dice) {
        let index = index % self.running.len();
        let is_browser = matches!(self.running[index], Effect::OpenBrowser { .. });
        if is_browser
            && matches!(self.state.phase, Phase::AwaitingBrowser { .. })
            && dice.more.is_multiple_of(2)
        {
            return self.must_happen(Event::Redeeming);
        }
        let effect = self.running.remove(index);
        let outcome = self.model.outcome(&effect, dice);
        self.must_happen(outcome);
    }

    fn must_happen(&mut self, event: Event) {
        let before = self.state.clone();
        assert!(transition(&before, event.clone()).is_ok(), "{event:?} is lost in {before:?}");
        self.happens(event);
    }

    fn happens(&mut self, event: Event) {
        assert!(!format!("{event:?}").contains(SECRET), "{event:?}");
        let Ok((state, effects)) = transition(&self.state, event) else { return };
        assert!(!self.state.shown().is_final(), "something follows the end");
        self.state = state;
        self.run(effects);
        self.judge();
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            assert!(!format!("{effect:?}").contains(SECRET), "{effect:?}");
            match &effect {
                Effect::Abort => self.running.clear(),
                begun => {
                    let has_other = self.running.iter().any(|other| kind(other) == kind(begun));
                    assert!(!has_other, "two of a kind: {begun:?} beside {:?}", self.running);
                    self.judge_effect(begun);
                    self.running.push(effect);
                }
            }
        }
    }

    fn judge_effect(&mut self, effect: &Effect) {
        let last_code = self.model.last_code.as_ref();
        match effect {
            Effect::ResendCode { verification_id, .. } => assert_eq!(Some(verification_id), last_code),
            Effect::ShowPasskey { prepared } => {
                assert!(self.challenges_shown.insert(prepared.options_json.clone()), "a challenge twice");
            }
            Effect::Verify { proof, scopes } => {
                let is_asked = |scope| {
                    self.state.asked.scopes.contains(scope) && !self.model.not_required.contains(scope)
                };
                assert!(!scopes.is_empty() && scopes.iter().all(is_asked), "{scopes:?}");
                if let Proof::Otp { verification_id, .. } = proof {
                    assert_eq!(Some(verification_id), last_code);
                }
            }
            _ => {}
        }
    }

    /// What holds in every state.
    fn judge(&self) {
        let printed = format!("{:?} {:?}", self.state, self.state.shown());
        assert!(!printed.contains(SECRET), "{printed}");
        self.judge_running();
        self.judge_options();
        self.judge_code();
        if let Phase::Granted { elevations } = &self.state.phase {
            let is_settled = |scope| {
                let is_held = self.model.tokens.contains(scope)
                    && elevations.iter().any(|elevation| elevation.scopes.contains(scope));
                is_held || self.model.not_required.contains(scope)
            };
            assert!(self.state.asked.scopes.iter().all(is_settled), "granted without a token");
        }
        let cancelled = transition(&self.state, Event::Cancel);
        if self.state.shown().is_final() {
            assert!(cancelled.is_err() && self.running.is_empty());
        } else {
            let (state, effects) = cancelled.unwrap();
            assert!(matches!(state.phase, Phase::Cancelled { .. }) && effects == [Effect::Abort]);
        }
    }

    /// Each state has under way what it waits for, and nothing else.
    fn judge_running(&self) {
        let runs = |word_of: &str| self.running.iter().any(|effect| word(effect) == word_of);
        let phase = &self.state.phase;
        let is_fetching = self.state.known.passkey == PasskeyPreparation::UnderWay;
        let is_ceremony = matches!(phase, Phase::AwaitingCeremony { .. });
        let is_resending = code(&self.state).is_some_and(|code| code.prompt.is_resending);
        let is_verifying = matches!(phase, Phase::Verifying { .. });
        let is_browser = matches!(phase, Phase::AwaitingBrowser { .. });
        let expected = [
            ("check", matches!(phase, Phase::Checking)),
            ("prepare", is_fetching),
            ("send", matches!(phase, Phase::SendingCode { .. })),
            ("resend", is_resending),
            ("sheet", is_ceremony && !is_fetching),
            ("sign", matches!(phase, Phase::AwaitingSignature { .. })),
            ("browser", is_browser || is_verifying && !runs("verify")),
            ("verify", is_verifying && !runs("browser")),
        ];
        for (word, is_expected) in expected {
            assert_eq!(runs(word), is_expected, "{word} in {phase:?}");
        }
        if let Phase::Choosing { again, .. } = phase {
            let has_options = self.state.known.options.iter().flatten().next().is_some();
            assert!(has_options || again.is_some(), "nothing to choose and nothing to repeat");
        }
    }

    fn judge_options(&self) {
        let options: Vec<_> = self.state.known.options.iter().flatten().collect();
        if self.state.known.options.is_some() {
            let ids: Vec<_> = options.iter().map(|option| option.id.clone()).collect();
            assert_eq!(ids, self.model.offered, "others than the check's");
        }
        if let Some(option) = chosen(&self.state.phase) {
            assert!(self.model.offered.contains(&option.id), "{option:?}");
        }
        let preferred: Vec<_> = options.iter().filter(|option| option.is_preferred).collect();
        let has_usable = options.iter().any(|option| option.is_usable());
        assert!(preferred.len() == usize::from(has_usable), "{preferred:?}");
        assert!(preferred.iter().all(|option| option.is_usable()));
    }

    fn judge_code(&self) {
        let sends = |option: &StepUpOption| matches!(option.method, StepUpMethod::Email | StepUpMethod::Sms);
        if let (Some(code), Some(option)) = (code(&self.state), chosen(&self.state.phase)) {
            let expected = self.model.last_code.clone().filter(|_| sends(option));
            assert_eq!(code.verification_id, expected);
            assert_eq!(code.prompt.resend_at.is_some(), sends(option));
        }
    }

    /// Lets everything that runs come to its end. Without the app it comes to rest.
    fn settle(&mut self, outcomes: &[Dice]) {
        for turn in 0..24 {
            if self.running.is_empty() {
                return;
            }
            let dice = outcomes.get(turn % outcomes.len().max(1)).copied().unwrap_or(KIND);
            self.end_effect(0, dice);
        }
        panic!("goes on by itself: {:?}", self.state);
    }

    /// A user who does what the screen asks, and a server that grants it.
    fn cooperate(&mut self) {
        for _ in 0..32 {
            let now = self.model.now;
            let retry = Event::Retry { now };
            match &self.state.phase {
                Phase::Granted { .. } => return,
                _ if !self.running.is_empty() => self.end_effect(0, KIND),
                Phase::Choosing { .. } if transition(&self.state, retry.clone()).is_ok() => {
                    self.must_happen(retry);
                }
                Phase::Choosing { .. } => {
                    let option_id = self.model.offered[0].clone();
                    self.must_happen(Event::Select { option_id, now });
                }
                Phase::CaptchaNeeded { .. } => self.must_happen(Event::SubmitCaptcha { token: secret() }),
                Phase::AwaitingCode { .. } => self.must_happen(Event::Submit { code: secret() }),
                Phase::AwaitingExternalJwt { .. } => {
                    self.must_happen(Event::SubmitExternalJwt { jwt: secret() });
                }
                phase => panic!("nothing runs and nobody is asked: {phase:?}"),
            }
        }
        panic!("no way to the end: {:?}", self.state);
    }
}

/// Those that may not be under way together are of one kind.
fn kind(effect: &Effect) -> u8 {
    match effect {
        Effect::Check => 0,
        Effect::PreparePasskey => 1,
        Effect::SendCode { .. } | Effect::ResendCode { .. } => 2,
        Effect::ShowPasskey { .. } | Effect::SignWithWallet { .. } => 3,
        Effect::OpenBrowser { .. } | Effect::Verify { .. } => 3,
        Effect::Abort => 4,
    }
}

fn chosen(phase: &Phase) -> Option<&StepUpOption> {
    match phase {
        Phase::CaptchaNeeded { option, .. }
        | Phase::SendingCode { option }
        | Phase::AwaitingCode { option, .. }
        | Phase::AwaitingCeremony { option }
        | Phase::AwaitingBrowser { option }
        | Phase::AwaitingSignature { option }
        | Phase::AwaitingExternalJwt { option, .. }
        | Phase::Verifying { option, .. } => Some(option),
        _ => None,
    }
}

fn code(state: &State) -> Option<&AwaitedCode> {
    match &state.phase {
        Phase::AwaitingCode { code, .. }
        | Phase::Verifying { code: Some(code), .. }
        | Phase::CaptchaNeeded { then: AfterCaptcha::Resend(code), .. } => Some(code),
        _ => None,
    }
}

fn dice() -> impl Strategy<Value = Dice> {
    any::<(u8, u8, u8)>().prop_map(|(what, how, more)| Dice { what, how, more })
}

#[test]
fn whatever_happens_a_flow_keeps_what_it_promises() {
    let seen = RefCell::new(BTreeSet::new());
    let walks = (
        any::<(bool, bool, bool)>(),
        prop::collection::vec(dice(), 1..60),
        prop::collection::vec(dice(), 1..4),
    );
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2048) });
    let walked = runner.run(&walks, |((has_passkey, auto_select, is_found), steps, last)| {
        let mut walk = if is_found { Walk::found() } else { Walk::begun(has_passkey, auto_select) };
        for dice in steps {
            if walk.state.shown().is_final() {
                break;
            }
            walk.step(dice);
            seen.borrow_mut().insert(place(&walk.state));
        }
        walk.settle(&last);
        if !walk.state.shown().is_final() {
            walk.cooperate();
        }
        Ok(())
    });
    walked.unwrap();
    // A walk that goes nowhere proves nothing.
    let all: BTreeSet<_> = states().iter().map(place).collect();
    assert_eq!(*seen.borrow(), all);
}
