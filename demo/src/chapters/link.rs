//! Link an authenticator app and a passkey.

use stepup_core::{CheckReason, MfaFactorKind, TokenScope};

use super::{ask_check, factors, verify};
use crate::authenticator_app::AuthenticatorApp;
use crate::codes;
use crate::qr;
use crate::stage::Stage;
use crate::told::{Told, expect};

pub(crate) async fn tell(stage: &Stage) -> Told {
    stage.narrator.chapter("Link an authenticator app and a passkey");
    if stage.server.is_none() {
        return link_if_wanted(stage).await;
    }
    stage.narrator.prose(
        "Linking a factor is guarded itself: whoever found an unlocked phone could link their own. Ada \
         holds the permission since her sign-in.",
    );
    let check = ask_check(stage, &TokenScope::CREDENTIAL_LINK).await?;
    let is_held = check.reason == CheckReason::TokenHeld;
    stage.narrator.check(
        "the core holds a token for credential:link, so nobody was asked",
        is_held,
        &check,
    )?;
    link_authenticator_app(stage).await?;
    link_passkey(stage).await?;

    let kinds: Vec<_> = factors(stage).await?.into_iter().map(|factor| factor.kind).collect();
    let are_linked = kinds == [MfaFactorKind::Totp, MfaFactorKind::Passkey];
    stage.narrator.check("both factors are linked", are_linked, &kinds)
}

/// On a real account only with consent; chapter 6 removes it again.
async fn link_if_wanted(stage: &Stage) -> Told {
    let listed = factors(stage).await?;
    stage.narrator.left_out("linking a passkey", "it takes a phone, or the sandbox's virtual authenticator");
    if listed.iter().any(|factor| factor.kind == MfaFactorKind::Totp) {
        stage.narrator.left_out("linking an authenticator app", "you have one already");
        return Ok(());
    }
    let question = "Link an authenticator app to this account, until chapter 6?";
    if !stage.person.agrees(&stage.narrator, question).await? {
        stage.narrator.left_out("linking an authenticator app", "as you wish");
        return Ok(());
    }
    let check = ask_check(stage, &TokenScope::CREDENTIAL_LINK).await?;
    if check.is_required && !verify::by_flow(stage, &check.scope, None).await? {
        stage.narrator.left_out("linking an authenticator app", "none of your methods can be used here");
        return Ok(());
    }
    link_authenticator_app(stage).await?;
    let listed = factors(stage).await?;
    let is_linked = listed.iter().any(|factor| factor.kind == MfaFactorKind::Totp && factor.is_verified);
    stage.narrator.check("the authenticator app is linked", is_linked, &listed)
}

async fn link_authenticator_app(stage: &Stage) -> Told {
    let (narrator, mfa) = (&stage.narrator, stage.client.mfa());
    narrator.ask("mfa.enroll_totp()");
    let enrollment = expect("the enrolment begins", mfa.enroll_totp(None).await)?;
    narrator.answer("a secret, as text and as QR code, for Google Authenticator, 1Password and the like:");
    narrator.blank();
    for line in qr::lines(&enrollment.qr_code, narrator.has_colours()) {
        narrator.drawn(&line);
    }
    if stage.person.is_typing() {
        narrator.prose(&format!("Scan it, or type the secret: {}", enrollment.secret.expose()));
    }
    let scanned = AuthenticatorApp::scan(&enrollment)?;
    stage.authenticator_app.get_or_init(|| scanned);
    let confirmed = codes::by_authenticator_app(stage, async |code| {
        narrator.ask("mfa.confirm_totp(code)");
        mfa.confirm_totp(code, None).await
    });
    confirmed.await?;
    narrator.answer("confirmed by its first code");
    Ok(())
}

async fn link_passkey(stage: &Stage) -> Told {
    stage.narrator.ask("passkeys.register()");
    let registered = stage.client.passkeys().register(None).await;
    expect("the passkey is registered", registered)?;
    stage
        .narrator
        .answer("the phone's passkey sheet was shown (a virtual authenticator agreed), and it is linked");
    Ok(())
}
