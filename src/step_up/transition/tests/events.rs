//! Events to try: for each column of the tables some.

use std::time::Duration;

use serde_json::json;

use super::{
    super::{Checked, Event, PasskeyPreparation, Phase, Proof, State},
    samples::{asked, challenge, elevation, methods, now, option, options, prepared, verification},
};
use crate::{
    error::{CodeRefusal, NetworkFailure, PlatformCallback, StepUpError, UnavailableReason},
    secret::SecretString,
    step_up::{StepUpFlowEnd, StepUpMethod},
    token::Elevation,
};

/// An event, and the state to try it in.
pub(super) struct Trial {
    pub(super) state: State,
    pub(super) event: Event,
    /// The method that the event chooses, where the cell says "by method".
    pub(super) method: Option<StepUpMethod>,
}

pub(super) fn secret() -> SecretString {
    SecretString::new("123456")
}

pub(super) fn network() -> StepUpError {
    StepUpError::Network { failure: NetworkFailure::TimedOut, request_id: "r".into() }
}

pub(super) fn rate_limited(seconds: Option<u64>) -> StepUpError {
    StepUpError::RateLimited { retry_after: seconds.map(Duration::from_secs), answer: None }
}

pub(super) fn unavailable(reason: UnavailableReason) -> StepUpError {
    StepUpError::MethodUnavailable { reason, answer: None }
}

pub(super) fn refused(reason: CodeRefusal) -> StepUpError {
    StepUpError::InvalidCode { reason, answer: None }
}

pub(super) fn invalid_argument() -> StepUpError {
    StepUpError::InvalidArgument { argument: "jwt".into(), reason: "has no `exp`".into() }
}

fn sign_in_again() -> Vec<StepUpError> {
    vec![
        StepUpError::NotSignedIn { answer: None },
        StepUpError::IdentityMismatch,
        StepUpError::KeyLost,
        StepUpError::DeviceRegistrationRequired,
    ]
}

/// The trials of a column of a table.
pub(super) fn trials(table: &str, column: &str, state: &State) -> Vec<Trial> {
    let simple = |events: Vec<Event>| -> Vec<Trial> {
        events.into_iter().map(|event| Trial { state: state.clone(), event, method: None }).collect()
    };
    match table {
        "The app, and the session" => by_app(column, state),
        "The check" if column == "required, one method only" => automatic(state),
        "The check" => simple(vec![Event::Checked { checked: checked(column), now: now() }]),
        "The passkey's options" => passkey(column, state),
        "Codes and captchas" => simple(codes(column)),
        "Passkey sheet and wallet" => simple(proofs(column)),
        "Browser and verification" => simple(verifications(column)),
        _ => panic!("unknown table: {table}"),
    }
}

fn by_app(column: &str, state: &State) -> Vec<Trial> {
    let now = now();
    let trial = |event| Trial { state: state.clone(), event, method: None };
    match column {
        "`select`" => methods().into_iter().flat_map(|method| chosen(state, &method)).collect(),
        "`submit`" => vec![trial(Event::Submit { code: secret() })],
        "`submit_captcha`" => vec![trial(Event::SubmitCaptcha { token: secret() })],
        "`submit_external_jwt`" => vec![trial(Event::SubmitExternalJwt { jwt: secret() })],
        "`back`" => vec![trial(Event::Back { now })],
        "`resend`" => vec![trial(Event::Resend)],
        "`retry`" => {
            let method = repeated(state);
            vec![Trial { method, ..trial(Event::Retry { now }) }]
        }
        "`cancel`" => vec![trial(Event::Cancel)],
        "the session ends" => {
            use StepUpFlowEnd as End;
            let reasons =
                [End::SignedOut, End::AnotherSignIn, End::SessionEnded, End::KeyLost, End::ClientClosed];
            reasons.map(|reason| trial(Event::Ended { reason })).into()
        }
        _ => panic!("unknown column: {column}"),
    }
}

