//! A model of all that a flow's effects meet: the server, the platform, and the tokens that are held.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use serde_json::json;

use super::{
    super::{Checked, Effect, Event, Proof},
    events::{invalid_argument, network, rate_limited, refused, unavailable},
    samples::{asked, challenge, elevation, now, option, options, verification},
};
use crate::{
    error::{CodeRefusal, StepUpError, UnavailableReason},
    identifier::{OptionId, VerificationId},
    otp::OtpVerification,
    scope::TokenScope,
    secret::SecretString,
    step_up::{PreparedPasskey, StepUpMethod, StepUpOption},
    token::Elevation,
};

/// What no state may show. Each code, token, proof and assertion of a walk holds it.
pub(super) const SECRET: &str = "hunter2";

pub(super) fn secret() -> SecretString {
    SecretString::new(SECRET)
}

/// Decides what happens next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice {
    pub(super) what: u8,
    pub(super) how: u8,
    pub(super) more: u8,
}

/// Everything works.
pub(super) const KIND: Dice = Dice { what: 0, how: 255, more: 0 };

pub(super) struct Model {
    pub(super) now: SystemTime,
    pub(super) tokens: BTreeSet<TokenScope>,
    /// What the last check that the flow was told of has answered.
    pub(super) not_required: Vec<TokenScope>,
    pub(super) offered: Vec<OptionId>,
    /// The verification of the code that was sent last.
    pub(super) last_code: Option<VerificationId>,
    /// How many things were given a number.
    count: usize,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            now: now(),
            tokens: BTreeSet::new(),
            not_required: Vec::new(),
            offered: Vec::new(),
            last_code: None,
            count: 0,
        }
    }

    pub(super) fn covered(&self) -> Vec<Elevation> {
        self.tokens.iter().map(|scope| elevation(std::slice::from_ref(scope))).collect()
    }

    pub(super) fn lose_token(&mut self, which: u8) {
        let lost = self.tokens.iter().nth(usize::from(which) % 2).cloned();
        lost.map(|scope| self.tokens.remove(&scope));
    }

    /// How an effect ends, or what it tells on its way.
    pub(super) fn outcome(&mut self, effect: &Effect, dice: Dice) -> Event {
        let now = self.now;
        match effect {
            Effect::Check => Event::Checked { checked: self.check(dice), now },
            Effect::PreparePasskey => Event::PasskeyPrepared { outcome: self.prepare(dice) },
            Effect::SendCode { .. } => self.send(None, dice),
            Effect::ResendCode { verification_id, .. } => self.send(Some(verification_id), dice),
            Effect::ShowPasskey { .. } => {
                Event::Proven { outcome: prove(Proof::Passkey { body: json!(SECRET) }, dice) }
            }
            Effect::SignWithWallet { .. } => {
                Event::Proven { outcome: prove(Proof::Wallet { body: json!(SECRET) }, dice) }
            }
            Effect::Verify { proof: Proof::Wallet { .. }, .. } if dice.more % 4 == 1 => {
                Event::CaptchaWanted { challenge: challenge() }
            }
            Effect::OpenBrowser { scopes, .. } | Effect::Verify { scopes, .. } => self.verify(scopes, dice),
            Effect::Abort => panic!("nothing to wait for"),
        }
    }

    fn check(&mut self, dice: Dice) -> Checked {
        let is_held = |scope: &TokenScope| self.tokens.contains(scope);
        let (held, asked_about): (Vec<_>, Vec<_>) = asked().scopes.into_iter().partition(is_held);
        let is_required = |scope: &TokenScope| {
            let bit = if *scope == asked().scopes[0] { 1 } else { 2 };
            dice.more & bit == 0 || dice.more & 12 != 0
        };
        let (missing, not_required) = asked_about.into_iter().partition(is_required);
        if dice.more & 64 != 0 {
            // Whoever else uses a token does not wait for the check.
            self.lose_token(dice.more);
        }
        let error = match dice.how % 8 {
            0 => Some(network()),
            1 if dice.more > 200 => Some(StepUpError::KeyLost),
            _ => None,
        };
        let options = if dice.how == 2 { Vec::new() } else { offered(dice) };
        self.offered = options.iter().map(|option| option.id.clone()).collect();
        let checked = Checked {
            missing,
            not_required,
            held: self.covered().into_iter().filter(|it| held.contains(&it.scopes[0])).collect(),
            options,
            enrollment_hints: Vec::new(),
            is_confirmed: error.is_none(),
            error,
        };
        self.not_required.clone_from(&checked.not_required);
        checked
    }

    fn prepare(&mut self, dice: Dice) -> Result<PreparedPasskey, StepUpError> {
        match dice.how % 8 {
            0 => Err(network()),
            1 => Err(unavailable(UnavailableReason::NotEnrolled)),
            2 if dice.more > 200 => Err(StepUpError::IdentityMismatch),
            _ => {
                self.count += 1;
                let options_json = format!("challenge {}", self.count);
                Ok(PreparedPasskey { options_json, expires_at: self.now + Duration::from_secs(60) })
            }
        }
    }

    fn send(&mut self, again: Option<&VerificationId>, dice: Dice) -> Event {
        let now = self.now;
        let outcome = match dice.how % 8 {
            0 => Err(network()),
            1 => Err(rate_limited(Some(u64::from(dice.more)))),
            2 => return Event::CaptchaWanted { challenge: challenge() },
            3 if dice.more > 200 => Err(StepUpError::KeyLost),
            4 => Err(unavailable(UnavailableReason::CaptchaRequired)),
            _ => Ok(self.sent(again.filter(|_| dice.more.is_multiple_of(2)))),
        };
        Event::CodeSent { outcome, now }
    }

    fn sent(&mut self, again: Option<&VerificationId>) -> OtpVerification {
        self.count += 1;
        let id = again.cloned().unwrap_or_else(|| format!("verification {}", self.count).into());
        self.last_code = Some(id.clone());
        OtpVerification { resend_at: self.now + Duration::from_secs(30), ..verification(id.as_str()) }
    }

    fn verify(&mut self, scopes: &[TokenScope], dice: Dice) -> Event {
        let refusal = match dice.how % 16 {
            0 => network(),
            1 => refused(CodeRefusal::Wrong),
            2 => refused(CodeRefusal::Expired),
            3 => refused(CodeRefusal::TooManyAttempts),
            4 => unavailable(UnavailableReason::ProofRefused),
            5 => rate_limited(None),
            6 => invalid_argument(),
            7 => StepUpError::Cancelled,
            8 if dice.more > 200 => StepUpError::NotSignedIn { answer: None },
            9 => {
                self.tokens.insert(scopes[0].clone());
                let (granted, missing) = (scopes[..1].to_vec(), scopes[1..].to_vec());
                StepUpError::NotElevated { granted, missing }
            }
            what => {
                self.tokens.extend(scopes.iter().cloned());
                if what == 10 {
                    self.lose_token(dice.more);
                }
                return Event::Verified { outcome: Ok(()), covered: self.covered() };
            }
        };
        Event::Verified { outcome: Err(refusal), covered: self.covered() }
    }
}

/// Two passkeys and one of all else, of which some are left out and one cannot be used.
fn offered(dice: Dice) -> Vec<StepUpOption> {
    let second = StepUpOption { id: "another".into(), ..option(&StepUpMethod::Passkey) };
    let all = std::iter::once(second).chain(options()).enumerate();
    let chosen = all.filter(|(index, _)| dice.how >> (index % 8) & 1 != 0 || dice.what & 16 != 0);
    let mut offered: Vec<_> = chosen.map(|(_, option)| option).collect();
    for (index, option) in offered.iter_mut().enumerate() {
        option.is_preferred = false;
        option.unusable = (index == usize::from(dice.more)).then_some(UnavailableReason::Unsupported);
    }
    if let Some(first) = offered.iter_mut().find(|option| option.is_usable()) {
        first.is_preferred = true;
    }
    offered
}

fn prove(proof: Proof, dice: Dice) -> Result<Proof, StepUpError> {
    match dice.how % 8 {
        0 => Err(StepUpError::Cancelled),
        1 => Err(unavailable(UnavailableReason::NotOnThisDevice)),
        2 => Err(network()),
        3 if dice.more > 200 => Err(StepUpError::KeyLost),
        _ => Ok(proof),
    }
}
