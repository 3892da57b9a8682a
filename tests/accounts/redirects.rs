//! Which redirect is taken, and how often (I16).

use stepup_core::{ErrorKind, RedirectOutcome, RedirectRefusal, SocialProvider, StepUpError};
use stepup_test_support::{BrowserMode, World, eventually};
use url::Url;

use crate::helpers::{
    Visit, done, holds_visit, own_account, patient_world, redemptions, sign_in_with_google, user_id, world,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

async fn handle(world: &World, url: &str) -> Result<RedirectOutcome, StepUpError> {
    world.client.auth().handle_redirect(url.into(), None).await
}

fn refused(reason: RedirectRefusal) -> StepUpError {
    StepUpError::RedirectRefused { reason }
}

/// The redirect with one query parameter changed, or left out.
fn with_parameter(redirect: &str, name: &str, value: Option<&str>) -> String {
    let mut url = Url::parse(redirect).unwrap();
    let pairs: Vec<(String, String)> =
        url.query_pairs().map(|(key, old)| (key.into_owned(), old.into_owned())).collect();
    let mut query = url.query_pairs_mut();
    query.clear();
    for (key, old) in pairs {
        match (key == name, value) {
            (false, _) => drop(query.append_pair(&key, &old)),
            (true, Some(value)) => drop(query.append_pair(&key, value)),
            (true, None) => {}
        }
    }
    drop(query);
    url.into()
}

/// Redirects that look like this one and are none.
fn forgeries(redirect: &str) -> Vec<String> {
    let query = redirect.split_once('?').unwrap().1;
    let elsewhere = [
        "http://app.example/oauth",
        "https://app.example.evil/oauth",
        "https://evil.example/oauth",
        "https://app.example:444/oauth",
        "https://app.example/oauth/more",
        "https://app.example/oauth2",
        "https://app.example/",
        "https://me@app.example/oauth",
        "app.example:/oauth",
    ];
    let mut forgeries: Vec<_> = elsewhere.iter().map(|place| format!("{place}?{query}")).collect();
    let state = "dynamicOauthState";
    forgeries.extend([
        with_parameter(redirect, state, None),
        with_parameter(redirect, state, Some("")),
        with_parameter(redirect, state, Some("another")),
        with_parameter(redirect, state, Some(&"a".repeat(32))),
        "https://app.example/oauth".into(),
        "https://app.example/oauth?error=access_denied".into(),
        "not a URL".into(),
        String::new(),
    ]);
    forgeries
}

#[tokio::test]
async fn i16_what_is_not_ours_leaves_the_visit_alone() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        for forgery in forgeries(&redirect) {
            assert_eq!(handle(&world, &forgery).await, Ok(RedirectOutcome::NotOurs), "{visit:?} {forgery}");
        }
        assert!(holds_visit(&world) && !call.is_finished());
        assert_eq!(redemptions(&world), earlier);
        handle(&world, &redirect).await.unwrap();
        call.await.unwrap().unwrap();
        assert!(visit.has_succeeded(&world).await, "{visit:?}");
    }
}

#[tokio::test]
async fn i16_a_browser_that_answers_with_something_else_is_refused() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    handle(&world, &redirect).await.unwrap();
    call.await.unwrap().unwrap();
    world.client.auth().logout(None).await.unwrap();
    // The last one is an older visit's.
    for forgery in forgeries(&redirect).into_iter().chain([redirect]) {
        world.browser.set(BrowserMode::Answers(forgery.clone()));
        let error = world.client.auth().sign_in_with_social(GOOGLE, None, None).await.unwrap_err();
        assert_eq!(error, refused(RedirectRefusal::NotOurs), "{forgery}");
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
        eventually("the visit is not stored any more", || !holds_visit(&world)).await;
    }
    assert_eq!(redemptions(&world), 1);
    sign_in_with_google(&world, own_account()).await;
}

#[tokio::test]
async fn i16_a_redirect_serves_once() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        handle(&world, &redirect).await.unwrap();
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
        call.await.unwrap().unwrap();
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
        assert_eq!(redemptions(&world), earlier + 1, "{visit:?}");
        assert!(!holds_visit(&world));
    }
}

#[tokio::test]
async fn i16_a_redirect_that_the_browser_brought_does_not_serve_the_app_again() {
    let world = world().await;
    sign_in_with_google(&world, own_account()).await;
    let redirect = world.browser.redirect(1).await;
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(redemptions(&world), 1);
}

