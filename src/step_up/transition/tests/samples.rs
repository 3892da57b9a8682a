//! States to try: for each line of the tables some.

use std::time::{Duration, SystemTime};

use super::{
    super::{AfterCaptcha, Again, Asked, AwaitedCode, Effect, PasskeyPreparation, Phase, State},
    document::Place,
    events::{invalid_argument, network, unavailable},
};
use crate::{
    error::{StepUpError, UnavailableReason},
    oauth::SocialProvider,
    otp::{OtpChannel, OtpVerification},
    platform::CaptchaChallenge,
    scope::TokenScope,
    step_up::{PreparedPasskey, StepUpFilter, StepUpFlowEnd, StepUpMethod, StepUpOption},
    token::Elevation,
};

/// The moment at which everything happens.
pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(super) fn asked() -> Asked {
    Asked {
        scopes: vec![TokenScope::CREDENTIAL_LINK, TokenScope::WALLET_EXPORT],
        filter: StepUpFilter::All,
        preferred_credential_id: None,
        auto_select: false,
    }
}

/// One of each method.
pub(super) fn methods() -> Vec<StepUpMethod> {
    let provider = SocialProvider::Google;
    vec![
        StepUpMethod::Passkey,
        StepUpMethod::Totp,
        StepUpMethod::Email,
        StepUpMethod::Sms,
        StepUpMethod::Wallet,
        StepUpMethod::Social { provider },
        StepUpMethod::ExternalJwt,
        StepUpMethod::RecoveryCode,
    ]
}

/// The name of a method in the document.
pub(super) fn name(method: &StepUpMethod) -> &'static str {
    match method {
        StepUpMethod::Passkey => "Passkey",
        StepUpMethod::Totp => "Totp",
        StepUpMethod::Email => "Email",
        StepUpMethod::Sms => "Sms",
        StepUpMethod::Wallet => "Wallet",
        StepUpMethod::Social { .. } => "Social",
        StepUpMethod::ExternalJwt => "ExternalJwt",
        StepUpMethod::RecoveryCode => "RecoveryCode",
    }
}

pub(super) fn option(method: &StepUpMethod) -> StepUpOption {
    let id = format!("the-{}", name(method));
    StepUpOption {
        credential_id: Some(id.as_str().into()),
        id: id.into(),
        method: method.clone(),
        masked_label: None,
        is_second_factor: matches!(method, StepUpMethod::Passkey | StepUpMethod::Totp),
        is_preferred: *method == StepUpMethod::Passkey,
        unusable: None,
        error: None,
    }
}

pub(super) fn options() -> Vec<StepUpOption> {
    methods().iter().map(option).collect()
}

pub(super) fn social() -> StepUpOption {
    option(&StepUpMethod::Social { provider: SocialProvider::Google })
}

pub(super) fn challenge() -> CaptchaChallenge {
    CaptchaChallenge { provider: "hcaptcha".into(), site_key: "key".into() }
}

pub(super) fn prepared() -> PreparedPasskey {
    PreparedPasskey { options_json: "{}".into(), expires_at: now() + Duration::from_secs(60) }
}

pub(super) fn verification(id: &str) -> OtpVerification {
    OtpVerification {
        id: id.into(),
        channel: OtpChannel::Email,
        masked_destination: "a•••@example.com".into(),
        resend_at: now() + Duration::from_secs(30),
    }
}

pub(super) fn sent(is_resending: bool) -> AwaitedCode {
    let mut code = AwaitedCode::of(verification("first"));
    code.prompt.is_resending = is_resending;
    code
}

pub(super) fn elevation(scopes: &[TokenScope]) -> Elevation {
    let expires_at = now() + Duration::from_secs(300);
    Elevation { scopes: scopes.to_vec(), expires_at, single_use: true }
}

/// A state in which options were named and a passkey is prepared.
pub(super) fn state(phase: Phase) -> State {
    let mut state = State::new(asked(), PasskeyPreparation::Ready(prepared()));
    state.known.options = Some(options());
    state.known.is_confirmed = true;
    state.phase = phase;
    state
}

/// The same in a flow of an earlier process.
fn earlier(phase: Phase) -> State {
    State { phase, ..State::new(asked(), PasskeyPreparation::None) }
}

fn with_passkey(passkey: PasskeyPreparation, phase: Phase) -> State {
    let mut state = state(phase);
    state.known.passkey = passkey;
    state
}

fn choices() -> Vec<State> {
    let failed = || Some(unavailable(UnavailableReason::ProofRefused));
    let again = |option: StepUpOption| Some(Again::Select { option_id: option.id });
    let mut choices = vec![
        state(Phase::Choosing { error: None, again: None }),
        state(Phase::Choosing { error: Some(network()), again: Some(Again::Check) }),
    ];
    let repeated =
        options().into_iter().map(|option| Phase::Choosing { error: failed(), again: again(option) });
    choices.extend(repeated.map(state));
    let mut unconfirmed = state(Phase::Choosing { error: None, again: Some(Again::Check) });
    unconfirmed.known.is_confirmed = false;
    choices.push(unconfirmed);
    choices
}

fn with_codes() -> Vec<State> {
    let email = || option(&StepUpMethod::Email);
    let code_of = |method, code| Phase::AwaitingCode { option: option(&method), code };
    let captcha = |then| Phase::CaptchaNeeded { option: email(), challenge: challenge(), then };
    let looked_at = |option, code| Phase::Verifying { option, code: Some(code) };
    let mut all = vec![
        state(Phase::SendingCode { option: email() }),
        state(captcha(AfterCaptcha::Send)),
        state(code_of(StepUpMethod::Totp, AwaitedCode::not_sent())),
        state(code_of(StepUpMethod::RecoveryCode, AwaitedCode::not_sent())),
        state(looked_at(option(&StepUpMethod::Totp), AwaitedCode::not_sent())),
    ];
    for of_process in [state, earlier] {
        all.push(of_process(captcha(AfterCaptcha::Resend(sent(false)))));
        for is_resending in [false, true] {
            all.push(of_process(code_of(StepUpMethod::Email, sent(is_resending))));
            all.push(of_process(code_of(StepUpMethod::Sms, sent(is_resending))));
            all.push(of_process(looked_at(email(), sent(is_resending))));
        }
    }
    all
}

