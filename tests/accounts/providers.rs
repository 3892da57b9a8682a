//! The providers: what each one's page is opened with, and those that do not work by redirects.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepup_core::{
    ClientConfig, ErrorKind, PhoneNumber, Platform, SocialProvider, StepUpError, UnavailableReason,
};
use stepup_test_support::{BrowserMode, REDIRECT, SocialAccount, World};

use crate::helpers::{
    done, fresh_client, own_account, patch_policy, query, requests_at_all, sign_in_with_google, social, world,
};

const PROVIDERS: [(SocialProvider, &str); 9] = [
    (SocialProvider::Google, "google"),
    (SocialProvider::Apple, "apple"),
    (SocialProvider::Github, "github"),
    (SocialProvider::Twitter, "twitter"),
    (SocialProvider::Discord, "discord"),
    (SocialProvider::Facebook, "facebook"),
    (SocialProvider::Twitch, "twitch"),
    (SocialProvider::Tiktok, "tiktok"),
    (SocialProvider::Shopify, "shopify"),
];

fn unavailable(reason: UnavailableReason) -> StepUpError {
    StepUpError::MethodUnavailable { reason, answer: None }
}

async fn world_with_all() -> World {
    let listed: Vec<_> = PROVIDERS.iter().map(|(_, name)| json!({ "provider": name })).collect();
    World::with_policy(json!({ "providers": listed })).await
}

async fn sign_in_error(world: &World, provider: SocialProvider) -> StepUpError {
    world.client.auth().sign_in_with_social(provider, None, None).await.unwrap_err()
}

/// The settings' entry of a provider is changed by the next readings.
fn with_settings_of(world: &World, provider: &Value) {
    let settings = json!({ "providers": [provider], "security": {} });
    world.fault(json!({ "method": "GET", "path": "settings", "body": settings }));
}

#[tokio::test]
async fn a_user_signs_in_with_an_account_of_each_provider() {
    let world = world_with_all().await;
    for (provider, name) in PROVIDERS {
        world.browser.set(BrowserMode::Approves(SocialAccount::new(name)));
        let session = done(world.client.auth().sign_in_with_social(provider, None, None).await);
        let credentials = social(&session.user);
        assert_eq!(credentials.len(), 1, "{name}");
        assert_eq!(credentials[0].oauth_provider.as_deref(), Some(name));
        assert!(session.user.new_user, "{name}: an account of another provider is another user");
    }
}

#[tokio::test]
async fn each_page_is_opened_with_what_its_provider_wants() {
    let world = world_with_all().await;
    for (provider, name) in PROVIDERS {
        world.browser.set(BrowserMode::Approves(SocialAccount::new(name)));
        done(world.client.auth().sign_in_with_social(provider, None, None).await);
        let opened = world.browser.opened().pop().unwrap();
        assert_eq!(opened.redirect_url, REDIRECT);
        let shop = if name == "shopify" { "/sandbox-shop" } else { "" };
        let page = format!("{}/oauth/{name}{shop}/authorize?", world.sandbox.url());
        assert!(opened.url.starts_with(&page), "{}", opened.url);
        let mut query = query(&opened.url);
        let mut take = |parameter: &str| query.remove(parameter);
        let client_id = if name == "tiktok" { "client_key" } else { "client_id" };
        assert_eq!(take(client_id), Some(format!("sandbox-{name}")), "{name}");
        assert_eq!(take("response_type").as_deref(), Some("code"));
        assert_eq!(take("redirect_uri"), Some(format!("{}/oauth/{name}/callback", world.sandbox.url())));
        assert!(take("scope").is_some_and(|scope| !scope.is_empty()), "{name}");
        let state = take("state").unwrap();
        assert!(state.len() == 32 && state.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(take("code_challenge").map(|challenge| challenge.len()), wants_pkce(name).then_some(43));
        assert_eq!(take("code_challenge_method"), wants_pkce(name).then(|| "S256".into()));
        let particulars = match name {
            "google" => BTreeMap::from([("access_type".to_owned(), "offline".to_owned())]),
            "apple" => BTreeMap::from([("response_mode".to_owned(), "form_post".to_owned())]),
            _ => BTreeMap::new(),
        };
        assert_eq!(query, particulars, "{name}");
    }
}

#[tokio::test]
async fn the_code_verifier_is_sent_for_github_and_twitter_only() {
    let world = world_with_all().await;
    for (provider, name) in PROVIDERS {
        world.browser.set(BrowserMode::Approves(SocialAccount::new(name)));
        done(world.client.auth().sign_in_with_social(provider, None, None).await);
        let begun = world.requests(&format!("providers/{name}/initAuth")).pop().unwrap();
        let redeemed = world.requests(&format!("providers/{name}/signIn")).pop().unwrap();
        assert_eq!(redeemed["body"]["codeVerifier"].is_string(), wants_pkce(name), "{name}");
        assert!(begun["body"].get("codeVerifier").is_none());
        assert_eq!(begun["body"]["redirectUrl"], REDIRECT);
        assert_eq!(begun["body"]["state"], redeemed["body"]["state"]);
    }
}

fn wants_pkce(name: &str) -> bool {
    matches!(name, "github" | "twitter")
}

#[tokio::test]
async fn each_visit_has_a_state_of_its_own() {
    let world = world().await;
    let mut states = Vec::new();
    for _ in 0..3 {
        sign_in_with_google(&world, own_account()).await;
        states.push(query(&world.browser.opened().pop().unwrap().url)["state"].clone());
    }
    states.sort();
    states.dedup();
    assert_eq!(states.len(), 3);
}

#[tokio::test]
async fn providers_without_redirects_are_unavailable_and_nobody_is_asked() {
    let world = world().await;
    for name in ["telegram", "farcaster", "okta", "sso", "Telegram"] {
        let error = sign_in_error(&world, SocialProvider::Other(name.into())).await;
        assert_eq!(error, unavailable(UnavailableReason::Unsupported), "{name}");
        assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    }
    for name in ["", "a b", "google/../x", "ünïcode"] {
        let error = sign_in_error(&world, SocialProvider::Other(name.into())).await;
        assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{name}: {error:?}");
    }
    assert_eq!(requests_at_all(&world), 0);
    assert!(world.browser.opened().is_empty());
}

#[tokio::test]
async fn another_provider_of_the_settings_works_by_its_name() {
    let world = world().await;
    world.browser.set(BrowserMode::Approves(own_account()));
    let google = SocialProvider::Other("Google".into());
    done(world.client.auth().sign_in_with_social(google, None, None).await);
    assert_eq!(world.count("providers/google/signIn"), 1);
}

#[tokio::test]
async fn a_provider_that_is_off_is_unavailable_and_no_browser_opens() {
    let world = world().await;
    let error = sign_in_error(&world, SocialProvider::Discord).await;
    assert_eq!(error, unavailable(UnavailableReason::Unsupported));
    assert!(world.browser.opened().is_empty());
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn a_provider_that_was_switched_off_since_the_settings_were_read_is_the_servers_refusal() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    patch_policy(&world, &json!({ "providers": [] }));
    let error = sign_in_error(&world, SocialProvider::Google).await;
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("provider_not_available"));
    assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    assert_eq!(world.browser.opened().len(), 1);
}

