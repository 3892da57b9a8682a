//! Do what the permission is for.

use stepup_core::{HttpHeader, StepUpError, TokenScope};

use super::{ask_backend, ask_check};
use crate::stage::{Server, Stage};
use crate::told::{Told, expect};

pub(crate) async fn tell(stage: &Stage) -> Told {
    let narrator = &stage.narrator;
    narrator.chapter("Proceed: the app's backend exports the wallet, once");
    let Some(server) = &stage.server else {
        narrator.left_out(
            "the call to a backend",
            "it takes one that verifies the token; your app adds what step_up.authorization_headers(scope) \
             answers",
        );
        return Ok(());
    };
    narrator.prose(
        "The app calls a backend of its own and adds the headers that the core hands out. The backend \
         verifies both tokens.",
    );
    let headers = headers(stage).await?;
    call(stage, server, &headers, 200, "the backend accepts the token and does it").await?;
    narrator.prose("Somebody has copied that request and sends it again:");
    call(stage, server, &headers, 403, "the token was good for one use: refused").await?;
    nothing_is_left(stage).await
}

async fn headers(stage: &Stage) -> Told<Vec<HttpHeader>> {
    stage.narrator.ask("step_up.authorization_headers(\"wallet:export\")");
    let answer = stage.client.step_up().authorization_headers(TokenScope::WALLET_EXPORT, None).await;
    let headers = expect("the headers are handed out", answer)?;
    let names: Vec<&str> = headers.iter().map(|header| header.name.as_str()).collect();
    stage.narrator.answer(&names.join(", "));
    let both = names == ["Authorization", "x-dyn-elevated-access-token"];
    stage.narrator.check("the session and the permission, ready to be sent", both, &names)?;
    Ok(headers)
}

async fn call(stage: &Stage, server: &Server, headers: &[HttpHeader], wanted: u16, promise: &str) -> Told {
    let status = ask_backend(stage, server, &TokenScope::WALLET_EXPORT, headers).await?;
    stage.narrator.check(promise, status == wanted, &status)
}

/// The core has forgotten the token as well.
async fn nothing_is_left(stage: &Stage) -> Told {
    let (narrator, step_up) = (&stage.narrator, stage.client.step_up());
    narrator.prose("And the app, when Ada wants to export once more:");
    narrator.ask("step_up.authorization_headers(\"wallet:export\")");
    let answer = step_up.authorization_headers(TokenScope::WALLET_EXPORT, None).await;
    if let Err(error) = &answer {
        narrator.error(error);
    }
    let is_refused = matches!(answer, Err(StepUpError::StepUpRequired { .. }));
    narrator.check("the core has no token left to hand out", is_refused, &answer)?;
    let check = ask_check(stage, &TokenScope::WALLET_EXPORT).await?;
    narrator.check("a step-up is required again", check.is_required, &check)
}
