//! External wallets: the proof and all that can be wrong with it, sign-in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Login, Wallet};

pub(crate) async fn sign_in(app: &App, body: Value) -> Answer {
    app.post("wallets/signin", body).send().await
}

/// The answer to a sign-in whose message differs from the right one, but is rightly signed.
async fn with_message(app: &App, wallet: Wallet, from: &str, to: &str) -> Answer {
    let message = wallet.message(app).await;
    let changed = message.replace(from, to);
    assert_ne!(changed, message, "{from}");
    sign_in(app, wallet.body(app, &changed)).await
}

#[track_caller]
fn not_verified(answer: &Answer, reason: &str) {
    answer.refused(422, "other_verify_failure");
    let error = answer.body["error"].as_str().unwrap();
    assert!(error.contains(reason), "{error}");
}

pub(crate) fn credential<'a>(answer: &'a Value, address: &str) -> &'a Value {
    let credentials = answer["user"]["verifiedCredentials"].as_array().unwrap();
    credentials.iter().find(|one| one["address"] == address).unwrap()
}

#[tokio::test]
async fn an_evm_wallet_signs_in_and_is_the_same_user_again() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    let user = &login.answer["user"];
    assert_eq!((&user["newUser"], &user["scope"]), (&json!(true), &json!("user:basic")));
    let address = wallet.address(&app);
    let shown = credential(&login.answer, &address);
    for (name, value) in [
        ("format", json!("blockchain")),
        ("chain", json!("eip155")),
        ("wallet_name", json!("metamaskevm")),
        ("wallet_provider", json!("browserExtension")),
        ("public_identifier", json!(address)),
        ("signInEnabled", json!(true)),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let again = app.sign_in_by_wallet(wallet).await;
    assert_eq!((again.user_id(), &again.answer["user"]["newUser"]), (login.user_id(), &json!(false)));
    assert_ne!(app.sign_in_by_wallet(Wallet::evm("bela")).await.user_id(), login.user_id());
}

#[tokio::test]
async fn a_solana_wallet_signs_in_with_either_encoding_of_its_signature() {
    let app = App::start().await;
    let wallet = Wallet::solana("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    assert_eq!(credential(&login.answer, &wallet.address(&app))["chain"], "solana");
    let mut body = app.wallet_body(wallet, json!({})).await;
    let signature = bs58::decode(body["signedMessage"].as_str().unwrap()).into_vec().unwrap();
    assert_eq!(signature.len(), 64);
    body["signedMessage"] = json!(STANDARD.encode(&signature));
    assert_eq!(sign_in(&app, body).await.ok()["user"]["id"], login.user_id());
    let mut body = app.wallet_body(wallet, json!({})).await;
    body["signedMessage"] = json!(STANDARD.encode(&signature));
    not_verified(&sign_in(&app, body).await, "another message");
}

#[tokio::test]
async fn the_case_of_an_evm_address_and_the_name_of_the_chain_make_no_other_wallet() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    let address = wallet.address(&app);
    let message = wallet.message(&app).await.replace(&address, &address.to_lowercase());
    let mut body = wallet.body(&app, &message);
    body["publicWalletAddress"] = json!(format!("0x{}", address[2..].to_uppercase()));
    body["chain"] = json!("ETH");
    body["walletName"] = json!("metamasketh");
    let again = sign_in(&app, body).await.ok();
    assert_eq!(again["user"]["id"], login.user_id());
    credential(&again, &address);
}

#[tokio::test]
async fn somebody_else_s_signature_is_refused() {
    let app = App::start().await;
    for (mine, theirs) in
        [(Wallet::evm("anna"), Wallet::evm("bela")), (Wallet::solana("anna"), Wallet::solana("bela"))]
    {
        let message = mine.message(&app).await;
        let mut body = mine.body(&app, &message);
        body["signedMessage"] = theirs.body(&app, &message)["signedMessage"].clone();
        not_verified(&sign_in(&app, body).await, "signature");
        let mut body = app.wallet_body(mine, json!({})).await;
        body["messageToSign"] = json!(body["messageToSign"].as_str().unwrap().replace("Welcome", "Farewell"));
        not_verified(&sign_in(&app, body).await, "signature");
        for nonsense in ["", "0x", "0x00", "nonsense", &format!("0x{}", "0".repeat(130))] {
            let mut body = app.wallet_body(mine, json!({})).await;
            body["signedMessage"] = json!(nonsense);
            not_verified(&sign_in(&app, body).await, "signature");
        }
    }
}

#[tokio::test]
async fn the_nonce_is_one_of_the_server_s_and_serves_one_attempt() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let body = app.wallet_body(wallet, json!({})).await;
    sign_in(&app, body.clone()).await.ok();
    not_verified(&sign_in(&app, body).await, "nonce was used before");

    let mut body = app.wallet_body(wallet, json!({})).await;
    let right = body["signedMessage"].take();
    body["signedMessage"] = json!("0x00");
    not_verified(&sign_in(&app, body.clone()).await, "signature");
    body["signedMessage"] = right;
    not_verified(&sign_in(&app, body).await, "nonce was used before");

    let foreign = wallet.message_with(&app, "0123456789abcdef0123456789abcdef");
    not_verified(&sign_in(&app, wallet.body(&app, &foreign)).await, "nonce was not issued here");
    let old = app.nonce().await;
    app.sandbox.clock().advance(24 * 60 * 60);
    let expired = wallet.message_with(&app, &old);
    not_verified(&sign_in(&app, wallet.body(&app, &expired)).await, "older than 24 hours");
}

