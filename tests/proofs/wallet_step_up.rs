//! Verifying with an external wallet of the user.

use serde_json::json;
use stepup_core::{
    CredentialFormat, Elevation, ErrorKind, PlatformCallback, StepUpError, UnavailableReason, WalletChain,
};
use stepup_test_support::{EMAIL, Totp, WalletMode, World};

use crate::helpers::{
    EXPORT, LINK, WALLET, embed_wallet, holds, session, session_token, sign_in, sign_in_for, sign_in_to_link,
    unavailable, wallets, world, world_with_wallet,
};

const VERIFY: &str = "wallets/verify";

async fn verify(world: &World, credential_id: Option<&str>) -> Result<Elevation, StepUpError> {
    let id = credential_id.map(Into::into);
    world.client.step_up().verify_wallet(vec![EXPORT], id, None).await
}

/// Refused before anything is signed or sent.
async fn refused_at_once(world: &World, credential_id: Option<&str>) -> UnavailableReason {
    let before = (world.wallet.asked().len(), world.count(VERIFY), world.count("nonces"));
    let reason = unavailable(verify(world, credential_id).await);
    assert_eq!((world.wallet.asked().len(), world.count(VERIFY), world.count("nonces")), before);
    reason
}

#[tokio::test]
async fn wallets_of_both_chains_prove_who_the_user_is() {
    for chain in [WalletChain::Evm, WalletChain::Solana] {
        let world = world().await;
        world.wallet.offer(WALLET, chain.clone());
        sign_in(&world).await;
        let before = session_token(&world).await;
        let elevation = verify(&world, None).await.unwrap();
        assert_eq!((elevation.scopes, elevation.single_use), (vec![EXPORT], true), "{chain:?}");
        assert_ne!(session_token(&world).await, before, "a verify re-issues the session");
        let request = &world.requests(VERIFY)[0];
        assert_eq!(request["body"]["requestedScopes"], json!([EXPORT]));
        assert!(request["headers"]["x-dynamic-device-nonce"].is_string());
        assert_eq!(world.protected(EXPORT).await, Ok(200));
    }
}

#[tokio::test]
async fn the_first_wallet_that_the_signer_offers_is_used() {
    let (world, first) = world_with_wallet().await;
    sign_in_for(&world, &[LINK]).await;
    let second = world.wallet.offer("second", WalletChain::Solana);
    world.client.auth().link_wallet(Some(second.address.clone()), None).await.unwrap();
    world.wallet.withdraw();
    world.wallet.offer("second", WalletChain::Solana);
    let used = |world: &World| world.wallet.asked().pop().unwrap().account;
    let is_usable = wallets(&session(&world).await.unwrap()).iter().all(|wallet| wallet.sign_in_enabled);
    assert!(is_usable, "the sandbox lets every credential sign in");
    verify(&world, None).await.unwrap();
    assert_eq!(used(&world), second);
    world.wallet.offer(WALLET, WalletChain::Evm);
    verify(&world, None).await.unwrap();
    assert_eq!(used(&world), first, "the order is that of the credentials");
}

#[tokio::test]
async fn the_credential_that_is_named_is_used() {
    let (world, first) = world_with_wallet().await;
    sign_in_for(&world, &[LINK]).await;
    let second = world.wallet.offer("second", WalletChain::Evm);
    world.client.auth().link_wallet(Some(second.address.clone()), None).await.unwrap();
    let credentials = wallets(&session(&world).await.unwrap());
    for account in [second, first] {
        let named = credentials
            .iter()
            .find(|credential| credential.wallet_address.as_ref() == Some(&account.address));
        verify(&world, Some(named.unwrap().id.as_str())).await.unwrap();
        assert_eq!(world.wallet.asked().pop().unwrap().account, account);
    }
}

#[tokio::test]
async fn a_user_without_a_wallet_is_told_so_and_the_wallet_is_not_asked() {
    let (world, _) = world_with_wallet().await;
    let user = world.sign_in_as(EMAIL).await.user;
    assert_eq!(refused_at_once(&world, None).await, UnavailableReason::NotEnrolled);
    assert_eq!(refused_at_once(&world, Some("unknown")).await, UnavailableReason::NotEnrolled);
    let email = user.verified_credentials[0].id.as_str();
    assert_eq!(refused_at_once(&world, Some(email)).await, UnavailableReason::NotEnrolled);
    assert_eq!(world.wallet.listed(), 0);
}

#[tokio::test]
async fn a_wallet_that_is_not_on_this_phone_is_told_as_such() {
    let (world, _) = world_with_wallet().await;
    let id = wallets(&sign_in(&world).await)[0].id.clone();
    world.wallet.withdraw();
    world.wallet.offer("another", WalletChain::Evm);
    assert_eq!(refused_at_once(&world, None).await, UnavailableReason::NotOnThisDevice);
    assert_eq!(refused_at_once(&world, Some(id.as_str())).await, UnavailableReason::NotOnThisDevice);
}

