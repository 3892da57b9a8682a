//! What follows from how an effect has ended.

use std::time::{Duration, SystemTime};

use super::{
    AfterCaptcha, Again, AwaitedCode, Checked, Effect, InvalidTransition, Next, PasskeyPreparation, Phase,
    Proof, State, begin, shown_once,
};
use crate::{
    error::{ErrorKind, StepUpError},
    otp::OtpVerification,
    platform::CaptchaChallenge,
    scope::TokenScope,
    step_up::{CodePrompt, PreparedPasskey, StepUpFlowEnd, StepUpMethod, StepUpOption},
    token::Elevation,
};

/// Between two codes, where the server names none.
const PAUSE: Duration = Duration::from_secs(30);

type Unless<T> = Result<T, StepUpError>;

pub(super) fn checked(mut state: State, checked: Checked, now: SystemTime) -> Next {
    let Phase::Checking = state.phase else { return Err(InvalidTransition) };
    let Checked { missing, not_required, held, options, enrollment_hints, is_confirmed, error } = checked;
    let known = &mut state.known;
    (known.missing, known.not_required, known.is_confirmed) = (missing, not_required, is_confirmed);
    (known.options, known.enrollment_hints) = (Some(options), enrollment_hints);
    if let Some(error) = error.clone().filter(ends_flow) {
        return Ok(ended_by(state, error));
    }
    if state.is_granted_by(&held) {
        state.phase = Phase::Granted { elevations: held };
        let abort = state.known.abort();
        return Ok((state, vec![abort]));
    }
    if state.has_lost(&held) {
        // A token that the check has counted on was used meanwhile.
        return Ok((state, vec![Effect::Check]));
    }
    let wants_auto = state.asked.auto_select && !state.known.has_auto_selected && error.is_none();
    if let Some(option) = state.known.only_option().filter(|_| wants_auto).cloned() {
        state.known.has_auto_selected = true;
        return Ok(begin(state, option, now));
    }
    let again = error.is_some().then_some(Again::Check).or_else(|| state.known.check_again());
    match state.known.failed.take().filter(|_| error.is_none()) {
        Some((option, error)) => state.choose_again(&option, error),
        None => state.phase = Phase::Choosing { error, again },
    }
    let prepare = state.known.passkey_to_prepare(now);
    Ok((state, prepare.into_iter().collect()))
}

pub(super) fn passkey_prepared(mut state: State, outcome: Unless<PreparedPasskey>) -> Next {
    if state.known.passkey != PasskeyPreparation::UnderWay {
        return Err(InvalidTransition);
    }
    state.known.passkey = PasskeyPreparation::None;
    let waiting = match &state.phase {
        Phase::AwaitingCeremony { option } => Some(option.clone()),
        _ => None,
    };
    match (outcome, waiting) {
        (Ok(prepared), Some(_)) => {
            let show = shown_once(&mut state.known, prepared);
            Ok((state, vec![show]))
        }
        (Ok(prepared), None) => {
            state.known.passkey = PasskeyPreparation::Ready(prepared);
            Ok((state, Vec::new()))
        }
        // Asking again at once would not help.
        (Err(error), Some(option)) => Ok(marked_with(state, &option, error)),
        (Err(error), None) => {
            // Nobody waits for it: what it says of the option is kept, a mere failure is tried again then.
            if matches!(error, StepUpError::MethodUnavailable { .. }) {
                state.known.mark_passkeys(&error);
            }
            Ok((state, Vec::new()))
        }
    }
}

pub(super) fn passkey_run_out(mut state: State) -> Next {
    let PasskeyPreparation::Ready(_) = state.known.passkey else { return Err(InvalidTransition) };
    state.known.passkey = PasskeyPreparation::None;
    let is_choosing = matches!(state.phase, Phase::Choosing { .. });
    let prepare = is_choosing.then(|| state.known.passkey_to_replace()).flatten();
    Ok((state, prepare.into_iter().collect()))
}

