//! The order of the chapters.

use crate::chapters::{check, devices, link, proceed, sign_in, sign_in::Access, sign_out, unlink, verify};
use crate::stage::Stage;
use crate::told::Told;

/// Tells the whole story.
pub(crate) async fn tell(stage: &Stage) -> Told {
    introduce(stage);
    if sign_in::tell(stage).await? == Access::Full {
        link::tell(stage).await?;
        let checked = check::tell(stage).await?;
        verify::tell(stage, &checked).await?;
        proceed::tell(stage).await?;
        pass_ten_minutes(stage);
        unlink::tell(stage).await?;
        devices::tell(stage).await?;
    }
    sign_out::tell(stage).await
}

/// The sandbox mails three codes to an address in ten minutes. The person may have needed them already, and
/// there is one more to come.
fn pass_ten_minutes(stage: &Stage) {
    if let Some(server) = &stage.server {
        server.sandbox.clock().advance(600);
    }
}

fn introduce(stage: &Stage) {
    let narrator = &stage.narrator;
    narrator.title("Step-up authentication: check → verify → proceed");
    narrator.prose(
        "Some actions are too dangerous for \"she signed in this morning\": exporting a private key, \
         adding or removing a way to sign in. Before such an action the app asks its user to prove once \
         more who she is. The proof brings a short-lived token for this action; without it the server \
         refuses.",
    );
    match &stage.server {
        Some(server) => narrator.prose(&format!(
            "This program is the app, and Ada is its user. The server is this repository's sandbox, just \
             started at {}: its signatures, tokens and passkeys are real, but its mails go no further than \
             this terminal.",
            server.sandbox.url()
        )),
        None => narrator.prose(
            "This program is the app, you are its user, and the server is a real environment: what it \
             takes and refuses is up to its settings.",
        ),
    }
    narrator.prose("→ what the app asks   ← what it is answered   ✉ mail   ✓ checked here");
}
