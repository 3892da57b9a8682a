//! The step-up flow as a pure table: what a state becomes by an event, and what is to be done about it.
//! Knows no clock, no network and no lock; `flow.rs` runs the effects.

mod event;
mod outcome;
mod state;

use std::time::SystemTime;

pub(crate) use event::{Checked, Effect, Event, Proof};
pub(crate) use state::{AfterCaptcha, Again, Asked, AwaitedCode, Known, PasskeyPreparation, Phase, State};

use crate::{
    identifier::OptionId,
    secret::SecretString,
    step_up::{CodePrompt, FlowOrigin, PreparedPasskey, StepUpFlowEnd, StepUpMethod, StepUpOption},
};

/// The event is not possible in this state, which stays as it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidTransition;

type Next = Result<(State, Vec<Effect>), InvalidTransition>;

/// The first state of a flow. A passkey that the user is known to have is prepared beside the check.
pub(crate) fn started(asked: Asked, has_passkey: bool) -> (State, Vec<Effect>) {
    if has_passkey && asked.filter.admits_passkeys() {
        (State::new(asked, PasskeyPreparation::UnderWay), vec![Effect::Check, Effect::PreparePasskey])
    } else {
        (State::new(asked, PasskeyPreparation::None), vec![Effect::Check])
    }
}

/// What a state becomes.
pub(crate) fn transition(state: &State, event: Event) -> Next {
    if is_final(&state.phase) {
        return Err(InvalidTransition);
    }
    let next = state.clone();
    match event {
        Event::Select { option_id, now } => select(next, &option_id, now),
        Event::Submit { code } => submit(next, code),
        Event::SubmitCaptcha { token } => submit_captcha(next, token),
        Event::SubmitExternalJwt { jwt } => submit_external_jwt(next, jwt),
        Event::Back { now } => back(next, now),
        Event::Resend => resend(next),
        Event::Retry { now } => retry(next, now),
        Event::Cancel => Ok(cancelled(next, StepUpFlowEnd::ByApp)),
        Event::Ended { reason } => Ok(cancelled(next, reason)),
        Event::Checked { checked, now } => outcome::checked(next, checked, now),
        Event::PasskeyPrepared { outcome } => outcome::passkey_prepared(next, outcome),
        Event::PasskeyRunOut => outcome::passkey_run_out(next),
        Event::CodeSent { outcome, now } => outcome::code_sent(next, outcome, now),
        Event::CaptchaWanted { challenge } => outcome::captcha_wanted(next, challenge),
        Event::Proven { outcome } => outcome::proven(next, outcome),
        Event::Redeeming => outcome::redeeming(next),
        Event::Verified { outcome, covered } => outcome::verified(next, outcome, covered),
    }
}

fn is_final(phase: &Phase) -> bool {
    matches!(phase, Phase::Granted { .. } | Phase::Cancelled { .. } | Phase::Failed { .. })
}

fn cancelled(mut state: State, reason: StepUpFlowEnd) -> (State, Vec<Effect>) {
    state.phase = Phase::Cancelled { reason };
    let abort = state.known.abort();
    (state, vec![abort])
}

fn select(state: State, option_id: &OptionId, now: SystemTime) -> Next {
    let Phase::Choosing { .. } = state.phase else { return Err(InvalidTransition) };
    let option = state.known.option(option_id).cloned().ok_or(InvalidTransition)?;
    Ok(begin(state, option, now))
}

/// Begins with an option.
fn begin(mut state: State, option: StepUpOption, now: SystemTime) -> (State, Vec<Effect>) {
    let mut effects = Vec::new();
    state.phase = match &option.method {
        StepUpMethod::Passkey => {
            effects.extend(passkey_effect(&mut state.known, now));
            Phase::AwaitingCeremony { option }
        }
        StepUpMethod::Totp | StepUpMethod::RecoveryCode => {
            Phase::AwaitingCode { option, code: AwaitedCode::not_sent() }
        }
        StepUpMethod::Email | StepUpMethod::Sms => {
            let credential_id = option.id.clone().into();
            effects.push(Effect::SendCode { credential_id, captcha: None });
            Phase::SendingCode { option }
        }
        StepUpMethod::Wallet => {
            let credential_id = option.credential_id.clone();
            effects.push(Effect::SignWithWallet { credential_id, captcha: None });
            Phase::AwaitingSignature { option }
        }
        StepUpMethod::Social { provider } => {
            let (provider, scopes) = (provider.clone(), state.known.missing.clone());
            let origin = FlowOrigin::of(&state, &option);
            effects.push(Effect::OpenBrowser { provider, scopes, origin });
            Phase::AwaitingBrowser { option }
        }
        StepUpMethod::ExternalJwt => Phase::AwaitingExternalJwt { option, error: None },
    };
    (state, effects)
}

/// The sheet, if its options are there; else they are fetched first, unless they are on their way.
fn passkey_effect(known: &mut Known, now: SystemTime) -> Option<Effect> {
    match std::mem::replace(&mut known.passkey, PasskeyPreparation::UnderWay) {
        PasskeyPreparation::Ready(prepared) if prepared.expires_at > now => Some(shown_once(known, prepared)),
        PasskeyPreparation::Ready(_) | PasskeyPreparation::None => Some(Effect::PreparePasskey),
        PasskeyPreparation::UnderWay => None,
    }
}

/// A challenge serves one ceremony.
fn shown_once(known: &mut Known, prepared: PreparedPasskey) -> Effect {
    known.passkey = PasskeyPreparation::None;
    Effect::ShowPasskey { prepared }
}