#[tokio::test]
async fn an_embedded_wallet_is_never_offered() {
    let (world, _) = world_with_wallet().await;
    sign_in_to_link(&world, EMAIL).await;
    let (embedded, key) = embed_wallet(&world).await;
    world.wallet.withdraw();
    world.wallet.offer(&key, WalletChain::Evm);
    assert_eq!(refused_at_once(&world, None).await, UnavailableReason::NotEnrolled);
    assert_eq!(
        refused_at_once(&world, Some(embedded.id.as_str())).await,
        UnavailableReason::NotEnabledForSignIn
    );
}

#[tokio::test]
async fn a_check_leaves_embedded_wallets_out_also_where_the_server_lists_them() {
    let (world, _) = world_with_wallet().await;
    let external = wallets(&sign_in(&world).await).pop().unwrap();
    let (embedded, _) = embed_wallet(&world).await;
    let listed = [&embedded, &external].map(|wallet| json!({ "id": wallet.id, "format": "blockchain" }));
    let answer = json!({ "isRequired": true, "credentials": listed, "defaultCredentialId": embedded.id });
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "count": 1, "body": answer }));
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    let offered: Vec<_> = check.credentials.iter().map(|credential| &credential.id).collect();
    assert_eq!((offered, check.default_credential_id), (vec![&external.id], None));
    let check = world.client.step_up().check(EXPORT, None).await.unwrap();
    assert!(check.credentials.iter().all(|credential| credential.id != embedded.id), "{check:?}");
    assert!(check.credentials.iter().any(|one| one.format == CredentialFormat::Blockchain), "{check:?}");
}

#[tokio::test]
async fn fault_31_the_signature_of_another_account_elevates_nobody() {
    let (world, _) = world_with_wallet().await;
    sign_in(&world).await;
    let before = session_token(&world).await;
    world.wallet.set(WalletMode::SignsAs("another".into()));
    assert_eq!(unavailable(verify(&world, None).await), UnavailableReason::ProofRefused);
    assert!(!holds(&world, EXPORT));
    assert_eq!(session_token(&world).await, before);
    world.wallet.set(WalletMode::Signs);
    verify(&world, None).await.unwrap();
}

#[tokio::test]
async fn a_user_with_a_second_factor_gets_no_token_for_a_wallet() {
    let (world, _) = world_with_wallet().await;
    sign_in_for(&world, &[LINK]).await;
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    let totp = Totp { secret: enrollment.secret.expose().to_owned(), device_id: enrollment.device_id };
    world.client.mfa().confirm_totp(world.totp_code(&totp), None).await.unwrap();
    let refused = verify(&world, None).await;
    assert_eq!(refused, Err(StepUpError::NotElevated { granted: vec![], missing: vec![EXPORT] }));
    assert!(session(&world).await.is_some());
}

#[tokio::test]
async fn a_wallet_that_declines_or_hangs_leaves_the_session_as_it_is() {
    let (world, _) = world_with_wallet().await;
    sign_in(&world).await;
    let hangs = StepUpError::TimedOut { what: PlatformCallback::Wallet };
    for (mode, error) in [(WalletMode::Declines, StepUpError::Cancelled), (WalletMode::Hangs, hangs)] {
        world.wallet.set(mode);
        assert_eq!(verify(&world, None).await, Err(error));
    }
    assert_eq!(world.count(VERIFY), 0);
    world.wallet.set(WalletMode::Signs);
    verify(&world, None).await.unwrap();
}

#[tokio::test]
async fn without_a_session_or_scopes_the_wallet_is_not_asked() {
    let (world, _) = world_with_wallet().await;
    let nobody = verify(&world, None).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::SignInAgain);
    sign_in(&world).await;
    let listed = world.wallet.listed();
    let nothing = world.client.step_up().verify_wallet(vec![], None, None).await;
    assert!(matches!(nothing, Err(StepUpError::InvalidArgument { .. })), "{nothing:?}");
    assert_eq!(world.wallet.listed(), listed);
}

#[tokio::test]
async fn a_refused_proof_is_no_wrong_code() {
    let (world, _) = world_with_wallet().await;
    sign_in(&world).await;
    for code in ["invalid_verification", "other_verify_failure", "invalid_wallet_address"] {
        let body = json!({ "error": "no", "code": code });
        world.fault(json!({ "method": "POST", "path": VERIFY, "count": 1, "status": 422, "body": body }));
        assert_eq!(unavailable(verify(&world, None).await), UnavailableReason::ProofRefused, "{code}");
    }
}