fn without_codes() -> Vec<State> {
    let (passkey, wallet) = (option(&StepUpMethod::Passkey), option(&StepUpMethod::Wallet));
    let assertion = option(&StepUpMethod::ExternalJwt);
    let verifying = |option: &StepUpOption| Phase::Verifying { option: option.clone(), code: None };
    let ceremony = || Phase::AwaitingCeremony { option: passkey.clone() };
    let then = AfterCaptcha::Sign;
    let wrong = Some(invalid_argument());
    vec![
        with_passkey(PasskeyPreparation::UnderWay, ceremony()),
        with_passkey(PasskeyPreparation::None, ceremony()),
        with_passkey(PasskeyPreparation::None, verifying(&passkey)),
        state(Phase::AwaitingSignature { option: wallet.clone() }),
        state(Phase::CaptchaNeeded { option: wallet.clone(), challenge: challenge(), then }),
        state(verifying(&wallet)),
        state(Phase::AwaitingBrowser { option: social() }),
        earlier(Phase::AwaitingBrowser { option: social() }),
        state(verifying(&social())),
        earlier(verifying(&social())),
        state(Phase::AwaitingExternalJwt { option: assertion.clone(), error: None }),
        state(Phase::AwaitingExternalJwt { option: assertion.clone(), error: wrong }),
        state(verifying(&assertion)),
    ]
}

/// Representatives of each state, several where it matters.
pub(super) fn states() -> Vec<State> {
    let held = vec![elevation(&asked().scopes)];
    let ends = [
        Phase::Granted { elevations: held },
        Phase::Cancelled { reason: StepUpFlowEnd::ByApp },
        Phase::Failed { error: StepUpError::KeyLost },
    ];
    let mut all =
        vec![with_passkey(PasskeyPreparation::Ready(prepared()), Phase::Checking), earlier(Phase::Checking)];
    all.extend(choices().into_iter().chain(with_codes()).chain(without_codes()));
    all.extend(ends.map(state));
    all
}

/// The line of the tables that a state belongs to.
pub(super) fn place(state: &State) -> Place {
    let (name, variant) = match &state.phase {
        Phase::Checking => ("Checking", ""),
        Phase::Choosing { again: None, .. } => ("Choosing", "nothing to repeat"),
        Phase::Choosing { again: Some(Again::Check), .. } => ("Choosing", "the check to repeat"),
        Phase::Choosing { again: Some(Again::Select { .. }), .. } => ("Choosing", "a method to repeat"),
        Phase::CaptchaNeeded { then: AfterCaptcha::Send, .. } => ("CaptchaNeeded", "to send"),
        Phase::CaptchaNeeded { then: AfterCaptcha::Resend(_), .. } => ("CaptchaNeeded", "to send again"),
        Phase::CaptchaNeeded { then: AfterCaptcha::Sign, .. } => ("CaptchaNeeded", "to sign"),
        Phase::SendingCode { .. } => ("SendingCode", ""),
        Phase::AwaitingCode { code, .. } if code.prompt.is_resending => ("AwaitingCode", "being sent again"),
        Phase::AwaitingCode { code, .. } if code.verification_id.is_some() => ("AwaitingCode", "sent"),
        Phase::AwaitingCode { .. } => ("AwaitingCode", "of an app or a list"),
        Phase::AwaitingCeremony { .. } if state.known.passkey == PasskeyPreparation::UnderWay => {
            ("AwaitingCeremony", "its options are fetched")
        }
        Phase::AwaitingCeremony { .. } => ("AwaitingCeremony", "the sheet is shown"),
        Phase::AwaitingBrowser { .. } => ("AwaitingBrowser", ""),
        Phase::AwaitingSignature { .. } => ("AwaitingSignature", ""),
        Phase::AwaitingExternalJwt { .. } => ("AwaitingExternalJwt", ""),
        Phase::Verifying { option, code } => ("Verifying", looked_at(option, code.as_ref())),
        Phase::Granted { .. } => ("Granted", ""),
        Phase::Cancelled { .. } => ("Cancelled", ""),
        Phase::Failed { .. } => ("Failed", ""),
    };
    Place::new(name, variant)
}

fn looked_at(option: &StepUpOption, code: Option<&AwaitedCode>) -> &'static str {
    match (&option.method, code) {
        (_, Some(code)) if code.prompt.is_resending => "a code while another is sent",
        (_, Some(_)) => "a code",
        (StepUpMethod::Passkey, None) => "a passkey",
        (StepUpMethod::Wallet, None) => "a signature",
        (StepUpMethod::Social { .. }, None) => "a redirect",
        (_, None) => "an assertion",
    }
}

/// The document's word for an effect.
pub(super) fn word(effect: &Effect) -> &'static str {
    match effect {
        Effect::Check => "check",
        Effect::PreparePasskey => "prepare",
        Effect::SendCode { .. } => "send",
        Effect::ResendCode { .. } => "resend",
        Effect::ShowPasskey { .. } => "sheet",
        Effect::SignWithWallet { .. } => "sign",
        Effect::OpenBrowser { .. } => "browser",
        Effect::Verify { .. } => "verify",
        Effect::Abort => "stop",
    }
}
