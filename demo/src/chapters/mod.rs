//! One chapter of the story per file.

pub(crate) mod check;
pub(crate) mod devices;
pub(crate) mod link;
pub(crate) mod proceed;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod unlink;
pub(crate) mod verify;

use std::time::SystemTime;

use stepup_core::{
    CheckReason, CredentialFormat, Elevation, HttpHeader, MfaFactor, MfaFactorKind, StepUpCheck,
    StepUpCredential, TokenScope,
};

use crate::stage::{Server, Stage};
use crate::told::{Told, expect};

/// Asks whether a step-up is needed, and shows the answer with the choice of methods.
async fn ask_check(stage: &Stage, scope: &TokenScope) -> Told<StepUpCheck> {
    let narrator = &stage.narrator;
    narrator.ask(&format!("step_up.check(\"{scope}\")"));
    let answer = stage.client.step_up().check(scope.clone(), None).await;
    let check = expect("the check has an answer", answer)?;
    let necessity = if check.is_required { "required" } else { "not required" };
    let choice = if check.credentials.is_empty() { "" } else { "; to choose from:" };
    narrator.answer(&format!("{necessity}: {}{choice}", reason(&check)));
    for credential in &check.credentials {
        let is_default = check.default_credential_id.as_ref() == Some(&credential.id);
        narrator.drawn(&format!("• {}{}", method(credential), if is_default { "  [default]" } else { "" }));
    }
    Ok(check)
}

/// Calls the app's backend, and shows the status it answers with.
async fn ask_backend(
    stage: &Stage,
    server: &Server,
    scope: &TokenScope,
    headers: &[HttpHeader],
) -> Told<u16> {
    stage.narrator.ask(&format!("POST /sandbox/protected {{\"scope\":\"{scope}\"}} to the app's backend"));
    let status = server.backend.call(scope, headers).await?;
    stage.narrator.answer(&format!("status {status}"));
    Ok(status)
}

/// Why a check answered as it did, in words.
fn reason(check: &StepUpCheck) -> String {
    match &check.reason {
        CheckReason::TokenHeld => "a valid token is held".into(),
        CheckReason::NotRequiredByServer | CheckReason::RequiredByServer => "the server says so".into(),
        CheckReason::NotSignedIn => "nobody is signed in".into(),
        CheckReason::DeviceRegistrationPending => "this device must be registered first".into(),
        CheckReason::MalformedAnswer => "the server's answer could not be understood".into(),
        CheckReason::CouldNotAsk { kind } => format!("the server could not be asked ({kind:?})"),
    }
}

/// A credential as a person calls it.
fn method(credential: &StepUpCredential) -> String {
    let name = match &credential.format {
        CredentialFormat::Email => "code by e-mail",
        CredentialFormat::PhoneNumber => "code by SMS",
        CredentialFormat::Totp => "authenticator app",
        CredentialFormat::Passkey => "passkey",
        CredentialFormat::OAuth => "social account",
        CredentialFormat::Blockchain => "wallet",
        CredentialFormat::ExternalUser => "account of the app's backend",
        CredentialFormat::Other(name) => name,
    };
    credential.alias.as_ref().map_or_else(|| name.to_owned(), |alias| format!("{name}: {alias}"))
}

/// What was granted, and for how long.
fn granted(elevation: &Elevation) -> String {
    let scopes: Vec<&str> = elevation.scopes.iter().map(TokenScope::as_str).collect();
    let uses = if elevation.single_use { "for one use" } else { "for any number of uses" };
    format!("granted: {}, {uses} within {}", scopes.join(", "), remaining(elevation.expires_at))
}

/// The time until then, in minutes.
fn remaining(until: SystemTime) -> String {
    let seconds = until.duration_since(SystemTime::now()).unwrap_or_default().as_secs();
    format!("{} min", (seconds + 30) / 60)
}

/// The user's factors, shown.
async fn factors(stage: &Stage) -> Told<Vec<MfaFactor>> {
    stage.narrator.ask("mfa.methods()");
    let methods = expect("the factors are listed", stage.client.mfa().methods(None).await)?;
    let factors: Vec<MfaFactor> = methods.into_iter().flat_map(|method| method.factors).collect();
    let kinds: Vec<&str> = factors.iter().map(|factor| kind(&factor.kind)).collect();
    stage.narrator.answer(&if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") });
    Ok(factors)
}

fn kind(kind: &MfaFactorKind) -> &str {
    match kind {
        MfaFactorKind::Totp => "authenticator app",
        MfaFactorKind::Passkey => "passkey",
        MfaFactorKind::Email => "code by e-mail",
        MfaFactorKind::Other(name) => name,
    }
}
