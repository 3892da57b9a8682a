//! A whole flow per method, for a screen that is told states and nothing else.

use serde_json::json;
use stepup_core::{
    OtpChannel, SocialProvider, StepUpFilter, StepUpFlowState, StepUpMethod, TokenScope, WalletChain,
};
use stepup_test_support::{EMAIL, World};

use crate::{
    helpers::{EXPORT, granted, prompt, select, start, start_choosing, start_for},
    screen::Screen,
    users::{
        NUMBER, SUBJECT, assertion, holds, recovery_codes, with_email, with_external_jwt, with_google,
        with_phone, with_totp, with_wallet, world_with,
    },
};

const BY_SENT_CODE: [&str; 6] =
    ["Checking", "Choosing", "SendingCode", "AwaitingCode", "Verifying", "Granted"];
const BY_CODE: [&str; 5] = ["Checking", "Choosing", "AwaitingCode", "Verifying", "Granted"];

/// A user who has chosen this method gets a code here, and is elevated with it.
async fn with_a_sent_code(world: &World, method: &StepUpMethod, to: &str) {
    let flow = start_choosing(world);
    let screen = Screen::on(&flow);
    screen.shows("Choosing").await;
    select(&flow, method).await;
    screen.shows("AwaitingCode").await;
    flow.submit(world.code(to)).unwrap();
    screen.showed(&BY_SENT_CODE).await;
    assert_granted(world, &screen);
}

/// The last state tells what is stored.
fn assert_granted(world: &World, screen: &Screen) {
    let last = screen.told().pop().unwrap();
    let elevation = world.client.step_up().elevation(EXPORT).unwrap();
    assert_eq!(last, StepUpFlowState::Granted { elevations: vec![elevation], not_required: vec![] });
}