pub(super) fn code_sent(mut state: State, outcome: Unless<OtpVerification>, now: SystemTime) -> Next {
    match state.phase {
        Phase::SendingCode { ref option } => {
            let option = option.clone();
            match outcome {
                Ok(verification) => {
                    state.phase = Phase::AwaitingCode { option, code: AwaitedCode::of(verification) };
                    Ok((state, Vec::new()))
                }
                Err(error) => Ok(failed_with(state, &option, error)),
            }
        }
        Phase::AwaitingCode { ref mut code, .. } | Phase::Verifying { code: Some(ref mut code), .. }
            if code.prompt.is_resending =>
        {
            match outcome {
                Err(error) if ends_flow(&error) => return Ok(ended_by(state, error)),
                outcome => code.sent_again(outcome, now),
            }
            Ok((state, Vec::new()))
        }
        _ => Err(InvalidTransition),
    }
}

pub(super) fn captcha_wanted(mut state: State, challenge: CaptchaChallenge) -> Next {
    let (option, then) = match state.phase {
        Phase::SendingCode { option } => (option, AfterCaptcha::Send),
        Phase::AwaitingCode { option, mut code } if code.prompt.is_resending => {
            code.prompt.is_resending = false;
            (option, AfterCaptcha::Resend(code))
        }
        Phase::Verifying { code: Some(ref mut code), .. } if code.prompt.is_resending => {
            // The code that the user has is being looked at; if it does not do, they may ask again.
            code.prompt.is_resending = false;
            return Ok((state, Vec::new()));
        }
        Phase::Verifying { option, code: None } if option.method == StepUpMethod::Wallet => {
            (option, AfterCaptcha::Sign)
        }
        _ => return Err(InvalidTransition),
    };
    state.phase = Phase::CaptchaNeeded { option, challenge, then };
    Ok((state, Vec::new()))
}

pub(super) fn proven(mut state: State, outcome: Unless<Proof>) -> Next {
    let (Phase::AwaitingCeremony { option } | Phase::AwaitingSignature { option }) = &state.phase else {
        return Err(InvalidTransition);
    };
    if matches!(state.phase, Phase::AwaitingCeremony { .. })
        && state.known.passkey == PasskeyPreparation::UnderWay
    {
        // No sheet is shown yet.
        return Err(InvalidTransition);
    }
    let option = option.clone();
    match outcome {
        Ok(proof) => {
            state.phase = Phase::Verifying { option, code: None };
            let scopes = state.known.missing.clone();
            Ok((state, vec![Effect::Verify { proof, scopes }]))
        }
        Err(error) => Ok(failed_with(state, &option, error)),
    }
}

pub(super) fn redeeming(mut state: State) -> Next {
    let Phase::AwaitingBrowser { option } = state.phase else { return Err(InvalidTransition) };
    state.phase = Phase::Verifying { option, code: None };
    Ok((state, Vec::new()))
}

pub(super) fn verified(mut state: State, outcome: Unless<()>, covered: Vec<Elevation>) -> Next {
    let (option, code) = match &state.phase {
        Phase::Verifying { option, code } => (option.clone(), code.clone()),
        Phase::AwaitingBrowser { option } => (option.clone(), None),
        _ => return Err(InvalidTransition),
    };
    if state.is_granted_by(&covered) {
        // What counts is the token, whatever else went wrong on the way.
        state.phase = Phase::Granted { elevations: covered };
        let abort = state.known.abort();
        return Ok((state, vec![abort]));
    }
    state.known.cover(&covered);
    match outcome {
        Err(error) if ends_flow(&error) || !state.known.missing.is_empty() => {
            Ok(refused(state, &option, code, error))
        }
        // It was granted and is gone already, or another one is: what is needed now has to be found out.
        _ => {
            state.phase = Phase::Checking;
            let abort = state.known.abort();
            Ok((state, vec![abort, Effect::Check]))
        }
    }
}