#[tokio::test]
async fn a_nonce_is_shared_with_the_device_signature_and_serves_only_one_of_them() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let nonce = app.nonce().await;
    let body = wallet.body(&app, &wallet.message_with(&app, &nonce));
    let answer = app.post("verify", body).signed_by(&app.device, &nonce).send().await;
    not_verified(&answer, "nonce was used before");
}

#[tokio::test]
async fn the_message_is_made_for_this_app_and_this_environment() {
    let app = App::start().await;
    for wallet in [Wallet::evm("anna"), Wallet::solana("anna")] {
        for (from, to, reason) in [
            ("app.example wants", "evil.example wants", "the domain `evil.example`"),
            ("app.example wants", "app.example:444 wants", "the domain `app.example:444`"),
            ("URI: https://app.example/", "URI: https://evil.example/", "`https://evil.example`"),
            ("URI: https://app.example/", "URI: https://app.example:444/", "not an origin"),
            ("URI: https://app.example/", "URI: app.example", "not a URL"),
            ("Request ID: ", "Request ID: 0", "`Request ID`"),
            ("Version: 1", "Version: 2", "`Version`"),
            (" account:", " wallet:", "the first line"),
            ("Welcome to Peer.\n\n", "Welcome to Peer.\n", "blank line"),
        ] {
            not_verified(&with_message(&app, wallet, from, to).await, reason);
        }
        let anywhere = with_message(&app, wallet, "app.example/", "app.example/peer?x=1").await;
        anywhere.ok();
    }
}

#[tokio::test]
async fn the_message_names_account_and_chain_as_its_chain_does() {
    let app = App::start().await;
    let (evm, solana) = (Wallet::evm("anna"), Wallet::solana("anna"));
    not_verified(&with_message(&app, evm, "Ethereum", "Solana").await, "`Solana`");
    not_verified(&with_message(&app, solana, "Solana", "Ethereum").await, "`Ethereum`");
    not_verified(&with_message(&app, evm, "Chain ID: 1\n", "").await, "`Chain ID`");
    not_verified(&with_message(&app, evm, "Chain ID: 1", "Chain ID: mainnet").await, "`Chain ID`");
    let with_chain = with_message(&app, solana, "Version: 1\n", "Version: 1\nChain ID: 1\n").await;
    not_verified(&with_chain, "`Chain ID`");
    with_message(&app, evm, "Chain ID: 1", "Chain ID: 137").await.ok();
}

#[tokio::test]
async fn the_message_is_of_this_moment() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    for (advance, accepted) in [(270, true), (301, false), (-299, true), (-330, false)] {
        let body = app.wallet_body(wallet, json!({})).await;
        app.sandbox.clock().advance(advance);
        let answer = sign_in(&app, body).await;
        match accepted {
            true => drop(answer.ok()),
            false => not_verified(&answer, "5 minutes"),
        }
        app.sandbox.clock().advance(-advance);
    }
    for line in ["Expiration Time: 2026-01-01T00:00:00Z", "Not Before: 2999-01-01T00:00:00Z"] {
        let late = with_message(&app, wallet, "\nRequest ID", &format!("\n{line}\nRequest ID")).await;
        not_verified(&late, "not valid now");
    }
}

#[tokio::test]
async fn the_address_in_the_message_is_the_one_of_the_request() {
    let app = App::start().await;
    let (anna, bela) = (Wallet::evm("anna"), Wallet::evm("bela"));
    let mut body = anna.body(&app, &bela.message(&app).await);
    sign_in(&app, body.clone()).await.refused(422, "invalid_wallet_address");
    body["publicWalletAddress"] = json!(Wallet::solana("anna").address(&app));
    sign_in(&app, body.clone()).await.refused(422, "invalid_chain_address_match");
    body["publicWalletAddress"] = json!("0x00");
    sign_in(&app, body).await.refused(422, "invalid_chain_address_match");
}

