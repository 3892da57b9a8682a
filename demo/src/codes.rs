//! Codes: where they come from, and what happens when one is refused.

use stepup_core::{CodeRefusal, OtpVerification, StepUpError, VerificationId};

use crate::person::Person;
use crate::stage::Stage;
use crate::told::{NotAsTold, Told, expect};

/// Sends a code and has it entered; a dead one is replaced by another.
///
/// `call` is what `send` asks of the core, in words for the reader; `attempt` takes the code and the id of
/// its verification.
pub(crate) async fn by_message<T>(
    stage: &Stage,
    call: &str,
    send: impl AsyncFn() -> Result<OtpVerification, StepUpError>,
    attempt: impl AsyncFn(String, VerificationId) -> Result<T, StepUpError>,
) -> Told<T> {
    loop {
        stage.narrator.ask(call);
        let sent = expect("a code is sent", send().await)?;
        stage.narrator.answer(&format!("a code is on its way to {}", sent.masked_destination));
        let mailed = stage.mailed_code(&sent);
        let compute = mailed.map(|code| move || code.clone());
        let try_it = async |code| attempt(code, sent.id.clone()).await;
        if let Some(accepted) = enter(stage, "Code from the message", compute, try_it).await? {
            return Ok(accepted);
        }
        stage.narrator.detail("That code is dead; another one is sent.");
    }
}

/// Has a code of the authenticator app entered.
pub(crate) async fn by_authenticator_app<T>(
    stage: &Stage,
    attempt: impl AsyncFn(String) -> Result<T, StepUpError>,
) -> Told<T> {
    let try_it = async |code| {
        let answer = attempt(code).await;
        stage.authenticator_app.get().inspect(|app| app.mark_used());
        answer
    };
    let entered = enter(stage, "Code of the authenticator app", shown_by_app(stage), try_it).await?;
    entered.ok_or_else(|| NotAsTold::new("a code is accepted", "no code is accepted any more"))
}

/// The code that a message brought, typed by the person.
pub(crate) async fn of_message(stage: &Stage, sent: Option<&OtpVerification>) -> Told<String> {
    let mailed = sent.and_then(|sent| stage.mailed_code(sent));
    typed(stage, "Code from the message", mailed.map(|code| move || code.clone()).as_ref()).await
}

/// The code that the authenticator app shows, typed by the person.
pub(crate) async fn of_authenticator_app(stage: &Stage) -> Told<String> {
    let code = typed(stage, "Code of the authenticator app", shown_by_app(stage).as_ref()).await?;
    stage.authenticator_app.get().inspect(|app| app.mark_used());
    Ok(code)
}

/// What gives the code of the authenticator app, where the demo plays it.
fn shown_by_app(stage: &Stage) -> Option<impl Fn() -> String> {
    let (app, server) = stage.authenticator_app.get().zip(stage.server.as_ref())?;
    Some(|| app.code(&server.sandbox.clock()))
}

/// What the person types, or what the demo computes for them.
async fn typed(stage: &Stage, question: &str, compute: Option<&impl Fn() -> String>) -> Told<String> {
    Ok(match (compute, &stage.person) {
        (Some(compute), Person::Played) => compute(),
        (Some(compute), Person::Typing(_)) => {
            let question = format!("{question} (Enter: the demo types it)");
            let typed = stage.person.line(&stage.narrator, &question).await?;
            if typed.is_empty() { compute() } else { typed }
        }
        (None, person) => person.line(&stage.narrator, question).await?,
    })
}

/// Has codes entered until one is accepted. None when no further one can be, because what it belongs to is
/// dead. `compute` gives the code where the demo has it.
async fn enter<T>(
    stage: &Stage,
    question: &str,
    compute: Option<impl Fn() -> String>,
    attempt: impl AsyncFn(String) -> Result<T, StepUpError>,
) -> Told<Option<T>> {
    loop {
        let code = typed(stage, question, compute.as_ref()).await?;
        match attempt(code).await {
            Err(StepUpError::InvalidCode { reason, .. }) if stage.person.is_typing() => {
                stage.narrator.answer(&format!("refused: {reason}"));
                if matches!(reason, CodeRefusal::Expired | CodeRefusal::TooManyAttempts) {
                    return Ok(None);
                }
            }
            answer => return expect("the code is accepted", answer).map(Some),
        }
    }
}
