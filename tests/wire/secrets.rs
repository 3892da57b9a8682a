//! No secret is printed (I12, fault 21): a whole journey, and then everything that can be printed of it is
//! searched for everything that was secret in it.

use std::fmt::{Debug, Display};

use serde_json::Value;
use stepup_core::{
    CancelToken, MfaFactorKind, SessionTokenKind, SignInOptions, SignInOutcome, StepUpError, TokenScope,
};
use stepup_test_support::{EMAIL, KeyMode, StorageMode, Totp, eventually};

use crate::{
    bench::{Bench, PHONE, phone},
    sweep::{Swept, every_operation},
};

/// Shorter texts are looked for as whole words: six digits may stand in a longer number by chance.
const LONG: usize = 16;

#[derive(Default)]
struct Prints {
    texts: Vec<String>,
    secrets: Vec<String>,
}

impl Prints {
    fn print<T: Debug>(&mut self, value: T) -> T {
        self.texts.push(format!("{value:?}"));
        self.texts.push(format!("{value:#?}"));
        value
    }

    fn show<T: Debug + Display>(&mut self, value: T) -> T {
        self.texts.push(value.to_string());
        self.print(value)
    }

    fn secret(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 6, "a secret is there");
        self.secrets.push(secret);
    }

    fn ensure_silent(&self) {
        for secret in &self.secrets {
            for text in &self.texts {
                let is_told = if secret.len() >= LONG {
                    text.contains(secret)
                } else {
                    text.split(|symbol: char| !symbol.is_alphanumeric()).any(|word| word == secret)
                };
                assert!(!is_told, "{secret} is told by {text}");
            }
        }
    }
}

#[tokio::test]
async fn i12_nothing_that_is_printed_or_logged_tells_a_secret() {
    let mut bench = Bench::with_config(|config| config.device_name = Some("Ada's phone".into())).await;
    let mut prints = Prints::default();
    let totp = sign_in_and_enroll(&bench, &mut prints).await;
    step_up(&bench, &mut prints, &totp).await;
    fail(&mut bench, &mut prints, &totp).await;
    sign_in_by_sms(&bench, &mut prints).await;
    let known = [EMAIL, PHONE, "2025550167", bench.config.base_url.as_deref().unwrap()];
    known.into_iter().for_each(|secret| prints.secret(secret));
    secrets_on_the_wire(&bench, &mut prints);
    assert!(prints.secrets.len() > 80 && prints.texts.len() > 80);
    prints.texts.push(log_of(&bench).await);
    for word in ["http://", "https://", "otpauth", "/api/v0", "eyJ"] {
        assert!(prints.texts.iter().all(|text| !text.contains(word)), "{word} is told");
    }
    prints.ensure_silent();
    // What the app itself has configured may be printed, but for what is no part of it.
    prints.secrets.retain(|secret| Some(secret) != bench.config.base_url.as_ref());
    let config = bench.config.clone();
    prints.print(config);
    prints.print(bench.world.platform());
    prints.ensure_silent();
}

async fn sign_in_and_enroll(bench: &Bench, prints: &mut Prints) -> Totp {
    let client = bench.client();
    prints.print(client.auth().send_email_otp(EMAIL.into(), None).await.unwrap());
    let options = prints.print(SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() });
    let code = bench.world.code(EMAIL);
    let signed_in = client.auth().sign_in_with_otp(code, Some(options), None).await.unwrap();
    let SignInOutcome::Done { session, .. } = prints.print(signed_in);
    let user = prints.print(session).user;
    let user = prints.show(user);
    user.verified_credentials.into_iter().for_each(|credential| drop(prints.show(credential)));

    prints.print(client.passkeys().register(None).await.unwrap());
    let enrollment = prints.show(client.mfa().enroll_totp(None).await.unwrap());
    prints.print(enrollment.secret.clone());
    prints.print(enrollment.uri.clone());
    prints.show(enrollment.qr_code.clone());
    prints.secret(enrollment.secret.expose());
    prints.secret(enrollment.uri.expose());
    prints.secret(enrollment.qr_code.svg);
    let totp = Totp { secret: enrollment.secret.expose().into(), device_id: enrollment.device_id };
    prints.print(client.mfa().confirm_totp(bench.world.totp_code(&totp), None).await.unwrap());
    for factor in bench.world.factors().await.unwrap() {
        prints.show(factor);
    }
    totp
}

