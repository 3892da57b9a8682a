//! The consent page as a browser meets it, and its double in the control API.

use std::collections::HashMap;

use reqwest::{Method, header, redirect};
use serde_json::json;
use url::Url;

use crate::support::{App, Login, REDIRECT, Trip, social_credentials};

/// A page or a redirect.
struct Page {
    status: u16,
    location: Option<Url>,
    text: String,
}

/// A browser that stops at every redirect.
async fn browse(method: Method, url: &Url, form: &[(&str, &str)]) -> Page {
    let browser = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = browser.request(method, url.clone()).body(body);
    let response = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let location = response.headers().get(header::LOCATION);
    let location = location.map(|value| url.join(value.to_str().unwrap()).unwrap());
    Page { status: response.status().as_u16(), location, text: response.text().await.unwrap() }
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// The trip's URL with a parameter replaced, or dropped.
fn altered(trip: &Trip, name: &str, value: Option<&str>) -> Url {
    let kept: Vec<_> = trip.url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    let mut url = trip.url.clone();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    url
}

#[tokio::test]
async fn a_browser_chooses_an_account_and_comes_back_to_the_app() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let page = browse(Method::GET, &trip.url, &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("ada@consent.example") && page.text.contains("<form"), "{}", page.text);

    let form = [("account", "1002"), ("email", ""), ("decision", "approve")];
    let consented = browse(Method::POST, &trip.url, &form).await;
    let callback = consented.location.unwrap();
    assert_eq!((consented.status, callback.path()), (302, "/oauth/google/callback"));
    let returned = browse(Method::GET, &callback, &[]).await;
    assert_eq!(returned.status, 302);
    let back = returned.location.unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    assert_eq!(query(&back)["dynamicOauthState"], trip.state);

    let body = json!({ "state": trip.state, "code": query(&back)["dynamicOauthCode"] });
    let login = Login::from_answer(app.social_signin("google", body).await.ok());
    assert_eq!(social_credentials(&login.answer)[0]["oauth_emails"], json!(["grace@consent.example"]));
    let again = browse(Method::GET, &callback, &[]).await;
    assert_eq!((again.status, again.location), (400, None));
}

#[tokio::test]
async fn a_typed_address_goes_before_the_chosen_account() {
    let app = App::with_providers(&["discord"]).await;
    let trip = app.begin_social("discord", None).await;
    let form = |email| [("account", "1001"), ("email", email), ("decision", "approve")];
    assert_eq!(browse(Method::POST, &trip.url, &form("no address")).await.status, 400);
    let callback = browse(Method::POST, &trip.url, &form("Me@Home.example")).await.location.unwrap();
    let body = json!({ "state": trip.state, "code": query(&callback)["code"] });
    let login = app.social_signin("discord", body).await.ok();
    assert_eq!(login["user"]["email"], "me@home.example");
}