#[tokio::test]
async fn without_a_redirect_or_a_browser_nothing_is_sent() {
    let mut world = world().await;
    world.restart_with(ClientConfig { oauth_redirect_url: None, ..world.config() });
    let error = sign_in_error(&world, SocialProvider::Google).await;
    assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    let StepUpError::InvalidConfiguration { field, .. } = error else { panic!("{error:?}") };
    assert_eq!(field, "oauth_redirect_url");
    let platform = Platform { oauth_browser: None, ..world.platform() };
    world.restart_on(world.config(), platform);
    let error = sign_in_error(&world, SocialProvider::Google).await;
    assert_eq!(error, unavailable(UnavailableReason::Unsupported));
    assert_eq!(requests_at_all(&world), 0);
}

#[tokio::test]
async fn a_redirect_that_the_environment_does_not_allow_is_told_before_a_browser_opens() {
    let world = World::with_policy(json!({
        "providers": [{ "provider": "google" }], "redirectUrls": ["https://app.example/other"],
    }))
    .await;
    let error = sign_in_error(&world, SocialProvider::Google).await;
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("unauthorized_mobile_deeplink_url"));
    assert_eq!(error.kind(), ErrorKind::FixConfiguration);
    assert!(world.browser.opened().is_empty());
}

#[tokio::test]
async fn i16_settings_that_cannot_be_used_open_nothing() {
    let world = world().await;
    let good = json!({
        "provider": "google", "clientId": "c", "baseAuthUrl": "https://accounts.example/auth",
        "redirectUrl": "https://api.example/callback",
    });
    for (field, value) in [
        ("clientId", Value::Null),
        ("redirectUrl", json!("")),
        ("baseAuthUrl", Value::Null),
        ("baseAuthUrl", json!("http://accounts.example/auth")),
        ("baseAuthUrl", json!("javascript:alert(1)")),
        ("baseAuthUrl", json!("intent://accounts.example")),
        ("baseAuthUrl", json!("https://user:word@accounts.example/auth")),
    ] {
        let mut provider = good.clone();
        provider[field] = value.clone();
        with_settings_of(&world, &provider);
        let fresh = fresh_client(&world);
        let error = fresh.auth().sign_in_with_social(SocialProvider::Google, None, None).await.unwrap_err();
        let StepUpError::InvalidConfiguration { field: named, .. } = error else { panic!("{error:?}") };
        assert_eq!(named, format!("settings.providers[google].{field}"), "{value}");
        fresh.shutdown();
        world.sandbox.faults().clear();
    }
    assert!(world.browser.opened().is_empty());
}

#[tokio::test]
async fn i16_a_shops_name_cannot_lead_to_another_host() {
    let world = world().await;
    for store in ["evil.example/x?", "evil.example#", "a@evil.example", "evil\u{2024}example"] {
        with_settings_of(
            &world,
            &json!({
                "provider": "shopify", "clientId": "c", "redirectUrl": "https://api.example/callback",
                "baseAuthUrl": "https://{{shopifyStore}}.myshopify.com/auth", "shopifyStore": store,
            }),
        );
        let fresh = fresh_client(&world);
        let error = fresh.auth().sign_in_with_social(SocialProvider::Shopify, None, None).await.unwrap_err();
        let StepUpError::InvalidConfiguration { field, .. } = error else { panic!("{error:?}") };
        assert_eq!(field, "settings.providers[shopify].shopifyStore", "{store}");
        fresh.shutdown();
        world.sandbox.faults().clear();
    }
    assert!(world.browser.opened().is_empty());
}

#[tokio::test]
async fn a_pending_sms_code_does_not_turn_into_a_social_sign_in() {
    let world = world().await;
    let phone = PhoneNumber::new("1", "2025550167");
    world.client.auth().send_sms_otp(phone, None).await.unwrap();
    let user = sign_in_with_google(&world, own_account()).await.user;
    assert_eq!(user.phone_number, None);
    let code = world.code("+12025550167");
    let session = done(world.client.auth().sign_in_with_otp(code, None, None).await);
    assert_ne!(session.user.id, user.id);
}