async fn step_up(bench: &Bench, prints: &mut Prints, totp: &Totp) {
    let (client, scope) = (bench.client(), TokenScope::WALLET_EXPORT);
    let (step_up, mfa) = (client.step_up(), client.mfa());
    let check = prints.print(step_up.check(scope.clone(), None).await.unwrap());
    check.credentials.into_iter().for_each(|credential| drop(prints.show(credential)));
    let typed = bench.world.totp_code(totp);
    prints.print(step_up.verify_totp(typed, vec![scope.clone()], None, None).await.unwrap());
    prints.print(step_up.elevation(scope.clone()));
    let taken = step_up.take_elevated_access_token(scope.clone(), None).await.unwrap().unwrap();
    let taken = prints.print(taken);
    prints.secret(taken.expose());

    let prepared = prints.print(step_up.prepare_passkey(None).await.unwrap());
    prints.print(step_up.perform_passkey(prepared, vec![scope.clone()], None).await.unwrap());
    for header in step_up.authorization_headers(scope.clone(), None).await.unwrap() {
        let header = prints.show(header);
        prints.secret(header.value);
    }
    for codes in [mfa.recovery_codes(None).await, mfa.regenerate_recovery_codes(None).await] {
        for code in prints.print(codes.unwrap()) {
            prints.secret(code.expose());
        }
    }
    let codes = mfa.recovery_codes(None).await.unwrap();
    let code = codes[0].expose().to_owned();
    prints
        .print(step_up.verify_recovery_code(code, vec![TokenScope::CREDENTIAL_UNLINK], None).await.unwrap());
    prints.print(mfa.acknowledge_recovery_codes(None).await.unwrap());
    for kind in [SessionTokenKind::Minified, SessionTokenKind::Full] {
        let token = client.auth().session_token(kind, None).await.unwrap().unwrap();
        let token = prints.print(token);
        prints.secret(token.expose());
    }
    prints.print(client.auth().refresh(None).await.unwrap());
    prints.print(CancelToken::new());
    let factors = bench.world.factors().await.unwrap();
    let passkey = factors.into_iter().find(|factor| factor.kind == MfaFactorKind::Passkey);
    client.passkeys().delete(passkey.unwrap().id.into(), None).await.unwrap();
}

/// Errors of all sorts, among them a storage that writes what it holds into its own.
async fn fail(bench: &mut Bench, prints: &mut Prints, totp: &Totp) {
    let (step_up, auth) = (bench.client().step_up(), bench.client().auth());
    let scopes = || vec![TokenScope::WALLET_EXPORT];
    let used = totp.code(bench.world.sandbox.clock().now());
    let mut errors: Vec<StepUpError> = vec![
        step_up.verify_totp(used, scopes(), None, None).await.unwrap_err(),
        step_up.verify_otp("123456".into(), scopes(), None, None).await.unwrap_err(),
        step_up.verify_recovery_code("zzzz9999".into(), scopes(), None).await.unwrap_err(),
        auth.send_email_otp(format!("{EMAIL} {EMAIL}"), None).await.unwrap_err(),
        auth.send_sms_otp(stepup_core::PhoneNumber::new(PHONE, PHONE), None).await.unwrap_err(),
        step_up.verify_totp(EMAIL.into(), scopes(), None, None).await.unwrap_err(),
        step_up.check(EMAIL.replace('@', " @ ").into(), None).await.unwrap_err(),
    ];
    for mode in [StorageMode::Fails, StorageMode::Locked, StorageMode::Panics] {
        bench.world.storage.set(mode);
        errors.push(auth.refresh(None).await.unwrap_err());
        bench.world.storage.set(StorageMode::Works);
    }
    for mode in [KeyMode::Fails, KeyMode::Panics] {
        bench.world.keys.set(mode);
        errors.push(auth.refresh(None).await.unwrap_err());
        bench.world.keys.set(KeyMode::Works);
    }
    bench.door.shut().await;
    errors.push(auth.refresh(None).await.unwrap_err());
    bench.door.open();
    auth.logout(None).await.unwrap();
    errors.push(auth.refresh(None).await.unwrap_err());
    assert_eq!(errors.len(), 14);
    errors.into_iter().for_each(|error| drop(prints.show(error)));
}