fn repeated(state: &State) -> Option<StepUpMethod> {
    match &state.phase {
        Phase::Choosing { again: Some(super::super::Again::Select { option_id }), .. } => {
            methods().into_iter().find(|method| option(method).id == *option_id)
        }
        _ => None,
    }
}

/// The choice of a method; of a passkey with its options in each condition.
fn chosen(state: &State, method: &StepUpMethod) -> Vec<Trial> {
    let event = || Event::Select { option_id: option(method).id, now: now() };
    let trial = |state| Trial { state, event: event(), method: Some(method.clone()) };
    if *method != StepUpMethod::Passkey || !matches!(state.phase, Phase::Choosing { .. }) {
        return vec![trial(state.clone())];
    }
    let run_out =
        PasskeyPreparation::Ready(crate::step_up::PreparedPasskey { expires_at: now(), ..prepared() });
    let conditions = [
        PasskeyPreparation::None,
        PasskeyPreparation::UnderWay,
        PasskeyPreparation::Ready(prepared()),
        run_out,
    ];
    conditions.map(|passkey| trial(prepared_as(state, passkey))).into()
}

fn prepared_as(state: &State, passkey: PasskeyPreparation) -> State {
    let mut state = state.clone();
    state.known.passkey = passkey;
    state
}

fn checked(column: &str) -> Checked {
    let scopes = asked().scopes;
    let required = Checked {
        missing: scopes.clone(),
        not_required: Vec::new(),
        held: Vec::new(),
        options: options().split_off(1),
        enrollment_hints: Vec::new(),
        is_confirmed: true,
        error: None,
    };
    let not_required = vec![scopes[0].clone()];
    match column {
        "all held or not required" => {
            let held = vec![elevation(&scopes[1..])];
            Checked { missing: Vec::new(), not_required, held, options: Vec::new(), ..required }
        }
        "required" => required,
        "required, no method" => Checked { options: Vec::new(), ..required },
        "could not ask" => Checked { is_confirmed: false, error: Some(network()), ..required },
        "a token went meanwhile" => {
            Checked { missing: Vec::new(), not_required, options: Vec::new(), ..required }
        }
        "sign in again" => Checked { is_confirmed: false, error: Some(StepUpError::KeyLost), ..required },
        _ => panic!("unknown column: {column}"),
    }
}

/// A check that names one method, with a recovery code beside it.
fn automatic(state: &State) -> Vec<Trial> {
    let mut state = state.clone();
    state.asked.auto_select = true;
    let methods = methods().into_iter().filter(|method| *method != StepUpMethod::RecoveryCode);
    let trials = methods.map(|method| {
        let options = vec![option(&method), option(&StepUpMethod::RecoveryCode)];
        let checked = Checked { options, ..checked("required") };
        let event = Event::Checked { checked, now: now() };
        Trial { state: state.clone(), event, method: Some(method) }
    });
    trials.collect()
}

fn passkey(column: &str, state: &State) -> Vec<Trial> {
    let is_shown =
        super::samples::place(state) == super::document::Place::new("AwaitingCeremony", "the sheet is shown");
    let outcomes = match column {
        "prepared" => vec![Ok(prepared())],
        "cannot be" => vec![Err(unavailable(UnavailableReason::NotEnrolled))],
        "failed" => vec![Err(network()), Err(rate_limited(Some(5)))],
        "sign in again" => sign_in_again().into_iter().map(Err).collect(),
        "run out" => {
            let is_ceremony = matches!(state.phase, Phase::AwaitingCeremony { .. });
            let state = if is_ceremony {
                state.clone()
            } else {
                prepared_as(state, PasskeyPreparation::Ready(prepared()))
            };
            return vec![Trial { state, event: Event::PasskeyRunOut, method: None }];
        }
        _ => panic!("unknown column: {column}"),
    };
    let state = if is_shown { state.clone() } else { prepared_as(state, PasskeyPreparation::UnderWay) };
    let trials = outcomes.into_iter().map(|outcome| Trial {
        state: state.clone(),
        event: Event::PasskeyPrepared { outcome },
        method: None,
    });
    trials.collect()
}

