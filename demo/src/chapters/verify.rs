//! Prove it.

use stepup_core::{CheckReason, StepUpCheck, StepUpError, StepUpFilter, TokenScope};

use super::{ask_check, granted};
use crate::screen;
use crate::stage::Stage;
use crate::told::{NotAsTold, Told, expect};

pub(crate) async fn tell(stage: &Stage, check: &StepUpCheck) -> Told {
    let narrator = &stage.narrator;
    narrator.chapter("Verify: the user proves who she is");
    if !check.is_required {
        narrator.left_out("verifying", "this environment does not require it for wallet:export");
        return Ok(());
    }
    if stage.server.is_some() {
        email_is_not_enough(stage).await?;
        narrator.prose("So she takes what she was offered.");
    }
    if !by_flow(stage, &check.scope, None).await? {
        narrator.left_out("verifying", "none of your methods can be used here");
        return Ok(());
    }
    let is_held = stage.client.step_up().has_elevated_access_token(check.scope.clone());
    narrator.check(
        "the core holds the permission; the token itself it keeps to itself",
        is_held,
        &is_held,
    )?;
    no_second_request(stage, &check.scope).await
}

/// Leads the user through a step-up for a scope. False if none of the methods can be used here.
pub(super) async fn by_flow(stage: &Stage, scope: &TokenScope, filter: Option<StepUpFilter>) -> Told<bool> {
    let Some(elevation) = screen::step_up(stage, scope, filter).await? else { return Ok(false) };
    stage.narrator.answer(&granted(&elevation));
    let covers = elevation.scopes.contains(scope);
    stage.narrator.check(&format!("{scope} is granted"), covers, &elevation)?;
    Ok(true)
}

/// An aside: who has a factor must use it.
async fn email_is_not_enough(stage: &Stage) -> Told {
    let (narrator, step_up) = (&stage.narrator, stage.client.step_up());
    narrator
        .prose("An aside. Whoever reads her mail could try the e-mail code, although it was not offered:");
    narrator.ask("step_up.send_otp()");
    let sent = expect("a code is sent", step_up.send_otp(None, None).await)?;
    narrator.answer(&format!("a code is on its way to {}", sent.masked_destination));
    let code = stage.mailed_code(&sent);
    let code = code.ok_or_else(|| NotAsTold::new("the mail has a code", "no mail"))?;
    narrator.ask("step_up.verify_otp(code, [\"wallet:export\"])");
    let answer = step_up.verify_otp(code, vec![TokenScope::WALLET_EXPORT], Some(sent.id), None).await;
    let is_refused = matches!(&answer, Err(StepUpError::NotElevated { granted, .. }) if granted.is_empty());
    if let Err(error) = &answer {
        narrator.error(error);
    }
    narrator.check("the right code grants nothing to a user who has a factor", is_refused, &answer)
}

/// A held token is an answer.
async fn no_second_request(stage: &Stage, scope: &TokenScope) -> Told {
    let requests = || stage.server.as_ref().map(|server| server.sandbox.log().exchanges().len());
    let before = requests();
    let again = ask_check(stage, scope).await?;
    let is_local = again.reason == CheckReason::TokenHeld && requests() == before;
    stage.narrator.check("a check needs no request now", is_local, &again)
}