async fn sign_in_by_sms(bench: &Bench, prints: &mut Prints) {
    prints.show(phone());
    let auth = bench.client().auth();
    prints.print(auth.send_sms_otp(phone(), None).await.unwrap());
    prints.print(auth.sign_in_with_otp(bench.world.code(PHONE), None, None).await.unwrap());
    prints.print(bench.client().step_up().send_otp(None, None).await.unwrap());
    let code = bench.world.code(PHONE);
    let scopes = vec![TokenScope::WALLET_EXPORT];
    prints.print(bench.client().step_up().verify_otp(code, scopes, None, None).await.unwrap());
    auth.logout(None).await.unwrap();
}

/// All that the requests carried.
fn secrets_on_the_wire(bench: &Bench, prints: &mut Prints) {
    for request in bench.door.requests() {
        for (name, value) in &request.headers {
            let is_secret = name == "authorization"
                || name == "x-dyn-elevated-access-token"
                || name.starts_with("x-dynamic-device-")
                || name == "x-dyn-session-public-key";
            if is_secret {
                prints.secret(value.strip_prefix("Bearer ").unwrap_or(value));
            }
        }
        let body = request.body.unwrap_or_default();
        for name in ["verificationToken", "code", "email", "phoneNumber"] {
            if let Some(value) = body[name].as_str() {
                prints.secret(value);
            }
        }
    }
}

async fn log_of(bench: &Bench) -> String {
    // The last line of the journey.
    let ended = |text: &str| text.matches("logout: success").count() == 2;
    eventually("the log is complete", || ended(&bench.log.text())).await;
    let text = bench.log.text();
    assert!(text.contains("Debug") && text.contains("Info") && text.contains("Warning"), "{text}");
    text
}

#[tokio::test]
async fn i12_no_log_line_tells_what_any_operation_sends() {
    for Swept { row, requests, log, .. } in every_operation().await {
        assert!(log.contains(row.operation()), "{}: {log}", row.name);
        for request in requests {
            let headers = request.headers.iter().filter(|(name, _)| SECRET_HEADERS.contains(&name.as_str()));
            let mut secrets: Vec<_> = headers.map(|(_, value)| value.replace("Bearer ", "")).collect();
            texts(request.body.as_ref().unwrap_or(&Value::Null), &mut secrets);
            for secret in secrets {
                assert!(!log.contains(&secret), "{}: {secret} is in {log}", row.name);
            }
        }
    }
}

const SECRET_HEADERS: [&str; 7] = [
    "authorization",
    "x-dyn-elevated-access-token",
    "x-mfa-auth-token",
    "x-dynamic-device-registration-token",
    "x-dynamic-device-nonce",
    "x-dynamic-device-signed-nonce",
    "x-dyn-session-public-key",
];

/// The texts in a body that are no words of the API: addresses, codes, proofs, ids.
fn texts(body: &Value, found: &mut Vec<String>) {
    let is_none_of_the_api = |symbol: char| symbol.is_ascii_digit() || symbol == '@';
    match body {
        Value::String(text) if text.len() >= 6 && text.contains(is_none_of_the_api) => {
            found.push(text.clone());
        }
        Value::Array(elements) => elements.iter().for_each(|element| texts(element, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

#[tokio::test]
async fn fault_14_without_the_secure_storage_nothing_is_left_of_a_session() {
    let mut bench = Bench::new().await;
    bench.sign_in_for_linking().await;
    assert_eq!(bench.world.storage.records().len(), 1);
    let stored = std::mem::take(&mut bench.world.storage);
    bench.restart();
    assert!(!bench.snapshot().await.is_signed_in());
    bench.world.storage = stored;
    bench.restart();
    assert!(bench.snapshot().await.is_signed_in());
}
