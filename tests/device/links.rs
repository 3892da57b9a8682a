//! Links that are of no use, each told for what it is.

use serde_json::json;
use stepup_core::{ClientConfig, ErrorKind, LinkRefusal, OnboardingDuty, ServerAnswer, StepUpError};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{APP, COMPLETE, OTHER, Phone, answered, link_for, mailed_link, requests, two_phones};

/// Why a link was refused, and by whom: the server, if it answered.
fn refusal<T: std::fmt::Debug>(refused: Result<T, StepUpError>) -> (LinkRefusal, Option<ServerAnswer>) {
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RequestNewLink, "{error}");
    assert_eq!(error.server_answer().is_some(), error.to_string().contains("status 4"), "{error}");
    match error {
        StepUpError::InvalidRegistrationLink { reason, answer } => (reason, answer),
        other => panic!("not InvalidRegistrationLink but {other:?}"),
    }
}

/// Refused here, without a request.
fn local(refused: Result<impl std::fmt::Debug, StepUpError>) -> LinkRefusal {
    let (reason, answer) = refusal(refused);
    assert_eq!(answer, None);
    reason
}

/// Refused by the server.
fn by_server(refused: Result<impl std::fmt::Debug, StepUpError>) -> LinkRefusal {
    let (reason, answer) = refusal(refused);
    assert_eq!(answer.unwrap().status, 422);
    reason
}

async fn assert_still_waiting(phone: &Phone) {
    assert_eq!(phone.session().await.unwrap().duties, [OnboardingDuty::RegisterDevice]);
}

#[tokio::test]
async fn i17_fault_40_what_is_no_link_of_the_app_is_told_without_a_request() {
    let (world, _first, second) = two_phones().await;
    let (before, app) = (requests(&world), APP);
    for malformed in [
        "".to_owned(),
        "123456".into(),
        format!("{app}/?deviceRegistrationToken="),
        format!("{app}/?deviceRegistrationToken=%20"),
        format!("{app}/?deviceRegistrationToken=a&deviceRegistrationToken=b"),
        format!("{app}/?token=a"),
    ] {
        assert_eq!(local(second.complete(&malformed).await), LinkRefusal::Malformed, "{malformed}");
        assert!(!second.devices().is_registration_link(malformed));
    }
    for foreign in ["https://evil.example/?deviceRegistrationToken=t", "other://x?deviceRegistrationToken=t"]
    {
        assert_eq!(local(second.complete(foreign).await), LinkRefusal::Foreign, "{foreign}");
        assert!(!second.devices().is_registration_link(foreign.into()));
    }
    assert_eq!(requests(&world), before);
    assert_still_waiting(&second).await;
}

#[tokio::test]
async fn i17_without_app_links_no_link_is_taken() {
    let (world, _first, mut second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    let config =
        ClientConfig { app_links: Vec::new(), storage_namespace: Some("second".into()), ..world.config() };
    second.restart_with(config);
    let before = requests(&world);
    assert!(!second.devices().is_registration_link(link.clone()));
    let error = second.complete(&link).await.unwrap_err();
    assert!(
        matches!(&error, StepUpError::InvalidConfiguration { field, .. } if field == "app_links"),
        "{error}"
    );
    assert_eq!(local(second.complete("no link").await), LinkRefusal::Malformed);
    assert_eq!(requests(&world), before);
}

#[tokio::test]
async fn i17_a_used_link_is_not_sent_again() {
    let (world, _first, mut second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    second.complete(&link).await.unwrap();
    let before = requests(&world);
    assert_eq!(local(second.complete(&link).await), LinkRefusal::Used);
    let same_token = format!("{link}&from=mail");
    assert_eq!(local(second.complete(&same_token).await), LinkRefusal::Used);
    assert!(second.devices().is_registration_link(link.clone()), "that it is used does not make it another");
    assert_eq!(requests(&world), before);
    // Another process asks the server, once.
    second.restart();
    assert_eq!(by_server(second.complete(&link).await), LinkRefusal::Used);
    assert_eq!(local(second.complete(&link).await), LinkRefusal::Used);
    assert_eq!(world.count(COMPLETE), 2);
    assert_eq!(second.session().await.unwrap().duties, []);
}

#[tokio::test]
async fn i17_an_expired_link_is_told_by_the_server_and_not_sent_again() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    world.sandbox.clock().advance(15 * 60 + 1);
    assert_eq!(by_server(second.complete(&link).await), LinkRefusal::Expired);
    assert_eq!(local(second.complete(&link).await), LinkRefusal::Expired);
    assert_eq!(world.count(COMPLETE), 1);
    assert_still_waiting(&second).await;
    // A new sign-in has a new link sent.
    second.sign_in(&world).await;
    let new = mailed_link(&world, EMAIL);
    assert_ne!(new, link);
    second.complete(&new).await.unwrap();
}

#[tokio::test]
async fn a_link_that_the_server_does_not_know_may_be_tried_again() {
    let (world, _first, second) = two_phones().await;
    let link = format!("{APP}/?deviceRegistrationToken=made-up");
    for attempt in 1..=2 {
        assert_eq!(by_server(second.complete(&link).await), LinkRefusal::Refused);
        assert_eq!(world.count(COMPLETE), attempt);
    }
    assert_still_waiting(&second).await;
}

#[tokio::test]
async fn i17_a_link_of_another_user_changes_nothing() {
    let (world, _first, second) = two_phones().await;
    let other = Phone::new(&world, "other", "").sign_in_as(&world, OTHER).await.user.id;
    let link = link_for(&world, &other).await;
    let (stored, session) = (second.storage.text(), second.session().await);
    let error = second.complete(&link).await.unwrap_err();
    assert_eq!((&error, error.kind()), (&StepUpError::IdentityMismatch, ErrorKind::SignInAgain));
    assert_eq!((second.storage.text(), second.session().await), (stored, session));
    assert!(second.devices().is_required());
    assert_eq!(local(second.complete(&link).await), LinkRefusal::Used);
    assert_eq!(world.count(COMPLETE), 1);
    // The own link still works.
    second.complete(&mailed_link(&world, EMAIL)).await.unwrap();
}

#[tokio::test]
async fn i17_a_link_signs_nobody_in() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    second.client.auth().logout(None).await.unwrap();
    let before = requests(&world);
    let error = second.complete(&link).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(requests(&world), before);
    second.assert_signed_out().await;
    assert!(second.devices().is_registration_link(link), "it is one, whoever is signed in");
}

