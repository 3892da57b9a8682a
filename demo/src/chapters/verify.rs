//! Prove it.

use stepup_core::{
    CheckReason, CredentialFormat, Elevation, StepUpCheck, StepUpCredential, StepUpError, TokenScope,
};

use super::{ask_check, granted, method};
use crate::codes;
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
    if !with_choice(stage, check).await? {
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

/// Has a method chosen and verifies with it. False if none of them can be used here.
pub(super) async fn with_choice(stage: &Stage, check: &StepUpCheck) -> Told<bool> {
    let Some(credential) = choose(stage, check).await? else { return Ok(false) };
    let elevation = with(stage, credential, &check.scope).await?;
    stage.narrator.answer(&granted(&elevation));
    let covers = elevation.scopes.contains(&check.scope);
    stage.narrator.check(&format!("{} is granted", check.scope), covers, &elevation)?;
    Ok(true)
}

/// Verifies with one credential.
async fn with(stage: &Stage, credential: &StepUpCredential, scope: &TokenScope) -> Told<Elevation> {
    let (narrator, step_up) = (&stage.narrator, stage.client.step_up());
    let scopes = || vec![scope.clone()];
    match credential.format {
        CredentialFormat::Totp => {
            codes::by_authenticator_app(stage, async |code| {
                narrator.ask(&format!("step_up.verify_totp(code, [\"{scope}\"])"));
                step_up.verify_totp(code, scopes(), Some(credential.id.clone()), None).await
            })
            .await
        }
        CredentialFormat::Passkey => {
            narrator.ask(&format!("step_up.verify_passkey([\"{scope}\"])"));
            expect("the passkey is accepted", step_up.verify_passkey(scopes(), None).await)
        }
        _ => {
            let send = async || step_up.send_otp(Some(credential.id.clone()), None).await;
            codes::by_message(stage, "step_up.send_otp(credential)", send, async |code, id| {
                narrator.ask(&format!("step_up.verify_otp(code, [\"{scope}\"])"));
                step_up.verify_otp(code, scopes(), Some(id), None).await
            })
            .await
        }
    }
}

/// The default, or what the person wants instead.
async fn choose<'a>(stage: &Stage, check: &'a StepUpCheck) -> Told<Option<&'a StepUpCredential>> {
    let (usable, others): (Vec<_>, Vec<_>) =
        check.credentials.iter().partition(|credential| is_usable(stage, credential));
    for credential in others {
        stage.narrator.left_out(&method(credential), "it cannot be used from here");
    }
    let default =
        usable.iter().find(|credential| Some(&credential.id) == check.default_credential_id.as_ref());
    let default = default.or(usable.first()).copied();
    let (Some(default), true) = (default, usable.len() > 1 && stage.person.is_typing()) else {
        return Ok(default);
    };
    for (index, credential) in usable.iter().enumerate() {
        stage.narrator.drawn(&format!("{}  {}", index + 1, method(credential)));
    }
    loop {
        let question = format!("Which one? (Enter: {})", method(default));
        let typed = stage.person.line(&stage.narrator, &question).await?;
        if typed.is_empty() {
            return Ok(Some(default));
        }
        let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(credential) = number.and_then(|index| usable.get(index)) {
            return Ok(Some(credential));
        }
        stage.narrator.detail(&format!("A number from 1 to {}.", usable.len()));
    }
}

/// Passkeys need a phone: here, the virtual one.
fn is_usable(stage: &Stage, credential: &StepUpCredential) -> bool {
    match credential.format {
        CredentialFormat::Email | CredentialFormat::PhoneNumber | CredentialFormat::Totp => true,
        CredentialFormat::Passkey => stage.server.is_some(),
        _ => false,
    }
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
