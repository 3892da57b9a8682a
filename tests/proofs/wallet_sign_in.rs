//! Signing in with an external wallet: what is signed, what is sent, who is signed in.

use serde_json::json;
use stepup_core::{
    ClientConfig, SignInOptions, SignInOutcome, StepUpError, TokenScope, UnavailableReason, WalletAccount,
    WalletChain, WalletProvider,
};
use stepup_test_support::{EMAIL, TestCaptcha, World};

use crate::helpers::{
    APP, EXPORT, LINK, ORIGIN, WALLET, config, done, holds, sent, session, sign_in, unavailable, wallets,
    world, world_with, world_with_wallet,
};

const SIGN_IN: &str = "wallets/signin";

#[tokio::test]
async fn an_evm_wallet_signs_in_and_is_known_the_next_time() {
    let (world, account) = world_with_wallet().await;
    let first = sign_in(&world).await;
    assert!(first.user.new_user);
    let wallet = wallets(&first).pop().unwrap();
    assert_eq!(wallet.wallet_address, Some(account.address.clone()));
    world.client.auth().logout(None).await.unwrap();
    let address = account.address.to_lowercase();
    let again = done(world.client.auth().sign_in_with_wallet(Some(address), None, None).await);
    assert_eq!((again.user.id, again.user.new_user), (first.user.id, false));
}

#[tokio::test]
async fn a_solana_wallet_signs_in() {
    let world = world().await;
    let account = world.wallet.offer(WALLET, WalletChain::Solana);
    let session = sign_in(&world).await;
    assert_eq!(wallets(&session)[0].wallet_address, Some(account.address));
    let text = world.wallet.asked()[0].message.clone();
    assert!(text.starts_with("localhost wants you to sign in with your Solana account:\n"), "{text}");
    assert!(!text.contains("Chain ID"), "{text}");
    let body = &world.requests(SIGN_IN)[0]["body"];
    assert_eq!((&body["chain"], &body["walletName"]), (&json!("SOL"), &json!("testwalletsol")));
}

#[tokio::test]
async fn the_request_names_the_wallet_as_the_api_does() {
    let world = world().await;
    let base = world.wallet.offer(WALLET, WalletChain::Evm);
    world.wallet.withdraw();
    let (wallet_provider, network_id) = (WalletProvider::WalletConnect, Some("137".to_owned()));
    let wallet_name = "My Wallet (beta)".to_owned();
    let account = WalletAccount { wallet_name, wallet_provider, network_id, ..base };
    world.wallet.offer_as(WALLET, account.clone());
    sign_in(&world).await;
    let asked = world.wallet.asked().pop().unwrap();
    assert_eq!(asked.account, account);
    let body = &world.requests(SIGN_IN)[0]["body"];
    assert_eq!(body["messageToSign"], asked.message);
    assert_eq!(body["publicWalletAddress"], account.address);
    assert_eq!((&body["chain"], &body["network"]), (&json!("EVM"), &json!("137")));
    assert_eq!(body["walletName"], "mywalletbetaevm");
    assert_eq!(body["walletProvider"], "walletConnect");
    assert!(body["sessionPublicKey"].is_string());
    assert!(asked.message.contains("\nChain ID: 137\n"), "{}", asked.message);
}

#[tokio::test]
async fn the_text_names_the_app_its_origin_and_the_environment() {
    let (world, account) = world_with_wallet().await;
    sign_in(&world).await;
    let text = world.wallet.asked()[0].message.clone();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "localhost wants you to sign in with your Ethereum account:");
    assert_eq!(lines[1], account.address);
    assert!(lines[3].starts_with(APP), "{text}");
    assert_eq!(lines[5], format!("URI: {ORIGIN}"));
    assert_eq!(lines[10], format!("Request ID: {}", world.sandbox.environment_id()));
}

#[tokio::test]
async fn without_a_configured_name_the_text_has_that_of_the_settings() {
    let mut world = World::new().await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    world.restart_with(ClientConfig { app_name: None, ..config(&world) });
    sign_in(&world).await;
    let text = world.wallet.asked()[0].message.clone();
    assert!(text.lines().nth(3).unwrap().starts_with("Stepup Sandbox"), "{text}");
    assert_eq!(world.count("settings"), 1);
}

#[tokio::test]
async fn i22_the_moment_in_the_text_is_the_servers() {
    let (world, _) = world_with_wallet().await;
    world.clock.set_ahead(7_200);
    sign_in(&world).await;
}

