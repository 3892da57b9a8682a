//! Wallets of a user: step-up, linking, unlinking, embedded ones.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::{App, Login, Wallet},
    wallets::{credential, sign_in},
};

const ANNA: &str = "anna@peer.example";

#[tokio::test]
async fn a_linked_wallet_steps_up_and_another_one_does_not() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    let check = app.check(&login, "wallet:export").await;
    let id = credential(&login.answer, &wallet.address(&app))["id"].clone();
    let expected = json!([{ "id": id, "format": "blockchain", "alias": wallet.address(&app) }]);
    assert_eq!((&check["credentials"], &check["defaultCredentialId"]), (&expected, &id));

    let verified = Login::from_answer(app.verify_wallet(&login, wallet, &["wallet:export"]).await.ok());
    app.protected(&verified, Some(&verified.elevated()), "wallet:export").await.ok();
    app.get("session").bearer(&login.token).send().await.unauthorized();
    for other in [Wallet::evm("bela"), Wallet::solana("anna")] {
        let refused = app.verify_wallet(&verified, other, &["wallet:export"]).await;
        refused.refused(422, "invalid_wallet_address");
    }
    let body = app.wallet_body(wallet, json!({ "requestedScopes": ["wallet:export"] })).await;
    let unsigned = app.post("wallets/verify", body.clone()).bearer(&verified.token).send().await;
    unsigned.refused(401, "device_signature_missing");
    app.post("wallets/verify", body).signed().await.send().await.unauthorized();
}

#[tokio::test]
async fn a_user_with_a_factor_gets_no_token_for_a_wallet() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in(ANNA).await;
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let linked = Login { answer: app.link_wallet(&login, wallet).await.ok(), ..login.clone() };
    let linked = Login::from_answer(linked.answer);
    let call = app.get("users/mfa/register/totp").bearer(&linked.token).elevated(&login.elevated());
    let secret = call.send().await.ok()["secret"].as_str().unwrap().to_owned();
    let login = app.verify_totp(&linked, &secret, &[]).await;
    let verified = app.verify_wallet(&login, wallet, &["wallet:export"]).await.ok();
    assert_eq!(verified["elevatedAccessToken"], json!(null));
}

#[tokio::test]
async fn a_wallet_is_linked_with_a_token_and_signs_in_from_then_on() {
    let app = App::start().await;
    let wallet = Wallet::solana("anna");
    let login = app.sign_in(ANNA).await;
    let without = app.wallet_call(&login, "verify/link", wallet).await.send().await;
    without.refused(403, "elevated_access_token_required");
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    let token = login.elevated();
    let linked = Login::from_answer(app.link_wallet(&login, wallet).await.ok());
    assert_eq!(linked.answer["elevatedAccessToken"], json!(null));
    let id = &credential(&linked.answer, &wallet.address(&app))["id"];
    assert_eq!(&linked.answer["user"]["lastVerifiedCredentialId"], id);
    let again = app.wallet_call(&linked, "verify/link", wallet).await.elevated(&token).send().await.ok();
    assert_eq!(again["user"]["verifiedCredentials"].as_array().unwrap().len(), 2);
    assert_eq!(app.sign_in_by_wallet(wallet).await.user_id(), login.user_id());
}

#[tokio::test]
async fn a_wallet_is_unlinked_by_either_name_of_its_id_but_never_the_last_credential() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    let scopes = ["credential:link", "credential:unlink"];
    let login = Login::from_answer(app.verify_wallet(&login, wallet, &scopes).await.ok());
    let token = login.elevated();
    let unlink = async |login: &Login, body: Value| {
        app.post("verify/unlink", body).bearer(&login.token).elevated(&token).send().await
    };
    let only = credential(&login.answer, &wallet.address(&app))["id"].clone();
    let last = "cannot_delete_last_sign_in_verified_credential";
    unlink(&login, json!({ "walletId": only })).await.refused(422, last);
    let mut login = login;
    for (other, name) in [(Wallet::solana("anna"), "walletId"), (Wallet::evm("bela"), "verifiedCredentialId")]
    {
        let call = app.wallet_call(&login, "verify/link", other).await.elevated(&token);
        let linked = Login::from_answer(call.send().await.ok());
        let id = credential(&linked.answer, &other.address(&app))["id"].clone();
        login = Login::from_answer(unlink(&linked, json!({ name: id })).await.ok());
        assert_eq!(login.answer["user"]["verifiedCredentials"].as_array().unwrap().len(), 1, "{name}");
    }
    unlink(&login, json!({ "walletId": only })).await.refused(422, last);
}

#[tokio::test]
async fn an_embedded_wallet_is_offered_but_proves_nothing() {
    let app = App::start().await;
    let login = app.sign_in(ANNA).await;
    let path = format!("users/{}/embedded-wallet", login.user_id());
    let embedded = app.control(Method::POST, &path).send().await.ok();
    let check = app.check(&login, "wallet:export").await;
    assert_eq!(check["credentials"][1]["id"], embedded["id"]);
    assert_eq!(check["defaultCredentialId"], check["credentials"][0]["id"]);

    let name: &'static str = Box::leak(embedded["wallet"].as_str().unwrap().to_owned().into_boxed_str());
    let wallet = Wallet::evm(name);
    assert_eq!(wallet.address(&app), embedded["address"]);
    let code = "credential_not_enabled_for_sign_in";
    app.verify_wallet(&login, wallet, &["wallet:export"]).await.refused(422, code);
    sign_in(&app, app.wallet_body(wallet, json!({})).await).await.refused(422, code);
    let stranger = app.wallet_body(Wallet::evm("x"), json!({ "walletProvider": "embeddedWallet" })).await;
    sign_in(&app, stranger).await.refused(422, code);

    let login = app.verify_email(&login, ANNA, &["credential:unlink"]).await;
    let shown = credential(&login.answer, &wallet.address(&app));
    assert_eq!(
        (&shown["wallet_provider"], &shown["signInEnabled"]),
        (&json!("embeddedWallet"), &json!(false))
    );
    let unlink = app.post("verify/unlink", json!({ "walletId": embedded["id"] })).bearer(&login.token);
    unlink.elevated(&login.elevated()).send().await.refused(422, "linked_embedded_wallet");
    let email = login.answer["user"]["verifiedCredentials"][0]["id"].clone();
    let unlink = app.post("verify/unlink", json!({ "verifiedCredentialId": email })).bearer(&login.token);
    let refused = unlink.elevated(&login.elevated()).send().await;
    refused.refused(422, "cannot_delete_last_sign_in_verified_credential");
    let nobody = "users/00000000-0000-4000-8000-000000000000/embedded-wallet";
    assert_eq!(app.control(Method::POST, nobody).send().await.status.as_u16(), 400);
}
