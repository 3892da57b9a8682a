//! Sign out.

use stepup_core::{CheckReason, HttpHeader, TokenScope};

use super::{ask_backend, ask_check};
use crate::stage::Stage;
use crate::told::{Told, expect};

pub(crate) async fn tell(stage: &Stage) -> Told {
    let (narrator, auth) = (&stage.narrator, stage.client.auth());
    narrator.chapter("Sign out: nothing of the session stays");
    narrator.prose("The keys of what is stored before:");
    show_keys(stage);
    let copied = copy_session(stage).await?;

    narrator.ask("auth.logout()");
    expect("she is signed out", auth.logout(None).await)?;
    narrator.answer("signed out; the keys of what is stored now:");
    show_keys(stage);
    let keys = stage.storage.keys();
    narrator.check("the storage is empty", keys.is_empty(), &keys)?;
    let session = expect("the session can be asked for", auth.session(None).await)?;
    narrator.check("nobody is signed in", session.is_none(), &session)?;
    let elevation = stage.client.step_up().elevation(TokenScope::CREDENTIAL_UNLINK);
    narrator.check("no permission is held any more", elevation.is_none(), &elevation)?;
    let check = ask_check(stage, &TokenScope::WALLET_EXPORT).await?;
    let is_closed = check.is_required && check.reason == CheckReason::NotSignedIn;
    narrator.check("in doubt the answer is: required", is_closed, &check)?;
    session_is_dead(stage, &copied).await
}

fn show_keys(stage: &Stage) {
    let keys = stage.storage.keys();
    for key in &keys {
        stage.narrator.drawn(key);
    }
    if keys.is_empty() {
        stage.narrator.drawn("(none)");
    }
}

/// Headers with the session alone, kept for afterwards.
async fn copy_session(stage: &Stage) -> Told<Vec<HttpHeader>> {
    if stage.server.is_none() {
        return Ok(Vec::new());
    }
    let headers = stage.client.step_up().authorization_headers(TokenScope::WALLET_SIGN, None).await;
    expect("signing needs the session alone", headers)
}

async fn session_is_dead(stage: &Stage, headers: &[HttpHeader]) -> Told {
    let Some(server) = &stage.server else { return Ok(()) };
    stage.narrator.prose("Somebody who has copied her session before that calls the backend with it:");
    let status = ask_backend(stage, server, &TokenScope::WALLET_SIGN, headers).await?;
    stage.narrator.check("the server has ended the session too", status == 401, &status)
}