#[tokio::test]
async fn apple_posts_the_answer_to_the_callback() {
    let app = App::with_providers(&["apple"]).await;
    let trip = app.begin_social("apple", None).await;
    let page = browse(Method::POST, &trip.url, &[("account", "1001"), ("decision", "approve")]).await;
    assert_eq!((page.status, page.location), (200, None));
    let callback = format!("{}/oauth/apple/callback", app.sandbox.url());
    assert!(page.text.contains(&format!("action=\"{callback}\"")), "{}", page.text);
    let code = page.text.split("name=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("code", code), ("state", &trip.state)];
    let back = browse(Method::POST, &Url::parse(&callback).unwrap(), &fields).await.location.unwrap();
    let body = json!({ "state": trip.state, "code": query(&back)["dynamicOauthCode"] });
    app.social_signin("apple", body).await.ok();
}

#[tokio::test]
async fn a_refusal_comes_back_as_an_error_without_a_code() {
    let app = App::with_providers(&["google"]).await;
    for decision in ["access_denied", "server_error"] {
        let trip = app.begin_social("google", None).await;
        let callback = browse(Method::POST, &trip.url, &[("decision", decision)]).await.location.unwrap();
        let back = browse(Method::GET, &callback, &[]).await.location.unwrap();
        let answer = query(&back);
        assert_eq!((&*answer["dynamicOauthState"], &*answer["error"]), (&*trip.state, decision));
        assert!(answer.contains_key("error_description") && !answer.contains_key("dynamicOauthCode"));
        let body = json!({ "state": trip.state, "code": "" });
        app.social_signin("google", body).await.refused(422, "invalid_verification");
    }
    let trip = app.begin_social("google", None).await;
    let denial = json!({ "authorizationUrl": trip.url, "error": "temporarily_unavailable" });
    let denied = app.control(Method::POST, "oauth/deny").json(denial).send().await.ok();
    let back = Url::parse(denied["redirectUrl"].as_str().unwrap()).unwrap();
    assert_eq!((&denied["state"], &*query(&back)["error"]), (&json!(trip.state), "temporarily_unavailable"));
}

#[tokio::test]
async fn the_callback_takes_only_what_the_provider_answered() {
    let app = App::with_providers(&["google", "discord"]).await;
    let trip = app.begin_social("google", None).await;
    let form = [("account", "1001"), ("decision", "approve")];
    let callback = |provider: &str, code: &str, state: &str| {
        let url = format!("{}/oauth/{provider}/callback?code={code}&state={state}", app.sandbox.url());
        Url::parse(&url).unwrap()
    };
    assert_eq!(browse(Method::GET, &callback("google", "", &trip.state), &[]).await.status, 400);
    let right = browse(Method::POST, &trip.url, &form).await.location.unwrap();
    let code = query(&right)["code"].clone();
    for wrong in [
        callback("google", "made-up", &trip.state),
        callback("google", &code, "made-up"),
        callback("discord", &code, &trip.state),
    ] {
        let page = browse(Method::GET, &wrong, &[]).await;
        assert_eq!((page.status, page.location), (400, None), "{wrong}");
    }
    assert_eq!(browse(Method::GET, &right, &[]).await.status, 302);
}

#[tokio::test]
async fn a_wrong_request_is_refused_by_name_on_the_page_and_by_the_control_api() {
    let app = App::with_providers(&["google", "apple", "github", "twitter", "tiktok", "shopify"]).await;
    for (provider, name, value, named) in [
        ("google", "client_id", Some("other"), "client_id"),
        ("google", "client_id", None, "client_id"),
        ("google", "response_type", Some("token"), "response_type"),
        ("google", "redirect_uri", Some("https://evil.example/"), "redirect_uri"),
        ("google", "state", Some("never-announced"), "initAuth"),
        ("google", "state", None, "state"),
        ("google", "access_type", None, "access_type"),
        ("google", "scope", Some("openid"), "email"),
        ("google", "code_challenge", Some("abc"), "code_challenge_method"),
        ("apple", "response_mode", Some("query"), "response_mode"),
        ("github", "code_challenge", None, "code_challenge"),
        ("github", "code_challenge", Some("short"), "code_challenge"),
        ("twitter", "code_challenge_method", Some("plain"), "code_challenge_method"),
        ("tiktok", "client_key", None, "client_key"),
        ("shopify", "redirect_uri", None, "redirect_uri"),
    ] {
        let trip = app.begin_social(provider, None).await;
        let url = altered(&trip, name, value);
        let page = browse(Method::GET, &url, &[]).await;
        assert!(page.status == 400 && page.text.contains(named), "{url} {}", page.text);
        let form = [("account", "1001"), ("decision", "approve")];
        let posted = browse(Method::POST, &url, &form).await;
        assert_eq!((posted.status, posted.location), (400, None), "{url}");
        let refused = app.try_approve(&url, json!({ "id": "42" })).await;
        assert_eq!(refused.status.as_u16(), 400, "{url}");
        assert!(refused.body["error"].as_str().unwrap().contains(named), "{}", refused.body);
        app.try_approve(&trip.url, json!({ "id": "42" })).await.ok();
    }
}

#[tokio::test]
async fn a_parameter_given_twice_and_a_strange_endpoint_are_refused() {
    let app = App::with_providers(&["google", "shopify"]).await;
    let trip = app.begin_social("google", None).await;
    let mut twice = trip.url.clone();
    twice.query_pairs_mut().append_pair("state", &trip.state);
    let page = browse(Method::GET, &twice, &[]).await;
    assert!(page.status == 400 && page.text.contains("twice"), "{}", page.text);

    let shop = app.begin_social("shopify", None).await.url;
    let mut other_shop = shop.clone();
    other_shop.set_path("/oauth/shopify/other-shop/authorize");
    let mut no_shop = shop.clone();
    no_shop.set_path("/oauth/shopify/authorize");
    let mut google_shop = trip.url.clone();
    google_shop.set_path("/oauth/google/sandbox-shop/authorize");
    let mut off = trip.url.clone();
    off.set_path("/oauth/discord/authorize");
    for url in [other_shop, no_shop, google_shop, off] {
        assert_eq!(browse(Method::GET, &url, &[]).await.status, 400, "{url}");
        let refused = app.try_approve(&url, json!({ "id": "42" })).await;
        assert!(refused.body["error"].as_str().unwrap().contains("endpoint"), "{}", refused.body);
    }
    let foreign = Url::parse("https://accounts.example/").unwrap();
    assert_eq!(app.try_approve(&foreign, json!({ "id": "42" })).await.status.as_u16(), 400);
}

#[tokio::test]
async fn a_request_is_answered_once_and_within_ten_minutes() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let form = [("account", "1001"), ("decision", "approve")];
    assert_eq!(browse(Method::POST, &trip.url, &form).await.status, 302);
    assert_eq!(browse(Method::GET, &trip.url, &[]).await.status, 400);
    assert_eq!(browse(Method::POST, &trip.url, &form).await.status, 400);
    let trip = app.begin_social("google", None).await;
    app.sandbox.clock().advance(600);
    let late = browse(Method::GET, &trip.url, &[]).await;
    assert!(late.status == 400 && late.text.contains("expired"), "{}", late.text);
}

