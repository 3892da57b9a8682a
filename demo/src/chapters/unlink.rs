//! Unlink a factor; the core attaches the token.

use stepup_core::{MfaFactorKind, StepUpError, StepUpFilter, StepUpMethod, TokenScope};

use super::{ask_check, factors, verify};
use crate::stage::{Server, Stage};
use crate::told::{NotAsTold, Told, expect};

pub(crate) async fn tell(stage: &Stage) -> Told {
    stage.narrator.chapter("Unlink a factor: the core attaches the token by itself");
    match &stage.server {
        Some(server) => unlink_passkey(stage, server).await,
        None => unlink_what_was_linked(stage).await,
    }
}

async fn unlink_passkey(stage: &Stage, server: &Server) -> Told {
    let narrator = &stage.narrator;
    narrator.prose(
        "Calls to the server's own API need no help of the app: the core knows which one needs which token.",
    );
    let listed = factors(stage).await?;
    let passkey = listed.into_iter().find(|factor| factor.kind == MfaFactorKind::Passkey);
    let passkey = passkey.ok_or_else(|| NotAsTold::new("the passkey is listed", "it is not"))?;
    let passkeys = stage.client.passkeys();

    narrator.ask("passkeys.delete(id)");
    let answer = passkeys.delete(passkey.id.clone().into(), None).await;
    if let Err(error) = &answer {
        narrator.error(error);
    }
    let wanted = TokenScope::CREDENTIAL_UNLINK;
    let names_it = matches!(&answer, Err(StepUpError::StepUpRequired { scope, .. }) if *scope == wanted);
    narrator.check("refused without a step-up, and the error says for what", names_it, &answer)?;

    narrator.prose("The passkey is what she wants to be rid of, so she is offered the authenticator app.");
    let filter = StepUpFilter::Methods { methods: vec![StepUpMethod::Totp] };
    verify::by_flow(stage, &wanted, Some(filter)).await?;

    narrator.ask("passkeys.delete(id)");
    expect("the passkey is deleted", passkeys.delete(passkey.id.into(), None).await)?;
    narrator.answer("done");
    check_log(stage, server)?;
    let kinds: Vec<_> = factors(stage).await?.into_iter().map(|factor| factor.kind).collect();
    narrator.check("the authenticator app is what is left", kinds == [MfaFactorKind::Totp], &kinds)
}

/// What the server saw.
fn check_log(stage: &Stage, server: &Server) -> Told {
    let exchanges = server.sandbox.log().exchanges();
    let deletion = exchanges.iter().rev().find(|exchange| exchange.method == "DELETE");
    let was_verified = deletion.is_some_and(|exchange| {
        exchange.headers.contains_key("x-dyn-elevated-access-token")
            && exchange.checks.iter().any(|check| check.name == "elevated_token" && check.passed)
    });
    let checks = deletion.map(|exchange| &exchange.checks);
    stage.narrator.check(
        "the server's log: the request carried the token, and it was verified",
        was_verified,
        &checks,
    )
}

async fn unlink_what_was_linked(stage: &Stage) -> Told {
    let Some(app) = stage.authenticator_app.get() else {
        stage.narrator.left_out("unlinking", "nothing was linked in this run");
        return Ok(());
    };
    let check = ask_check(stage, &TokenScope::CREDENTIAL_UNLINK).await?;
    if check.is_required && !verify::by_flow(stage, &check.scope, None).await? {
        return Err(NotAsTold::new("the linked authenticator app can be used", "it is not offered"));
    }
    stage.narrator.ask("mfa.delete(id)");
    expect(
        "the authenticator app is unlinked",
        stage.client.mfa().delete(app.device_id.clone(), None).await,
    )?;
    stage.narrator.answer("done");
    let is_left = factors(stage).await?.iter().any(|factor| factor.id == app.device_id);
    stage.narrator.check("the authenticator app is gone", !is_left, &is_left)
}