#[tokio::test]
async fn scopes_are_granted_with_the_sign_in() {
    let (world, _) = world_with_wallet().await;
    let options = SignInOptions { requested_scopes: vec![LINK], ..SignInOptions::default() };
    let outcome = world.client.auth().sign_in_with_wallet(None, Some(options), None).await.unwrap();
    let SignInOutcome::Done { granted, .. } = outcome;
    assert_eq!(granted, [LINK]);
    assert!(holds(&world, LINK));
}

#[tokio::test]
async fn scopes_that_cannot_be_are_refused_before_the_wallet_is_asked() {
    let (world, _) = world_with_wallet().await;
    let requested_scopes = vec![TokenScope::from("two words")];
    let options = SignInOptions { requested_scopes, ..SignInOptions::default() };
    let refused = world.client.auth().sign_in_with_wallet(None, Some(options), None).await;
    assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    assert_eq!((world.wallet.listed(), sent(&world)), (0, 0));
}

#[tokio::test]
async fn i03_a_sign_in_takes_the_place_of_the_session_before_it() {
    let (world, _) = world_with_wallet().await;
    let before = world.sign_in_as(EMAIL).await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    let after = sign_in(&world).await;
    assert_ne!(after.user.id, before.user.id);
    assert!(!holds(&world, EXPORT));
    assert!(world.requests(SIGN_IN)[0]["headers"]["authorization"].is_null(), "never a link in disguise");
}

#[tokio::test]
async fn embedded_wallets_and_unknown_chains_are_passed_over() {
    let world = world().await;
    let base = world.wallet.offer("embedded", WalletChain::Evm);
    world.wallet.withdraw();
    let wallet_provider = WalletProvider::Other("embeddedWallet".into());
    let embedded = WalletAccount { wallet_provider, ..base.clone() };
    let unknown = WalletAccount { chain: WalletChain::Other("SUI".into()), ..base };
    world.wallet.offer_as("embedded", embedded.clone());
    world.wallet.offer_as("embedded", unknown);
    let auth = world.client.auth();
    let none = auth.sign_in_with_wallet(None, None, None).await;
    assert_eq!(unavailable(none), UnavailableReason::NotEnrolled);
    let named = auth.sign_in_with_wallet(Some(embedded.address), None, None).await;
    assert_eq!(unavailable(named), UnavailableReason::NotOnThisDevice);
    assert_eq!((world.wallet.asked().len(), sent(&world)), (0, 0));
    let external = world.wallet.offer(WALLET, WalletChain::Evm);
    sign_in(&world).await;
    assert_eq!(world.wallet.asked()[0].account, external);
}

#[tokio::test]
async fn what_the_app_lacks_is_told_before_anything_is_sent() {
    let mut world = World::new().await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    let no_origin = world.client.auth().sign_in_with_wallet(None, None, None).await;
    let is_told = matches!(&no_origin,
        Err(StepUpError::InvalidConfiguration { field, .. }) if field == "app_origin");
    assert!(is_told, "{no_origin:?}");
    let platform = stepup_core::Platform { wallet_signer: None, ..world.platform() };
    world.restart_on(config(&world), platform);
    let no_signer = world.client.auth().sign_in_with_wallet(None, None, None).await;
    assert_eq!(unavailable(no_signer), UnavailableReason::Unsupported);
    assert_eq!((world.wallet.listed(), sent(&world)), (0, 0));
}

#[tokio::test]
async fn a_name_with_lines_of_its_own_is_not_signed() {
    let (mut world, _) = world_with_wallet().await;
    let app_name = Some("Shop\nURI: https://evil.example".to_owned());
    world.restart_with(ClientConfig { app_name, ..config(&world) });
    let refused = world.client.auth().sign_in_with_wallet(None, None, None).await;
    let is_told = matches!(&refused,
        Err(StepUpError::InvalidConfiguration { field, .. }) if field == "app_name");
    assert!(is_told, "{refused:?}");
    assert!(world.wallet.asked().is_empty());
}

#[tokio::test]
async fn a_captcha_goes_with_the_proof_where_the_environment_wants_one() {
    let captcha_policy = json!({ "captcha": { "provider": "hcaptcha", "siteKey": "site" } });
    let mut world = world_with(captcha_policy).await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    let without = world.client.auth().sign_in_with_wallet(None, None, None).await;
    assert_eq!(unavailable(without), UnavailableReason::CaptchaRequired);
    let captcha = TestCaptcha::default();
    let platform = world.platform().with_captcha(std::sync::Arc::new(captcha.clone()));
    world.restart_on(config(&world), platform);
    sign_in(&world).await;
    assert_eq!(captcha.challenges().len(), 1);
    assert!(session(&world).await.is_some());
}