#[tokio::test]
async fn other_chains_and_other_names_are_refused() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    for chain in ["BTC", "SUI", "STARK", "NEVERCHAIN"] {
        let mut body = app.wallet_body(wallet, json!({ "chain": chain })).await;
        body["walletName"] = json!(format!("x{}", chain.to_lowercase()));
        sign_in(&app, body).await.refused(422, "invalid_chain_address_match");
    }
    for (name, value) in [
        ("walletName", "MetaMaskEVM"),
        ("walletName", "metamask"),
        ("walletName", "meta maskevm"),
        ("walletProvider", "carrierPigeon"),
    ] {
        let body = app.wallet_body(wallet, json!({ name: value })).await;
        let answer = sign_in(&app, body).await;
        assert_eq!(answer.status.as_u16(), 400, "{value}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_older_sign_in_is_device_signed_and_does_the_same() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let body = app.wallet_body(wallet, json!({})).await;
    app.post("verify", body.clone()).send().await.refused(401, "device_signature_missing");
    let login = app.post("verify", body).signed().await.send().await.ok();
    assert_eq!(login["user"]["id"], app.sign_in_by_wallet(wallet).await.user_id());
}

#[tokio::test]
async fn where_there_is_a_captcha_every_wallet_proof_takes_its_token() {
    let captcha = json!({ "provider": "hcaptcha", "siteKey": "k" });
    let app = App::with_policy(json!({ "captcha": captcha })).await;
    let wallet = Wallet::evm("anna");
    sign_in(&app, app.wallet_body(wallet, json!({})).await).await.refused(422, "captcha_required");
    let token = json!({ "captchaToken": "passed", "requestedScopes": ["credential:link"] });
    let login = sign_in(&app, app.wallet_body(wallet, token.clone()).await).await.ok();
    let login = Login::from_answer(login);
    for path in ["wallets/verify", "verify/link"] {
        let call = app.wallet_call(&login, path, wallet).await.elevated(&login.elevated());
        call.send().await.refused(422, "captcha_required");
    }
    let body = app.wallet_body(wallet, token).await;
    app.post("wallets/verify", body).bearer(&login.token).signed().await.send().await.ok();
}

#[tokio::test]
async fn sign_in_options_hold_for_wallets_too() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let key = app.device.public_key();
    let body =
        app.wallet_body(wallet, json!({ "sessionPublicKey": key, "requestedScopes": ["wallet:export"] }));
    let login = Login::from_answer(sign_in(&app, body.await).await.ok());
    assert_eq!(crate::support::claims(&login.token)["session_public_key"], key);
    app.protected(&login, Some(&login.elevated()), "wallet:export").await.ok();
    let body = app.wallet_body(wallet, json!({ "sessionPublicKey": "02" })).await;
    sign_in(&app, body.clone()).await.refused(422, "invalid_session_public_key");
    let mut body = body;
    body.as_object_mut().unwrap().remove("sessionPublicKey");
    sign_in(&app, body).await.ok();
}

#[tokio::test]
async fn on_an_unknown_device_a_wallet_s_sign_in_waits_for_its_registration() {
    let app = App::with_policy(json!({ "deviceRegistration": true })).await;
    let wallet = Wallet::evm("anna");
    let login = app.sign_in_by_wallet(wallet).await;
    assert_eq!(login.answer["user"]["scope"], "device:register");
    let refused = app.wallet_call(&login, "wallets/verify", wallet).await.send().await;
    assert_eq!(refused.body, json!({ "error": "Insufficient scope permissions" }));
    assert!(app.sandbox.outbox().messages(&stepup_sandbox::MessageFilter::default()).is_empty());
    let other = app.wallet_body(Wallet::evm("bela"), json!({})).await;
    let signed = app.post("verify", other).signed().await.send().await.ok();
    assert_eq!(signed["user"]["scope"], "user:basic");
}

#[tokio::test]
async fn visits_are_taken_and_their_fields_demanded() {
    let app = App::start().await;
    let address = Wallet::evm("anna").address(&app);
    let connect = json!({
        "address": address, "chain": "EVM", "provider": "browserExtension", "walletName": "metamaskevm",
        "authMode": "connect-and-sign",
    });
    app.post("connect", connect.clone()).send().await.ok();
    app.post("prefetch", json!({ "chain": "EVM", "publicWalletAddress": address })).send().await.ok();
    for (path, body) in [
        ("connect", json!({ "address": "x", "chain": "EVM", "provider": "browserExtension" })),
        ("prefetch", json!({ "chain": "EVM" })),
    ] {
        assert_eq!(app.post(path, body).send().await.status.as_u16(), 400, "{path}");
    }
}

#[tokio::test]
async fn the_control_api_signs_as_the_library_does() {
    let app = App::start().await;
    let wallet = Wallet::evm("anna");
    let shown = app.control(Method::GET, "wallets/anna?chain=EVM").send().await.ok();
    assert_eq!(shown["address"], wallet.address(&app));
    let message = wallet.message(&app).await;
    let sign = app.control(Method::POST, "wallets/anna/sign");
    let signed = sign.json(json!({ "message": message, "chain": "EVM" })).send().await.ok();
    assert_eq!(signed["address"], shown["address"]);
    let mut body = wallet.body(&app, &message);
    body["signedMessage"] = signed["signature"].clone();
    sign_in(&app, body).await.ok();
    let other = app.control(Method::GET, "wallets/anna?chain=SOL").send().await.ok();
    assert_ne!(other["address"], shown["address"]);
    for refused in [json!({ "message": "m", "chain": "BTC" }), json!({ "message": "m" })] {
        let answer = app.control(Method::POST, "wallets/anna/sign").json(refused).send().await;
        assert_eq!(answer.status.as_u16(), 400);
    }
    app.sandbox.reset();
    assert_ne!(wallet.address(&app), shown["address"]);
}