fn submit(mut state: State, code: SecretString) -> Next {
    let Phase::AwaitingCode { option, code: awaited } = state.phase else { return Err(InvalidTransition) };
    let proof = match (&option.method, &awaited.verification_id) {
        (StepUpMethod::RecoveryCode, _) => Proof::RecoveryCode { code },
        (_, Some(id)) => {
            let is_second_factor = option.is_second_factor;
            Proof::Otp { code, verification_id: id.clone(), is_second_factor }
        }
        (_, None) => Proof::Totp { code, device_id: option.credential_id.clone().map(Into::into) },
    };
    state.phase = Phase::Verifying { option, code: Some(awaited) };
    let scopes = state.known.missing.clone();
    Ok((state, vec![Effect::Verify { proof, scopes }]))
}

fn submit_captcha(mut state: State, token: SecretString) -> Next {
    let Phase::CaptchaNeeded { option, then, .. } = state.phase else { return Err(InvalidTransition) };
    let captcha = Some(token);
    let effect = match then {
        AfterCaptcha::Send => {
            let credential_id = option.id.clone().into();
            state.phase = Phase::SendingCode { option };
            Effect::SendCode { credential_id, captcha }
        }
        AfterCaptcha::Resend(mut code) => {
            let verification_id = code.verification_id.clone().ok_or(InvalidTransition)?;
            code.prompt.is_resending = true;
            state.phase = Phase::AwaitingCode { option, code };
            Effect::ResendCode { verification_id, captcha }
        }
        AfterCaptcha::Sign => {
            let credential_id = option.credential_id.clone();
            state.phase = Phase::AwaitingSignature { option };
            Effect::SignWithWallet { credential_id, captcha }
        }
    };
    Ok((state, vec![effect]))
}

fn submit_external_jwt(mut state: State, jwt: SecretString) -> Next {
    let Phase::AwaitingExternalJwt { option, .. } = state.phase else { return Err(InvalidTransition) };
    state.phase = Phase::Verifying { option, code: None };
    let scopes = state.known.missing.clone();
    Ok((state, vec![Effect::Verify { proof: Proof::ExternalJwt { jwt }, scopes }]))
}

/// Leaves a method. What the server has been sent is not called back, so there is no way back while it looks
/// at a proof.
fn back(mut state: State, now: SystemTime) -> Next {
    match state.phase {
        Phase::CaptchaNeeded { option, then: AfterCaptcha::Resend(code), .. } => {
            state.phase = Phase::AwaitingCode { option, code };
            Ok((state, Vec::new()))
        }
        Phase::CaptchaNeeded { .. }
        | Phase::SendingCode { .. }
        | Phase::AwaitingCode { .. }
        | Phase::AwaitingCeremony { .. }
        | Phase::AwaitingBrowser { .. }
        | Phase::AwaitingSignature { .. }
        | Phase::AwaitingExternalJwt { .. } => Ok(left(state, now)),
        _ => Err(InvalidTransition),
    }
}

fn left(mut state: State, now: SystemTime) -> (State, Vec<Effect>) {
    let mut effects = vec![state.known.abort()];
    if state.known.options.is_none() {
        // A flow of an earlier process: what else there is to choose from has to be asked.
        state.phase = Phase::Checking;
        effects.push(Effect::Check);
        return (state, effects);
    }
    state.phase = Phase::Choosing { error: None, again: state.known.check_again() };
    effects.extend(state.known.passkey_to_prepare(now));
    (state, effects)
}

fn resend(mut state: State) -> Next {
    let Phase::AwaitingCode { option, mut code } = state.phase else { return Err(InvalidTransition) };
    let Some(verification_id) = code.verification_id.clone().filter(|_| !code.prompt.is_resending) else {
        return Err(InvalidTransition);
    };
    (code.prompt.is_resending, code.prompt.error) = (true, None);
    state.phase = Phase::AwaitingCode { option, code };
    Ok((state, vec![Effect::ResendCode { verification_id, captcha: None }]))
}

fn retry(mut state: State, now: SystemTime) -> Next {
    let Phase::Choosing { again: Some(again), .. } = &state.phase else { return Err(InvalidTransition) };
    match again.clone() {
        Again::Select { option_id } => select(state, &option_id, now),
        Again::Check => {
            state.phase = Phase::Checking;
            Ok((state, vec![Effect::Check]))
        }
    }
}

impl Known {
    /// The check is worth repeating where it has not named what can be chosen.
    fn check_again(&self) -> Option<Again> {
        let has_options = self.options.iter().flatten().next().is_some();
        (!self.is_confirmed || !has_options).then_some(Again::Check)
    }

    /// Fetches the passkey's options ahead, if one can be chosen and there are none that hold.
    fn passkey_to_prepare(&mut self, now: SystemTime) -> Option<Effect> {
        if matches!(&self.passkey, PasskeyPreparation::Ready(prepared) if prepared.expires_at <= now) {
            self.passkey = PasskeyPreparation::None;
        }
        self.passkey_to_replace()
    }

    /// The same after the options were used, called off or have run out.
    fn passkey_to_replace(&mut self) -> Option<Effect> {
        (self.passkey == PasskeyPreparation::None && self.offers_passkey()).then(|| {
            self.passkey = PasskeyPreparation::UnderWay;
            Effect::PreparePasskey
        })
    }
}

impl AwaitedCode {
    /// Of an authenticator app or a list of recovery codes: nothing is sent.
    fn not_sent() -> Self {
        let prompt = CodePrompt {
            channel: None,
            masked_destination: None,
            resend_at: None,
            is_resending: false,
            error: None,
        };
        Self { verification_id: None, prompt }
    }
}

#[cfg(test)]
mod tests;
