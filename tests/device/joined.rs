//! The link's token is sent once, however many ask for it.

use serde_json::json;
use stepup_core::{LinkRefusal, NetworkFailure, StepUpError};
use stepup_test_support::EMAIL;

use crate::helpers::{
    COMPLETE, Phone, begin, begin_complete, carried_out_late, link_for, mailed_link, two_phones,
};

#[tokio::test]
async fn i17_concurrent_calls_with_the_same_link_make_one_request_and_get_the_same_answer() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    let link = mailed_link(&world, EMAIL);
    carried_out_late(&world, COMPLETE);
    let calls: Vec<_> = (0..10).map(|_| begin_complete(&second, &link).0).collect();
    let mut sessions = Vec::new();
    for call in calls {
        sessions.push(call.await.unwrap().unwrap());
    }
    assert!(sessions.iter().all(|session| *session == sessions[0] && session.duties.is_empty()));
    assert_eq!(world.count(COMPLETE), 1);
}

#[tokio::test]
async fn i17_concurrent_calls_share_a_failure_too_and_the_next_call_asks_again() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    let link = mailed_link(&world, EMAIL);
    world.fault(json!({
        "method": "POST", "path": COMPLETE, "count": 1, "latencyMs": 500,
        "status": 503, "body": { "error": "down" },
    }));
    let calls: Vec<_> = (0..5).map(|_| begin_complete(&second, &link).0).collect();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.server_answer().unwrap().status, 503);
    }
    assert_eq!(world.count(COMPLETE), 1);
    second.complete(&link).await.unwrap();
    assert_eq!(world.count(COMPLETE), 2);
}

#[tokio::test]
async fn i17_cancelling_one_of_several_calls_does_not_cancel_the_others() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    let link = mailed_link(&world, EMAIL);
    carried_out_late(&world, COMPLETE);
    let (first, cancel) = begin_complete(&second, &link);
    world.arrived(COMPLETE, 1).await;
    let others: Vec<_> = (0..3).map(|_| begin_complete(&second, &link).0).collect();
    // They have joined when this has come through the same door.
    second.session().await.unwrap();
    cancel.cancel();
    assert_eq!(first.await.unwrap().unwrap_err(), StepUpError::Cancelled);
    for other in others {
        assert_eq!(other.await.unwrap().unwrap().duties, []);
    }
    assert_eq!(world.count(COMPLETE), 1);
}

#[tokio::test]
async fn i17_different_links_are_different_requests_one_after_the_other() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    let user = second.session().await.unwrap().user.id;
    let links = [mailed_link(&world, EMAIL), link_for(&world, &user).await];
    let calls: Vec<_> = links.iter().map(|link| begin_complete(&second, link).0).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().duties, []);
    }
    assert_eq!(world.count(COMPLETE), 2);
}

/// What a network failure leaves open, the server decides.
async fn tried_again_after(fault: serde_json::Value, failure: NetworkFailure) -> (Phone, String) {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    world.fault(fault);
    match second.complete(&link).await {
        Err(StepUpError::Network { failure: told, .. }) => assert_eq!(told, failure),
        other => panic!("not a network failure: {other:?}"),
    }
    assert!(second.devices().is_required());
    second.complete(&link).await.unwrap();
    assert_eq!(world.count(COMPLETE), 2);
    (second, link)
}

#[tokio::test]
async fn a_link_whose_request_broke_off_may_be_tried_again() {
    let fault = json!({ "method": "POST", "path": COMPLETE, "count": 1, "cut": "before" });
    let (second, link) = tried_again_after(fault, NetworkFailure::Interrupted).await;
    let again = second.complete(&link).await.unwrap_err();
    assert!(matches!(again, StepUpError::InvalidRegistrationLink { reason: LinkRefusal::Used, .. }));
}

#[tokio::test]
async fn a_link_whose_request_was_not_answered_in_time_may_be_tried_again() {
    let fault = json!({ "method": "POST", "path": COMPLETE, "count": 1, "hang": true });
    tried_again_after(fault, NetworkFailure::TimedOut).await;
}

#[tokio::test]
async fn an_answer_that_is_none_leaves_the_link_as_it_was() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    for body in [json!("<html>Please log in to this network</html>"), json!({ "expiresAt": 1 })] {
        world.fault(json!({ "method": "POST", "path": COMPLETE, "count": 1, "status": 200, "body": body }));
        let error = second.complete(&link).await.unwrap_err();
        assert!(matches!(error, StepUpError::UnexpectedAnswer { .. }), "{error}");
    }
    assert_eq!(second.complete(&link).await.unwrap().duties, []);
}

#[tokio::test]
async fn a_refresh_and_a_completion_at_once_are_both_carried_out() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    carried_out_late(&world, "refresh");
    let auth = second.client.auth();
    let refresh = begin(async move { auth.refresh(None).await });
    world.arrived("refresh", 1).await;
    let (complete, _) = begin_complete(&second, &mailed_link(&world, EMAIL));
    refresh.await.unwrap().unwrap();
    assert_eq!(complete.await.unwrap().unwrap().duties, []);
    assert_eq!(second.session().await.unwrap().duties, []);
    second.devices().list(None).await.unwrap();
}