#[tokio::test]
async fn i16_a_redirect_is_not_taken_after_ten_minutes() {
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        let (call, redirect) = visit.begin(&world).await;
        world.sandbox.clock().advance(601);
        world.clock.set_ahead(601);
        let late = refused(RedirectRefusal::Expired);
        assert_eq!(handle(&world, &redirect).await, Err(late.clone()), "{visit:?}");
        assert_eq!(call.await.unwrap(), Err(late));
        assert_eq!(redemptions(&world), earlier);
        assert!(!holds_visit(&world));
        assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    }
}

#[tokio::test]
async fn a_redirect_is_taken_until_then() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    world.sandbox.clock().advance(590);
    world.clock.set_ahead(590);
    handle(&world, &redirect).await.unwrap();
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn i22_a_wrong_clock_makes_no_redirect_late() {
    for ahead in [-86_400, 86_400] {
        let mut world = world().await;
        world.clock.set_ahead(ahead);
        // The server's time becomes known with this visit's first answer.
        sign_in_with_google(&world, own_account()).await;
        crate::helpers::make_patient(&mut world);
        world.client.auth().logout(None).await.unwrap();
        let (_call, redirect) = Visit::SignIn.begin(&world).await;
        world.restart();
        let outcome = handle(&world, &redirect).await.unwrap();
        let RedirectOutcome::SignedIn { outcome } = outcome else { panic!("{outcome:?}") };
        done(Ok(outcome));
    }
}

#[tokio::test]
async fn fault_28_the_providers_error_is_reported() {
    for (visit, word) in Visit::ALL.into_iter().zip(["access_denied", "temporarily_unavailable", "x-2"]) {
        let world = world().await;
        visit.prepare(&world).await;
        let earlier = redemptions(&world);
        world.browser.set(BrowserMode::Denies(word.into()));
        let error = visit.make(&world.client).await.unwrap_err();
        let (provider, code) = ("google".into(), Some(word.into()));
        assert_eq!(error, StepUpError::ProviderRefused { provider, code });
        assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
        assert_eq!(redemptions(&world), earlier);
        assert!(!holds_visit(&world));
        assert!(!visit.has_succeeded(&world).await);
    }
}

#[tokio::test]
async fn i11_fault_28_a_sentence_of_the_provider_is_not_passed_on() {
    let world = world().await;
    for sentence in ["ada@example.com is unknown", "<script>", &"a".repeat(65), "ünbekannt"] {
        world.browser.set(BrowserMode::Denies(sentence.into()));
        let error = Visit::SignIn.make(&world.client).await.unwrap_err();
        assert_eq!(error, StepUpError::ProviderRefused { provider: "google".into(), code: None });
    }
}

#[tokio::test]
async fn fault_28_the_providers_error_reaches_the_call_and_the_app() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    let without_code = with_parameter(&redirect, "dynamicOauthCode", None);
    let denied = format!("{without_code}&error=access_denied&error_description=ada%40example.com");
    let error =
        StepUpError::ProviderRefused { provider: "google".into(), code: Some("access_denied".into()) };
    assert_eq!(handle(&world, &denied).await, Err(error.clone()));
    assert_eq!(call.await.unwrap(), Err(error));
    // It was ours, so it is used up.
    assert_eq!(handle(&world, &redirect).await, Ok(RedirectOutcome::NotOurs));
    assert_eq!(user_id(&world).await, None);
}

#[tokio::test]
async fn a_redirect_with_neither_code_nor_error_is_incomplete() {
    let world = patient_world().await;
    for value in [None, Some("")] {
        let (call, redirect) = Visit::SignIn.begin(&world).await;
        let empty = with_parameter(&redirect, "dynamicOauthCode", value);
        assert_eq!(handle(&world, &empty).await, Err(refused(RedirectRefusal::Incomplete)));
        assert_eq!(call.await.unwrap(), Err(refused(RedirectRefusal::Incomplete)));
    }
    assert_eq!(redemptions(&world), 0);
}

#[tokio::test]
async fn the_names_of_rfc_6749_serve_as_well() {
    let world = patient_world().await;
    let (call, redirect) = Visit::SignIn.begin(&world).await;
    let plain = redirect.replace("dynamicOauthState", "state").replace("dynamicOauthCode", "code");
    assert_ne!(plain, redirect);
    handle(&world, &plain).await.unwrap();
    call.await.unwrap().unwrap();
}
