//! Is a step-up needed?

use stepup_core::{CheckReason, CredentialFormat, StepUpCheck, TokenScope};

use super::ask_check;
use crate::stage::Stage;
use crate::told::Told;

pub(crate) async fn tell(stage: &Stage) -> Told<StepUpCheck> {
    let narrator = &stage.narrator;
    narrator.chapter("Check: does exporting the wallet need a step-up?");
    narrator.ask("step_up.has_elevated_access_token(\"wallet:export\")");
    let is_held = stage.client.step_up().has_elevated_access_token(TokenScope::WALLET_EXPORT);
    narrator.answer(&format!("{is_held}: known at once, from memory"));
    narrator.check("no permission is held yet", !is_held, &is_held)?;

    let check = ask_check(stage, &TokenScope::WALLET_EXPORT).await?;
    if stage.server.is_none() {
        let answers = [CheckReason::RequiredByServer, CheckReason::NotRequiredByServer];
        narrator.check("the answer is the server's", answers.contains(&check.reason), &check)?;
        return Ok(check);
    }
    let formats: Vec<_> = check.credentials.iter().map(|credential| credential.format.clone()).collect();
    let are_factors = formats == [CredentialFormat::Totp, CredentialFormat::Passkey];
    let is_required = check.is_required && check.reason == CheckReason::RequiredByServer;
    narrator.check(
        "it is required, and only a factor will do: the e-mail code is gone from the list",
        is_required && are_factors,
        &check,
    )?;
    let default = check.credentials.iter().find(|one| Some(&one.id) == check.default_credential_id.as_ref());
    narrator.check("one of them is marked as the one to offer first", default.is_some(), &check)?;

    let sign = ask_check(stage, &TokenScope::WALLET_SIGN).await?;
    narrator.check(
        "signing is not guarded in this environment, and the core does not invent a need",
        sign.reason == CheckReason::NotRequiredByServer,
        &sign,
    )?;
    Ok(check)
}
