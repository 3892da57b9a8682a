//! Sign in by e-mail code.

use stepup_core::{
    CredentialFormat, MfaFactorKind, OnboardingDuty, Session, SignInOptions, SignInOutcome, TokenScope,
};

use super::{ask_check, factors, remaining};
use crate::codes;
use crate::stage::Stage;
use crate::told::{Told, expect};

pub(super) const ADDRESS: &str = "ada@example.com";

/// What the session permits.
#[derive(PartialEq, Eq)]
pub(crate) enum Access {
    Full,
    /// A duty is open that cannot be done here.
    Limited,
}

pub(crate) async fn tell(stage: &Stage) -> Told<Access> {
    stage.narrator.chapter("Sign in by e-mail code");
    if stage.server.is_none() {
        let address = stage.person.line(&stage.narrator, "E-mail address to sign in with").await?;
        let session = sign_in(stage, &address).await?;
        return do_duties(stage, session).await;
    }
    stage.narrator.prose(
        "Ada types her address, and the server mails her a code. Her first sign-in also asks for the \
         permission to link factors, good for a few minutes; later that takes a step-up.",
    );
    let session = sign_in(stage, ADDRESS).await?;
    let is_hers = session.user.email.as_deref() == Some(ADDRESS) && session.duties.is_empty();
    stage.narrator.check("the session is Ada's, and nothing is left to do for it", is_hers, &session)?;
    let keys = stage.storage.keys();
    stage.narrator.check("the phone's storage holds one record", keys.len() == 1, &keys)?;
    check_before_linking(stage).await?;
    Ok(Access::Full)
}

async fn sign_in(stage: &Stage, address: &str) -> Told<Session> {
    let auth = stage.client.auth();
    let call = format!("auth.send_email_otp(\"{address}\")");
    let send = async || auth.send_email_otp(address.to_owned(), None).await;
    let attempt = async |code, id| {
        stage.narrator.ask("auth.sign_in_with_otp(code, allow_new_mfa_linking: true)");
        let options = SignInOptions {
            verification_id: Some(id),
            allow_new_mfa_linking: true,
            ..SignInOptions::default()
        };
        auth.sign_in_with_otp(code, Some(options), None).await
    };
    let SignInOutcome::Done { session, granted } = codes::by_message(stage, &call, send, attempt).await?;
    let scopes: Vec<&str> = granted.iter().map(TokenScope::as_str).collect();
    let with_it =
        if scopes.is_empty() { String::new() } else { format!("; with it came {}", scopes.join(", ")) };
    stage.narrator.answer(&format!("signed in for {}{with_it}", remaining(session.expires_at)));
    Ok(session)
}

/// The choice changes with the first factor, so it is shown once before.
async fn check_before_linking(stage: &Stage) -> Told {
    stage.narrator.prose("What would she have to prove now, to export her wallet's private key?");
    let check = ask_check(stage, &TokenScope::WALLET_EXPORT).await?;
    let formats: Vec<_> = check.credentials.iter().map(|credential| &credential.format).collect();
    let is_by_mail = check.is_required && formats == [&CredentialFormat::Email];
    stage.narrator.check("a step-up is required; her e-mail address is all she has", is_by_mail, &check)
}

/// What a real environment may want first.
async fn do_duties(stage: &Stage, mut session: Session) -> Told<Access> {
    if session.duties.contains(&OnboardingDuty::CompleteMfa) {
        let listed = factors(stage).await?;
        if !listed.iter().any(|factor| factor.kind == MfaFactorKind::Totp) {
            let why =
                "this environment wants a second factor with each sign-in, and you have no authenticator app";
            stage.narrator.left_out("everything but signing out", why);
            return Ok(Access::Limited);
        }
        session = codes::by_authenticator_app(stage, async |code| {
            stage.narrator.ask("auth.complete_mfa_totp(code)");
            stage.client.auth().complete_mfa_totp(code, None, None).await
        })
        .await?;
        stage.narrator.answer("the second factor is accepted");
    }
    if session.duties.contains(&OnboardingDuty::RegisterDevice) {
        let why = "this device must be confirmed by a link in an e-mail, which this program cannot receive";
        stage.narrator.left_out("everything but signing out", why);
        return Ok(Access::Limited);
    }
    let current = expect("the session can be read", stage.client.auth().session(None).await)?;
    stage.narrator.check("somebody is signed in", current.is_some(), &current)?;
    Ok(Access::Full)
}