/// A proof did not do: the same field again where another code may, else the choice of methods.
fn refused(
    mut state: State,
    option: &StepUpOption,
    code: Option<AwaitedCode>,
    error: StepUpError,
) -> (State, Vec<Effect>) {
    let stays = match error.kind() {
        ErrorKind::RetryLater | ErrorKind::AskUserAgain => true,
        _ => {
            let is_argument = matches!(error, StepUpError::InvalidArgument { .. });
            is_argument && option.method == StepUpMethod::ExternalJwt
        }
    };
    match code {
        Some(mut code) if stays => {
            code.prompt.error = Some(error);
            state.phase = Phase::AwaitingCode { option: option.clone(), code };
            (state, Vec::new())
        }
        None if stays && option.method == StepUpMethod::ExternalJwt => {
            state.phase = Phase::AwaitingExternalJwt { option: option.clone(), error: Some(error) };
            (state, Vec::new())
        }
        _ => failed_with(state, option, error),
    }
}

/// A method did not do: back to the choice, with the option marked. A passkey's options are fetched again: a
/// challenge serves once, and the next tap may come soon.
fn failed_with(state: State, option: &StepUpOption, error: StepUpError) -> (State, Vec<Effect>) {
    let (mut state, mut effects) = marked_with(state, option, error);
    if matches!(state.phase, Phase::Choosing { .. }) {
        effects.extend(state.known.passkey_to_replace());
    }
    (state, effects)
}

fn marked_with(mut state: State, option: &StepUpOption, error: StepUpError) -> (State, Vec<Effect>) {
    if ends_flow(&error) {
        return ended_by(state, error);
    }
    let mut effects = vec![state.known.abort()];
    if state.known.options.is_none() {
        // A flow of an earlier process: what there is to choose from has to be asked first.
        state.known.failed = Some((option.clone(), error));
        state.phase = Phase::Checking;
        effects.push(Effect::Check);
        return (state, effects);
    }
    state.choose_again(option, error);
    (state, effects)
}

/// Whether no other method can help.
fn ends_flow(error: &StepUpError) -> bool {
    matches!(error, StepUpError::ClientClosed | StepUpError::DeviceRegistrationRequired)
        || error.kind() == ErrorKind::SignInAgain
}

fn ended_by(mut state: State, error: StepUpError) -> (State, Vec<Effect>) {
    state.phase = match error {
        StepUpError::ClientClosed => Phase::Cancelled { reason: StepUpFlowEnd::ClientClosed },
        error => Phase::Failed { error },
    };
    let abort = state.known.abort();
    (state, vec![abort])
}

impl State {
    fn choose_again(&mut self, option: &StepUpOption, error: StepUpError) {
        self.known.mark_tried(option, &error);
        let is_offered = self.known.option(&option.id).is_some();
        let again = is_offered.then(|| Again::Select { option_id: option.id.clone() });
        let again = again.or_else(|| self.known.check_again());
        self.phase = Phase::Choosing { error: Some(error), again };
    }

    fn is_granted_by(&self, covered: &[Elevation]) -> bool {
        self.asked.scopes.iter().all(|scope| self.is_settled(scope, covered))
    }

    /// Whether something is neither settled nor known to be missing.
    fn has_lost(&self, covered: &[Elevation]) -> bool {
        let is_lost = |scope| !self.is_settled(scope, covered) && !self.known.missing.contains(scope);
        self.asked.scopes.iter().any(is_lost)
    }

    fn is_settled(&self, scope: &TokenScope, covered: &[Elevation]) -> bool {
        self.known.not_required.contains(scope) || covered.iter().any(|it| it.scopes.contains(scope))
    }
}

impl AwaitedCode {
    pub(crate) fn of(verification: OtpVerification) -> Self {
        let prompt = CodePrompt {
            channel: Some(verification.channel),
            masked_destination: Some(verification.masked_destination),
            resend_at: Some(verification.resend_at),
            is_resending: false,
            error: None,
        };
        Self { verification_id: Some(verification.id), prompt }
    }

    fn sent_again(&mut self, outcome: Unless<OtpVerification>, now: SystemTime) {
        match outcome {
            Ok(verification) => *self = Self::of(verification),
            Err(error) => {
                self.prompt.is_resending = false;
                let is_too_often = matches!(error, StepUpError::RateLimited { .. });
                let pause = error.retry_after().or(is_too_often.then_some(PAUSE));
                self.prompt.resend_at = pause.map(|pause| now + pause).or(self.prompt.resend_at);
                self.prompt.error = Some(error);
            }
        }
    }
}
