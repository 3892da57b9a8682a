//! Contacts that are another user's, and what the environment makes of that: refusal, merge, transfer.

use serde_json::json;
use stepup_core::{
    ErrorKind, LinkOutcome, MergeConflicts, MergeResolution, PhoneNumber, StepUpError, UpdateOutcome,
    UserUpdate,
};
use stepup_test_support::World;

use crate::helpers::{LINK, OTHER, holds, linked, sign_in_verified, user, user_id, world, world_with};

/// Grace exists, Ada is signed in with a token for linking: Grace's id.
async fn two_users(world: &World) -> String {
    let other = world.sign_in_as(OTHER).await.user.id;
    sign_in_verified(world, &[LINK]).await;
    other
}

/// Proves Grace's address as Ada.
async fn link_others_address(world: &World) -> Result<LinkOutcome, StepUpError> {
    let outcome = world.client.auth().link_email(OTHER.into(), None).await?;
    assert!(matches!(outcome, UpdateOutcome::CodeSent { .. }));
    world.client.auth().confirm_link(world.code(OTHER), None, None).await
}

#[tokio::test]
async fn an_address_of_another_user_is_refused_before_a_code_is_sent() {
    let world = world().await;
    two_users(&world).await;
    let sent = world.code(OTHER);
    let error = link_others_address(&world).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("email_already_exists"));
    assert_eq!(error.kind(), ErrorKind::AskUserAgain);
    assert!(!format!("{error:?} {error}").contains(OTHER));
    assert_eq!(world.code(OTHER), sent);
    assert!(holds(&world, LINK));
}

#[tokio::test]
async fn a_number_of_another_user_is_refused_too() {
    let world = world().await;
    let phone = || PhoneNumber::new("1", "2025550167");
    let auth = world.client.auth();
    auth.send_sms_otp(phone(), None).await.unwrap();
    auth.sign_in_with_otp(world.code("+12025550167"), None, None).await.unwrap();
    sign_in_verified(&world, &[LINK]).await;
    let error = auth.link_phone(phone(), None).await.unwrap_err();
    let code = error.server_answer().unwrap().code;
    assert_eq!(code.as_deref(), Some("user_has_already_account_with_phone_number"));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
}

#[tokio::test]
async fn a_contact_changes_hands_where_the_environment_wants_that() {
    let world = world_with(json!({ "linkConflict": "transfer" })).await;
    let other = two_users(&world).await;
    let session = linked(link_others_address(&world).await);
    assert_eq!(session.user.email.as_deref(), Some(OTHER));
    world.client.auth().logout(None).await.unwrap();
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    let signed_in = world.sign_in_as(OTHER).await.user.id;
    assert_eq!(signed_in, session.user.id);
    assert_ne!(signed_in, other);
}

#[tokio::test]
async fn accounts_are_merged_when_the_user_wants_it() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    let other = two_users(&world).await;
    let own = user(&world).await;
    let LinkOutcome::MergeRequired { conflicts } = link_others_address(&world).await.unwrap() else {
        panic!("nothing is merged unasked");
    };
    assert_eq!((conflicts.other_user.id.as_str(), conflicts.conflicts.len()), (other.as_str(), 0));
    assert_eq!(user(&world).await, own);
    // The code has served.
    let error = world.client.auth().confirm_link(world.code(OTHER), None, None).await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    let session = linked(world.client.auth().confirm_merge(vec![], None).await);
    assert_eq!(session.user.id, own.id);
    assert_eq!(world.count("users/merge"), 1);
    assert!(holds(&world, LINK));
    // An offer serves once.
    let again = world.client.auth().confirm_merge(vec![], None).await.unwrap_err();
    assert!(matches!(again, StepUpError::InvalidArgument { .. }), "{again:?}");
}

/// Both have a first name and a user name.
async fn offered_with_conflicts(world: &World) -> MergeConflicts {
    let named = |first: &str, username: &str| UserUpdate {
        first_name: Some(first.into()),
        username: Some(username.into()),
        ..UserUpdate::default()
    };
    let auth = world.client.auth();
    world.sign_in_as(OTHER).await;
    auth.update_user(named("Grace", "grace"), None).await.unwrap();
    sign_in_verified(world, &[LINK]).await;
    auth.update_user(named("Ada", "ada"), None).await.unwrap();
    match link_others_address(world).await.unwrap() {
        LinkOutcome::MergeRequired { conflicts } => conflicts,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn conflicts_are_decided_field_by_field() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    let offer = offered_with_conflicts(&world).await;
    let mut fields: Vec<_> = offer.conflicts.iter().map(|conflict| conflict.field.clone()).collect();
    fields.sort();
    assert_eq!(fields, ["firstName", "username"]);
    let own = user_id(&world).await.unwrap();
    let resolutions = offer.conflicts.iter().map(|conflict| {
        let (current, other) = (&conflict.current, &conflict.other);
        assert_eq!((&current.user_id, &other.user_id), (&own, &offer.other_user.id));
        let takes_others = conflict.field == "firstName";
        MergeResolution {
            field: conflict.field.clone(),
            field_type: conflict.field_type.clone(),
            user_id: if takes_others { other.user_id.clone() } else { current.user_id.clone() },
        }
    });
    let session = linked(world.client.auth().confirm_merge(resolutions.collect(), None).await);
    assert_eq!(session.user.id, own);
    assert_eq!(session.user.first_name.as_deref(), Some("Grace"));
    assert_eq!(session.user.username.as_deref(), Some("ada"));
    let printed = format!("{:?}", offer.conflicts);
    assert!(!printed.contains("Grace") && !printed.contains("Ada"), "{printed}");
}

#[tokio::test]
async fn a_decision_that_is_none_is_not_sent_and_the_offer_stays() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    let offer = offered_with_conflicts(&world).await;
    let right: Vec<_> = offer
        .conflicts
        .iter()
        .map(|conflict| MergeResolution {
            field: conflict.field.clone(),
            field_type: conflict.field_type.clone(),
            user_id: conflict.current.user_id.clone(),
        })
        .collect();
    let changed = |change: fn(&mut MergeResolution)| {
        let mut wrong = right.clone();
        change(&mut wrong[0]);
        wrong
    };
    let auth = world.client.auth();
    for wrong in [
        vec![],
        right[..1].to_vec(),
        vec![right[0].clone(), right[0].clone()],
        [right.clone(), right.clone()].concat(),
        changed(|one| one.user_id = "somebody".into()),
        changed(|one| one.field = "lastName".into()),
        changed(|one| one.field_type = "custom".into()),
    ] {
        let error = auth.confirm_merge(wrong.clone(), None).await.unwrap_err();
        let StepUpError::InvalidArgument { argument, .. } = error else { panic!("{error:?}") };
        assert_eq!(argument, "resolutions", "{wrong:?}");
    }
    assert_eq!(world.count("verify/merge"), 0);
    linked(auth.confirm_merge(right, None).await);
}

#[tokio::test]
async fn a_merge_that_the_server_refuses_is_told() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    two_users(&world).await;
    link_others_address(&world).await.unwrap();
    // Too late for the server.
    world.sandbox.clock().advance(601);
    world.clock.set_ahead(601);
    let error = world.client.auth().confirm_merge(vec![], None).await.unwrap_err();
    assert_eq!(error.server_answer().unwrap().code.as_deref(), Some("merge_accounts_invalid"));
    assert_eq!(error.kind(), ErrorKind::ChooseAnotherMethod);
    assert_eq!(user(&world).await.verified_credentials.len(), 1);
}