#[tokio::test]
async fn a_code_by_email() {
    let world = with_email().await;
    with_a_sent_code(&world, &StepUpMethod::Email, EMAIL).await;
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn a_code_by_sms() {
    let world = with_phone().await;
    with_a_sent_code(&world, &StepUpMethod::Sms, NUMBER).await;
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn email_as_a_second_factor() {
    let world = world_with(json!({ "mfa": { "methods": ["totp", "passkey", "email"] } })).await;
    world.sign_in().await;
    with_a_sent_code(&world, &StepUpMethod::Email, EMAIL).await;
    assert_eq!((world.count("users/mfa/auth/email"), world.count("emailVerifications/verify")), (1, 0));
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn a_prompt_for_a_code_says_where_it_went_and_when_to_offer_another() {
    for (world, method, channel, masked) in [
        (with_email().await, StepUpMethod::Email, OtpChannel::Email, "a•••@example.com"),
        (with_phone().await, StepUpMethod::Sms, OtpChannel::Sms, "+1 •••67"),
    ] {
        let flow = start_choosing(&world);
        let before = std::time::SystemTime::now();
        assert_eq!(select(&flow, &method).await.masked_label.as_deref(), Some(masked));
        let prompt = prompt(&flow).await;
        assert_eq!((prompt.channel, prompt.masked_destination.as_deref()), (Some(channel), Some(masked)));
        let wait = prompt.resend_at.unwrap().duration_since(before).unwrap().as_secs();
        assert!((29..40).contains(&wait), "{wait} s");
        assert_eq!((prompt.is_resending, prompt.error), (false, None));
    }
}

#[tokio::test]
async fn a_code_of_an_authenticator_app_with_one_request_after_the_users_action() {
    let (world, totp) = with_totp().await;
    let flow = start_choosing(&world);
    let screen = Screen::on(&flow);
    screen.shows("Choosing").await;
    select(&flow, &StepUpMethod::Totp).await;
    screen.shows("AwaitingCode").await;
    let before = world.sandbox.log().exchanges().len();
    flow.submit(world.totp_code(&totp)).unwrap();
    screen.showed(&BY_CODE).await;
    assert_eq!(world.sandbox.log().exchanges().len(), before + 1);
    assert_granted(&world, &screen);
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn a_recovery_code_beside_a_second_factor() {
    let (world, _) = with_totp().await;
    let codes = recovery_codes(&world).await;
    let flow = start_choosing(&world);
    let screen = Screen::on(&flow);
    screen.shows("Choosing").await;
    let option = select(&flow, &StepUpMethod::RecoveryCode).await;
    assert_eq!((option.credential_id, option.is_second_factor), (None, true));
    screen.shows("AwaitingCode").await;
    flow.submit(codes[0].clone()).unwrap();
    screen.showed(&BY_CODE).await;
    assert_granted(&world, &screen);
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn wallets_of_both_chains() {
    for chain in [WalletChain::Evm, WalletChain::Solana] {
        let world = with_wallet(chain).await;
        let flow = start_choosing(&world);
        let screen = Screen::on(&flow);
        screen.shows("Choosing").await;
        let option = select(&flow, &StepUpMethod::Wallet).await;
        let address = &world.wallet.asked()[0].account.address;
        let label = option.masked_label.unwrap();
        let (first, last) = label.split_once('…').unwrap();
        assert!(address.starts_with(first) && address.ends_with(last), "{label}");
        screen.showed(&["Checking", "Choosing", "AwaitingSignature", "Verifying", "Granted"]).await;
        assert_granted(&world, &screen);
        assert_eq!(world.protected(EXPORT).await, Ok(200));
    }
}

#[tokio::test]
async fn a_social_account() {
    let world = with_google().await;
    let flow = start_choosing(&world);
    let screen = Screen::on(&flow);
    screen.shows("Choosing").await;
    select(&flow, &StepUpMethod::Social { provider: SocialProvider::Google }).await;
    screen.showed(&["Checking", "Choosing", "AwaitingBrowser", "Verifying", "Granted"]).await;
    assert_granted(&world, &screen);
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn an_assertion_of_the_apps_own_backend() {
    let world = with_external_jwt().await;
    let filter = StepUpFilter::Methods { methods: vec![StepUpMethod::ExternalJwt] };
    let flow = start_for(&world, &[EXPORT], Some(filter));
    let screen = Screen::on(&flow);
    let waiting = screen.shows("AwaitingExternalJwt").await;
    let StepUpFlowState::AwaitingExternalJwt { scopes, error: None, .. } = waiting else {
        panic!("{waiting:?}")
    };
    let named = scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(" ");
    let jwt = assertion(&world, json!({ "sub": SUBJECT, "scope": named })).await;
    flow.submit_external_jwt(jwt).unwrap();
    screen.showed(&["Checking", "AwaitingExternalJwt", "Verifying", "Granted"]).await;
    assert_granted(&world, &screen);
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}

#[tokio::test]
async fn the_only_method_is_chosen_for_the_user() {
    let (world, totp) = with_totp().await;
    let flow = start(&world);
    let screen = Screen::on(&flow);
    assert_eq!(prompt(&flow).await.channel, None);
    flow.submit(world.totp_code(&totp)).unwrap();
    granted(&flow).await;
    screen.showed(&["Checking", "AwaitingCode", "Verifying", "Granted"]).await;
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn fault_32_fault_42_granted_means_that_the_token_is_there_already() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    let requests = world.sandbox.log().exchanges().len();
    flow.submit(world.code(EMAIL)).unwrap();
    // Nothing is waited for or asked after: the first moment of the state is the moment of the token.
    let elevations = granted(&flow).await;
    assert_eq!(world.client.step_up().elevation(EXPORT), elevations.into_iter().next());
    let after = world.sandbox.log().exchanges();
    let sent: Vec<_> = after[requests..].iter().map(|exchange| exchange.path.as_str()).collect();
    assert!(sent.iter().filter(|path| !path.ends_with("nonces")).count() == 1, "{sent:?}");
    assert_eq!(world.protected(EXPORT).await, Ok(200));
}