fn codes(column: &str) -> Vec<Event> {
    let now = now();
    let ended = |outcome| Event::CodeSent { outcome, now };
    match column {
        "sent" => vec![ended(Ok(verification("second")))],
        "captcha wanted" => vec![Event::CaptchaWanted { challenge: challenge() }],
        "not sent" => {
            let reasons = [UnavailableReason::NotEnrolled, UnavailableReason::CaptchaRequired];
            let errors = [rate_limited(None), rate_limited(Some(90)), network()];
            errors.into_iter().chain(reasons.map(unavailable)).map(|error| ended(Err(error))).collect()
        }
        "sign in again" => sign_in_again().into_iter().map(|error| ended(Err(error))).collect(),
        _ => panic!("unknown column: {column}"),
    }
}

fn proofs(column: &str) -> Vec<Event> {
    let failed = |errors: Vec<StepUpError>| -> Vec<Event> {
        errors.into_iter().map(|error| Event::Proven { outcome: Err(error) }).collect()
    };
    match column {
        "signed" => {
            let proofs = [Proof::Passkey { body: json!({}) }, Proof::Wallet { body: json!({}) }];
            proofs.map(|proof| Event::Proven { outcome: Ok(proof) }).into()
        }
        "closed or failed" => {
            let what = PlatformCallback::Passkey;
            let silent = StepUpError::TimedOut { what };
            failed(vec![StepUpError::Cancelled, silent, StepUpError::CallbackFailed { what }, network()])
        }
        "not on this device" => failed(vec![unavailable(UnavailableReason::NotOnThisDevice)]),
        "sign in again" => failed(sign_in_again()),
        _ => panic!("unknown column: {column}"),
    }
}

fn verifications(column: &str) -> Vec<Event> {
    let scopes = asked().scopes;
    let ended = |outcome, covered: Vec<Elevation>| Event::Verified { outcome, covered };
    let failed = |errors: Vec<StepUpError>| -> Vec<Event> {
        errors.into_iter().map(|error| ended(Err(error), Vec::new())).collect()
    };
    match column {
        "the redirect is back" => vec![Event::Redeeming],
        // What counts is the token, whatever else went wrong.
        "a token is stored" => {
            let all = || vec![elevation(&scopes)];
            vec![ended(Ok(()), all()), ended(Err(network()), all())]
        }
        "the token is used up" => {
            vec![ended(Ok(()), Vec::new()), ended(Ok(()), vec![elevation(&scopes[..1])])]
        }
        "wrong or expired code" => {
            failed([CodeRefusal::Malformed, CodeRefusal::Wrong, CodeRefusal::Expired].map(refused).into())
        }
        "too many attempts" => failed(vec![refused(CodeRefusal::TooManyAttempts)]),
        "try later" => failed(vec![network(), rate_limited(Some(5)), StepUpError::SessionReplaced]),
        "an argument is wrong" => failed(vec![invalid_argument()]),
        "refused or closed" => {
            use UnavailableReason as Reason;
            let reasons = [Reason::ProofRefused, Reason::DifferentAccount, Reason::CaptchaRequired];
            let closed = [StepUpError::Cancelled, StepUpError::Internal { reason: "fault".into() }];
            failed(closed.into_iter().chain(reasons.map(unavailable)).collect())
        }
        "not all granted" => {
            let (granted, missing) = (vec![scopes[0].clone()], vec![scopes[1].clone()]);
            let covered = vec![elevation(&granted)];
            vec![ended(Err(StepUpError::NotElevated { granted, missing }), covered)]
        }
        "sign in again" => failed(sign_in_again()),
        "the client was shut down" => failed(vec![StepUpError::ClientClosed]),
        _ => panic!("unknown column: {column}"),
    }
}
