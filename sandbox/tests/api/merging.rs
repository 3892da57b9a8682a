//! A credential that somebody else has: refused, offered for merging, or handed over.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login, Wallet};

const ANNA: &str = "anna@peer.example";
const BELA: &str = "bela@peer.example";
const NUMBER: &str = "+12025550123";

async fn start(link_conflict: &str) -> App {
    App::with_policy(json!({ "linkConflict": link_conflict })).await
}

/// Anna, with a token that links.
async fn anna(app: &App) -> Login {
    let login = app.sign_in(ANNA).await;
    app.verify_email(&login, ANNA, &["credential:link"]).await
}

async fn update(app: &App, login: &Login, body: Value) -> Value {
    app.api(Method::PUT, "users").bearer(&login.token).json(body).send().await.ok()
}

async fn merge(app: &App, login: &Login) -> Answer {
    app.api(Method::POST, "users/merge").bearer(&login.token).send().await
}

async fn resolve(app: &App, login: &Login, resolutions: Value) -> Answer {
    let body = json!({ "mergeUserResolutions": resolutions });
    app.post("verify/merge", body).bearer(&login.token).signed().await.send().await
}

async fn transfer(app: &App, login: &Login, wallet: Wallet) -> Answer {
    app.wallet_call(login, "verify/transfer", wallet).await.elevated(&login.elevated()).send().await
}

/// Starts the change of an address and answers its code.
async fn link_email(app: &App, login: &Login, email: &str) -> Answer {
    let call = app.api(Method::PUT, "users").bearer(&login.token).elevated(&login.elevated());
    let updated = call.json(json!({ "email": email })).send().await.ok();
    assert_eq!(updated["nextView"], "verify-email");
    let id = updated["emailVerification"]["verificationUUID"].as_str().unwrap();
    let body = app.code_body(id, email, json!({}));
    app.post("emailVerifications/verify", body).bearer(&login.token).signed().await.send().await
}

