//! The app's screen for a step-up: shows the flow's states, and passes on what the user does.

use stepup_core::{
    CodePrompt, Elevation, StepUpError, StepUpFilter, StepUpFlow, StepUpFlowState, StepUpMethod,
    StepUpOption, TokenScope,
};

use crate::codes;
use crate::stage::Stage;
use crate::told::{NotAsTold, Told, expect};

/// Leads the user through a step-up. None if none of the methods can be used here.
pub(crate) async fn step_up(
    stage: &Stage,
    scope: &TokenScope,
    filter: Option<StepUpFilter>,
) -> Told<Option<Elevation>> {
    stage.narrator.ask(&format!("step_up.start([\"{scope}\"])"));
    let started = stage.client.step_up().start(vec![scope.clone()], filter, None, true);
    let flow = expect("a flow is started", started)?;
    let mut shown = StepUpFlowState::Checking;
    loop {
        shown = flow.reached(|state| *state != shown).await;
        match &shown {
            StepUpFlowState::Choosing { options, error, .. } => {
                let Some(option) = choose(stage, options, error.as_ref()).await? else {
                    flow.cancel();
                    return Ok(None);
                };
                stage.narrator.ask(&format!("flow.select({})", name(option)));
                told(flow.select(option.id.clone()))?;
            }
            StepUpFlowState::AwaitingCode { option, prompt } if !prompt.is_resending => {
                enter(stage, &flow, option, prompt).await?;
            }
            StepUpFlowState::AwaitingCeremony { .. } => {
                stage.narrator.answer("the phone's passkey sheet is shown");
            }
            StepUpFlowState::Granted { elevations, .. } => return Ok(elevations.first().cloned()),
            StepUpFlowState::Failed { error } => return told(Err(error.clone())),
            StepUpFlowState::Cancelled { reason } => {
                return Err(NotAsTold::new("the step-up goes on", format!("it was cancelled: {reason:?}")));
            }
            _ => {}
        }
    }
}

/// The preferred option, or what the person wants instead.
async fn choose<'a>(
    stage: &Stage,
    options: &'a [StepUpOption],
    error: Option<&StepUpError>,
) -> Told<Option<&'a StepUpOption>> {
    if let Some(error) = error {
        stage.narrator.error(error);
        if !stage.person.is_typing() {
            return Err(NotAsTold::new("the method succeeds", error.to_string()));
        }
    }
    stage.narrator.answer("choosing:");
    let (usable, others): (Vec<_>, Vec<_>) = options.iter().partition(|option| is_usable(option));
    for (index, option) in usable.iter().enumerate() {
        let preferred = if option.is_preferred { "  [preferred]" } else { "" };
        stage.narrator.drawn(&format!("{}  {}{preferred}", index + 1, name(option)));
    }
    for option in others {
        stage.narrator.left_out(&name(option), "it cannot be used from here");
    }
    let preferred = usable.iter().find(|option| option.is_preferred).or(usable.first()).copied();
    let (Some(preferred), true) = (preferred, usable.len() > 1 && stage.person.is_typing()) else {
        return Ok(preferred);
    };
    loop {
        let question = format!("Which one? (Enter: {})", name(preferred));
        let typed = stage.person.line(&stage.narrator, &question).await?;
        if typed.is_empty() {
            return Ok(Some(preferred));
        }
        let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(option) = number.and_then(|index| usable.get(index)) {
            return Ok(Some(option));
        }
        stage.narrator.detail(&format!("A number from 1 to {}.", usable.len()));
    }
}

/// Has the code typed that the flow waits for.
async fn enter(stage: &Stage, flow: &StepUpFlow, option: &StepUpOption, prompt: &CodePrompt) -> Told {
    if let Some(error) = &prompt.error {
        if !stage.person.is_typing() {
            return told(Err(error.clone()));
        }
        stage.narrator.error(error);
    } else if let Some(destination) = &prompt.masked_destination {
        stage.narrator.answer(&format!("a code is on its way to {destination}"));
    }
    let code = match &option.method {
        StepUpMethod::Totp => codes::of_authenticator_app(stage).await?,
        StepUpMethod::RecoveryCode => stage.person.line(&stage.narrator, "A recovery code").await?,
        _ => {
            let sent = stage.client.step_up().state().pending_code;
            codes::of_message(stage, sent.as_ref()).await?
        }
    };
    stage.narrator.ask("flow.submit(code)");
    told(flow.submit(code))
}

/// Passkeys need a phone, which only the sandbox has; the others a browser, wallet or backend.
fn is_usable(option: &StepUpOption) -> bool {
    let method = &option.method;
    let is_shown_here = matches!(
        method,
        StepUpMethod::Email | StepUpMethod::Sms | StepUpMethod::Totp | StepUpMethod::Passkey
    );
    option.unusable.is_none() && (is_shown_here || *method == StepUpMethod::RecoveryCode)
}

/// An option as a person calls it.
fn name(option: &StepUpOption) -> String {
    let name = match option.method {
        StepUpMethod::Passkey => "passkey",
        StepUpMethod::Totp => "authenticator app",
        StepUpMethod::Email => "code by e-mail",
        StepUpMethod::Sms => "code by SMS",
        StepUpMethod::Wallet => "wallet",
        StepUpMethod::Social { .. } => "social account",
        StepUpMethod::ExternalJwt => "account of the app's backend",
        StepUpMethod::RecoveryCode => "recovery code",
    };
    option.masked_label.as_ref().map_or_else(|| name.to_owned(), |label| format!("{name}: {label}"))
}

fn told<T>(answer: Result<T, StepUpError>) -> Told<T> {
    expect("the step-up goes on", answer)
}