#[tokio::test]
async fn codes_that_other_servers_may_have_are_read_by_their_words() {
    let (world, _first, second) = two_phones().await;
    for (status, code, reason) in [
        (400, "token_already_used", LinkRefusal::Used),
        (410, "expired_token", LinkRefusal::Expired),
        (400, "TOKEN-EXPIRED", LinkRefusal::Expired),
        (400, "registration_refused", LinkRefusal::Refused),
        (400, "unused_token_unexpired", LinkRefusal::Refused),
        (404, "not_found", LinkRefusal::Refused),
        (422, "forbidden", LinkRefusal::Refused),
    ] {
        let link = format!("{APP}/?deviceRegistrationToken={code}");
        answered(&world, "POST", COMPLETE, status, json!({ "error": "no", "code": code }));
        let (told, answer) = refusal(second.complete(&link).await);
        assert_eq!((told, answer.unwrap().status), (reason, status), "{code}");
    }
    assert_still_waiting(&second).await;
}

#[tokio::test]
async fn i12_neither_link_nor_token_is_printed() {
    let (world, _first, second) = two_phones().await;
    let token = "very-secret-token";
    let link = format!("{APP}/?deviceRegistrationToken={token}");
    let mut printed = String::new();
    for fault in [json!({ "status": 500, "body": { "error": token } }), json!({ "cut": "before" })] {
        let mut rule = json!({ "method": "POST", "path": COMPLETE, "count": 1 });
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        world.fault(rule);
        let error = second.complete(&link).await.unwrap_err();
        printed += &format!("{error} {error:?}");
    }
    let foreign = format!("https://evil.example/?deviceRegistrationToken={token}");
    for link in [link, foreign] {
        let error = second.complete(&link).await.unwrap_err();
        printed += &format!("{error} {error:?}");
    }
    printed += &second.log.text();
    assert!(!printed.contains(token) && !printed.contains("deviceRegistrationToken"), "{printed}");
    assert!(!second.storage.text().contains(token));
}

#[tokio::test]
async fn an_app_link_with_a_path_takes_what_is_below_it_only() {
    let world = World::new().await;
    let app = format!("{APP}/registered");
    let config = ClientConfig { app_links: vec![app.clone()], ..world.config() };
    let phone = Phone::with(ClientConfig { storage_namespace: Some("phone".into()), ..config });
    let is_link = |url: String| phone.devices().is_registration_link(url);
    assert!(is_link(format!("{app}?deviceRegistrationToken=t")));
    assert!(is_link(format!("{app}/now?deviceRegistrationToken=t")));
    assert!(!is_link(format!("{app}2?deviceRegistrationToken=t")));
    assert!(!is_link(format!("{APP}/?deviceRegistrationToken=t")));
}