fn addresses(answer: &Value) -> Vec<String> {
    let credentials = answer["user"]["verifiedCredentials"].as_array().unwrap();
    credentials.iter().map(|one| one["public_identifier"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn by_default_somebody_else_s_wallet_is_refused_and_nothing_offered() {
    let app = App::start().await;
    let wallet = Wallet::evm("bela");
    app.sign_in_by_wallet(wallet).await;
    let login = anna(&app).await;
    app.link_wallet(&login, wallet).await.refused(422, "reassign_wallet_error");
    transfer(&app, &login, wallet).await.refused(422, "reassign_wallet_error");
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");
    resolve(&app, &login, json!([])).await.refused(422, "merge_accounts_invalid");
}

#[tokio::test]
async fn users_without_conflicts_merge_and_everything_moves() {
    let app = start("merge").await;
    let wallet = Wallet::evm("bela");
    let bela = app.sign_in_by_wallet(wallet).await;
    update(&app, &bela, json!({ "lastName": "Kovacs", "metadata": { "b": 1 } })).await;
    let login = anna(&app).await;
    update(&app, &login, json!({ "firstName": "Anna", "metadata": { "a": 1 } })).await;

    let offered = app.link_wallet(&login, wallet).await;
    offered.refused(422, "merge_accounts_confirmation");
    let conflicts = &offered.body["payload"]["mergeConflicts"];
    assert_eq!(conflicts["conflicts"], json!([]));
    assert_eq!(conflicts["fromUser"]["id"], bela.user_id());
    assert_eq!(conflicts["fromUser"]["verifiedCredentials"][0]["address"], wallet.address(&app));

    let merged = Login::from_answer(merge(&app, &login).await.ok());
    let user = &merged.answer["user"];
    assert_eq!(user["id"], login.user_id());
    assert_eq!(addresses(&merged.answer), [ANNA.to_owned(), wallet.address(&app)]);
    assert_eq!((&user["firstName"], &user["lastName"]), (&json!("Anna"), &json!("Kovacs")));
    assert_eq!(user["metadata"], json!({ "a": 1, "b": 1 }));
    app.get("session").bearer(&merged.token).send().await.ok();
    for ended in [&login, &bela] {
        app.get("session").bearer(&ended.token).send().await.unauthorized();
    }
    assert_eq!(app.sign_in_by_wallet(wallet).await.user_id(), login.user_id());
    merge(&app, &merged).await.refused(422, "merge_accounts_invalid");
}

#[tokio::test]
async fn factors_and_devices_move_too() {
    let app = App::with_policy(json!({ "linkConflict": "merge", "deviceRegistration": true })).await;
    let bela = app.sign_in(BELA).await;
    let (bela, secret) = app.enroll_totp(&bela, BELA).await;
    let bela = app.verify_totp(&bela, &secret, &["credential:link"]).await;
    let call = app.wallet_call(&bela, "verify/link", Wallet::evm("bela")).await;
    let bela = Login::from_answer(call.elevated(&bela.elevated()).send().await.ok());
    app.next_totp_step();
    let bela = app.verify_totp(&bela, &secret, &["credential:link"]).await;
    let (_, passkey) = app.register_passkey(&bela, "phone").await;

    let login = anna(&app).await;
    let offered = app.link_wallet(&login, Wallet::evm("bela")).await;
    offered.refused(422, "merge_accounts_confirmation");
    let merged = Login::from_answer(merge(&app, &login).await.ok());
    let check = app.check(&merged, "wallet:export").await;
    let ids: Vec<_> = check["credentials"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[1], passkey["id"]);
    app.next_totp_step();
    app.verify_totp(&merged, &secret, &["wallet:export"]).await.elevated();

    let options = app.get("users/passkeys/signin").send().await.ok();
    let assertion = app.authenticator("phone", "get", crate::support::ORIGIN, &options).await.ok();
    let signed_in = app.post("users/passkeys/signin", assertion).send().await.ok();
    assert_eq!(signed_in["user"]["id"], login.user_id());
    // Both users' first device is one and the same.
    let login = app.sign_in(ANNA).await;
    let call = app.get("deviceRegistrations").bearer(&login.token).signed().await;
    assert_eq!(call.send().await.ok()["count"], 1);
}

/// Two users with two conflicts, and the offer to merge them made to Anna.
async fn in_conflict(app: &App) -> (Login, Login, Value) {
    let bela = app.sign_in_by_wallet(Wallet::evm("bela")).await;
    update(app, &bela, json!({ "username": "bela", "firstName": "Bela", "country": "HU" })).await;
    let login = anna(app).await;
    update(app, &login, json!({ "username": "anna", "firstName": "Anna", "country": "HU" })).await;
    let offered = app.link_wallet(&login, Wallet::evm("bela")).await;
    offered.refused(422, "merge_accounts_confirmation");
    let conflicts = offered.body["payload"]["mergeConflicts"]["conflicts"].clone();
    (login, bela, conflicts)
}

fn choice(user: &Login, field: &str) -> Value {
    json!({ "userId": user.user_id(), "fieldKey": field, "type": "standard" })
}

#[tokio::test]
async fn conflicts_are_told_and_each_is_resolved_by_choice() {
    let app = start("merge").await;
    let (login, bela, conflicts) = in_conflict(&app).await;
    let field = |name: &str, unique: bool| {
        json!({
            "name": name, "required": false, "enabled": true, "unique": unique, "verify": false,
            "type": "standard",
        })
    };
    let side = |user: &Login, value: &str| json!({ "userId": user.user_id(), "value": value });
    let expected = json!([
        {
            "field": field("firstName", false),
            "fromUser": side(&bela, "Bela"),
            "currentUser": side(&login, "Anna"),
        },
        {
            "field": field("username", true),
            "fromUser": side(&bela, "bela"),
            "currentUser": side(&login, "anna"),
        },
    ]);
    assert_eq!(conflicts, expected);
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");
    let resolutions = json!([choice(&login, "firstName"), choice(&bela, "username")]);
    let merged = resolve(&app, &login, resolutions).await.ok();
    assert_eq!((&merged["user"]["firstName"], &merged["user"]["username"]), (&json!("Anna"), &json!("bela")));
}

#[tokio::test]
async fn a_missing_or_unknown_choice_is_refused_and_the_offer_stays() {
    let app = start("merge").await;
    let (login, bela, _) = in_conflict(&app).await;
    let (first_name, username) = (choice(&login, "firstName"), choice(&bela, "username"));
    let custom = json!({ "userId": bela.user_id(), "fieldKey": "username", "type": "custom" });
    let nobody = json!({ "userId": "nobody", "fieldKey": "username", "type": "standard" });
    for resolutions in [
        json!([]),
        json!([first_name]),
        json!([first_name, username, choice(&login, "country")]),
        json!([first_name, username, choice(&login, "username")]),
        json!([first_name, custom]),
        json!([first_name, nobody]),
    ] {
        resolve(&app, &login, resolutions).await.refused(422, "merge_accounts_invalid");
    }
    let resolutions = json!([first_name, username]);
    let unsigned = app.post("verify/merge", json!({ "mergeUserResolutions": resolutions }));
    unsigned.bearer(&login.token).send().await.refused(401, "device_signature_missing");
    resolve(&app, &login, resolutions).await.ok();
}

#[tokio::test]
async fn fields_of_the_environment_s_own_can_be_in_conflict() {
    let field = json!({ "name": "team colour", "required": false, "label": "Colour" });
    let app = App::with_policy(json!({ "linkConflict": "merge", "profileFields": [field] })).await;
    let bela = app.sign_in_by_wallet(Wallet::evm("bela")).await;
    update(&app, &bela, json!({ "metadata": { "team colour": "red" } })).await;
    let login = anna(&app).await;
    update(&app, &login, json!({ "metadata": { "team colour": "blue", "n": 1 } })).await;
    let offered = app.link_wallet(&login, Wallet::evm("bela")).await;
    let conflict = &offered.body["payload"]["mergeConflicts"]["conflicts"][0]["field"];
    assert_eq!((&conflict["type"], &conflict["label"]), (&json!("custom"), &json!("Colour")));
    let choice = json!([{ "userId": bela.user_id(), "fieldKey": "team colour", "type": "custom" }]);
    let merged = resolve(&app, &login, choice).await.ok();
    assert_eq!(merged["user"]["metadata"], json!({ "team colour": "red", "n": 1 }));
}

#[tokio::test]
async fn an_offer_is_its_user_s_and_lasts_ten_minutes() {
    let app = start("merge").await;
    let wallet = Wallet::evm("bela");
    let bela = app.sign_in_by_wallet(wallet).await;
    let login = anna(&app).await;
    app.link_wallet(&login, wallet).await.refused(422, "merge_accounts_confirmation");
    merge(&app, &bela).await.refused(422, "merge_accounts_invalid");
    app.api(Method::POST, "users/merge").send().await.unauthorized();
    app.sandbox.clock().advance(10 * 60);
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    app.link_wallet(&login, wallet).await.refused(422, "merge_accounts_confirmation");
    app.sandbox.clock().advance(10 * 60 - 30);
    merge(&app, &login).await.ok();
}

#[tokio::test]
async fn an_offer_dies_with_the_other_user() {
    let app = start("merge").await;
    let wallet = Wallet::evm("bela");
    let bela = app.sign_in_by_wallet(wallet).await;
    let bela = Login::from_answer(app.verify_wallet(&bela, wallet, &["user:delete"]).await.ok());
    let login = anna(&app).await;
    app.link_wallet(&login, wallet).await.refused(422, "merge_accounts_confirmation");
    app.delete("users", &bela).elevated(&bela.elevated()).send().await.ok();
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");
    app.link_wallet(&login, wallet).await.ok();
}

#[tokio::test]
async fn an_address_of_somebody_else_is_proved_before_merging_is_offered() {
    let app = start("merge").await;
    let bela = app.sign_in(BELA).await;
    let login = anna(&app).await;
    let sent = app.send_email(BELA).await;
    let wrong = json!({ "verificationUUID": sent, "verificationToken": "0" });
    let call = app.post("emailVerifications/verify", wrong).bearer(&login.token).elevated(&login.elevated());
    call.signed().await.send().await.refused(422, "wrong_email_verification_token");
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");

    link_email(&app, &login, BELA).await.refused(422, "merge_accounts_confirmation");
    let merged = merge(&app, &login).await.ok();
    assert_eq!(addresses(&merged), [ANNA, BELA]);
    app.get("session").bearer(&bela.token).send().await.unauthorized();
    // Three codes in ten minutes are the limit.
    app.sandbox.clock().advance(600);
    assert_eq!(app.sign_in(BELA).await.user_id(), login.user_id());
}

#[tokio::test]
async fn a_wallet_is_transferred_after_the_confirmation_and_not_without() {
    let app = start("transfer").await;
    let wallet = Wallet::solana("bela");
    let bela = app.sign_in_by_wallet(wallet).await;
    let login = anna(&app).await;
    transfer(&app, &login, wallet).await.refused(422, "reassign_wallet_error");
    app.link_wallet(&login, wallet).await.refused(422, "reassign_wallet_confirm");
    merge(&app, &login).await.refused(422, "merge_accounts_invalid");
    transfer(&app, &login, Wallet::solana("other")).await.refused(422, "reassign_wallet_error");
    let without = app.wallet_call(&login, "verify/transfer", wallet).await.send().await;
    without.refused(403, "elevated_access_token_required");
    let moved = transfer(&app, &login, wallet).await.ok();
    assert_eq!(addresses(&moved), [ANNA.to_owned(), wallet.address(&app)]);
    app.get("session").bearer(&bela.token).send().await.unauthorized();
    assert_eq!(app.sign_in_by_wallet(wallet).await.user_id(), login.user_id());
}

#[tokio::test]
async fn the_confirmation_of_a_transfer_expires_and_its_proof_is_a_fresh_one() {
    let app = start("transfer").await;
    let wallet = Wallet::evm("bela");
    app.sign_in_by_wallet(wallet).await;
    let login = anna(&app).await;
    let body = app.wallet_body(wallet, json!({})).await;
    let post = async |path: &str| {
        let call = app.post(path, body.clone()).bearer(&login.token).elevated(&login.elevated());
        call.signed().await.send().await
    };
    post("verify/link").await.refused(422, "reassign_wallet_confirm");
    post("verify/transfer").await.refused(422, "other_verify_failure");
    app.sandbox.clock().advance(10 * 60);
    let login = app.verify_email(&login, ANNA, &["credential:link"]).await;
    transfer(&app, &login, wallet).await.refused(422, "reassign_wallet_error");
}

#[tokio::test]
async fn who_keeps_a_credential_stays_a_user_after_a_transfer() {
    let app = start("transfer").await;
    let wallet = Wallet::evm("bela");
    let bela = app.sign_in(BELA).await;
    let bela = app.verify_email(&bela, BELA, &["credential:link"]).await;
    let bela = Login::from_answer(app.link_wallet(&bela, wallet).await.ok());
    let by_wallet = app.sign_in_by_wallet(wallet).await;
    let login = anna(&app).await;
    app.link_wallet(&login, wallet).await.refused(422, "reassign_wallet_confirm");
    transfer(&app, &login, wallet).await.ok();
    let user = app.get("users").bearer(&bela.token).send().await.ok();
    assert_eq!(user["verifiedCredentials"].as_array().unwrap().len(), 1);
    // The session that the wallet opened is over, the other one is not.
    app.get("session").bearer(&by_wallet.token).send().await.unauthorized();
    assert_eq!(app.sign_in(BELA).await.user_id(), bela.user_id());
}

#[tokio::test]
async fn contacts_change_hands_with_their_code_where_transfer_is_the_policy() {
    let app = start("transfer").await;
    let bela = app.sign_in(BELA).await;
    let login = anna(&app).await;
    let moved = link_email(&app, &login, BELA).await.ok();
    assert_eq!(moved["nextView"], "verified-and-transferred");
    assert_eq!(addresses(&moved), [BELA]);
    app.get("session").bearer(&bela.token).send().await.unauthorized();
    assert_eq!(app.sign_in(BELA).await.user_id(), login.user_id());
    assert_ne!(app.sign_in(ANNA).await.user_id(), login.user_id());
}

#[tokio::test]
async fn a_phone_number_of_somebody_else_is_refused_by_default_and_offered_where_merging() {
    let app = App::start().await;
    let sms = json!({ "phoneCountryCode": "1", "phoneNumber": "2025550123", "isoCountryCode": "US" });
    let sent = app.post("smsVerifications/create", sms).send().await.ok();
    let body = app.code_body(sent["verificationUUID"].as_str().unwrap(), NUMBER, json!({}));
    app.post("smsVerifications/signin", body).signed().await.send().await.ok();
    let login = anna(&app).await;
    let link = async || {
        let call = app.api(Method::PUT, "users").bearer(&login.token).elevated(&login.elevated());
        call.json(json!({ "phoneNumber": NUMBER })).send().await
    };
    link().await.refused(422, "user_has_already_account_with_phone_number");
    app.control(Method::PATCH, "policy").json(json!({ "linkConflict": "merge" })).send().await.ok();
    let updated = link().await.ok();
    let body =
        app.code_body(updated["smsVerification"]["verificationUUID"].as_str().unwrap(), NUMBER, json!({}));
    let offered = app.post("smsVerifications/verify", body).bearer(&login.token).signed().await.send().await;
    offered.refused(422, "merge_accounts_confirmation");
    let merged = merge(&app, &login).await.ok();
    assert_eq!(addresses(&merged), [ANNA, NUMBER]);
}

#[tokio::test]
async fn an_embedded_wallet_never_changes_hands() {
    for policy in ["merge", "transfer", "refuse"] {
        let app = start(policy).await;
        let bela = app.sign_in(BELA).await;
        let path = format!("users/{}/embedded-wallet?chain=SOL", bela.user_id());
        let embedded = app.control(Method::POST, &path).send().await.ok();
        let name = embedded["wallet"].as_str().unwrap().to_owned();
        let wallet = Wallet::solana(Box::leak(name.into_boxed_str()));
        let login = anna(&app).await;
        app.link_wallet(&login, wallet).await.refused(422, "linked_embedded_wallet");
        transfer(&app, &login, wallet).await.refused(422, "reassign_wallet_error");
    }
}

#[tokio::test]
async fn a_social_account_of_somebody_else_is_offered_for_merging_only() {
    let account = || json!({ "id": "g-1", "email": "bela@social.example" });
    let providers = json!([{ "provider": "google" }]);
    for (policy, code) in [
        ("refuse", "social_account_already_exists"),
        ("transfer", "social_account_already_exists"),
        ("merge", "merge_accounts_confirmation"),
    ] {
        let app = App::with_policy(json!({ "linkConflict": policy, "providers": providers })).await;
        app.sign_in_by("google", account()).await;
        let login = anna(&app).await;
        let answer = app.verify_social(&login, "google", account(), &[], Some(&login.elevated())).await;
        answer.refused(422, code);
        let merged = merge(&app, &login).await;
        if policy == "merge" {
            merged.ok();
            assert_eq!(app.sign_in_by("google", account()).await.user_id(), login.user_id());
        } else {
            merged.refused(422, "merge_accounts_invalid");
        }
    }
}