#[tokio::test]
async fn what_a_request_says_is_text_on_the_page() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    let page = browse(Method::GET, &altered(&trip, "response_type", Some("<script>")), &[]).await;
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"), "{}", page.text);
}

#[tokio::test]
async fn the_control_api_wants_a_whole_account() {
    let app = App::with_providers(&["google"]).await;
    let trip = app.begin_social("google", None).await;
    for (account, named) in [
        (json!({}), "id"),
        (json!({ "id": " " }), "account.id"),
        (json!({ "id": "1", "email": "nowhere" }), "account.email"),
        (json!({ "id": "1", "colour": "blue" }), "colour"),
    ] {
        let refused = app.try_approve(&trip.url, account).await;
        assert_eq!(refused.status.as_u16(), 400);
        assert!(refused.body["error"].as_str().unwrap().contains(named), "{}", refused.body);
    }
    app.try_approve(&trip.url, json!({ "id": "1" })).await.ok();
}

#[tokio::test]
async fn the_policy_s_own_words_are_what_the_page_expects() {
    let app = App::with_policy(json!({ "providers": [{
        "provider": "google",
        "clientId": "abc",
        "scopes": "openid",
        "redirectUrl": "https://backend.example/callback",
        "baseAuthUrl": "https://accounts.example/o/oauth2/auth?hl=en",
    }] }))
    .await;
    let trip = app.begin_social("google", None).await;
    assert_eq!(trip.url.host_str(), Some("accounts.example"));
    app.try_approve(&trip.url, json!({ "id": "42" })).await.ok();
    let trip = app.begin_social("google", None).await;
    let refused = app.try_approve(&altered(&trip, "hl", None), json!({ "id": "42" })).await;
    assert_eq!(refused.status.as_u16(), 400);
}
