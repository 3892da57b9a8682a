//! Two accounts that turn out to be one person's.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{
    CancelToken, LinkOutcome, MergeConflicts, MergeResolution, Session, StepUpError, UserUpdate, WalletChain,
};
use stepup_test_support::{EMAIL, World, elevated_token, eventually};

use crate::helpers::{
    EXPORT, LINK, OTHER, WALLET, holds, refused_argument, session, sign_in, sign_in_to_link, unix_now,
    wallets, world_with,
};

/// The names of the two, where they have one.
type Names = Option<(&'static str, &'static str)>;

/// A user signed in by e-mail, with a token for linking, and offered the account that has the wallet. With
/// names, the two differ in them: that of the wallet's user first.
async fn offered(names: Names) -> (World, MergeConflicts) {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    world.wallet.offer(WALLET, WalletChain::Evm);
    sign_in(&world).await;
    name(&world, names.map(|names| names.0)).await;
    sign_in_to_link(&world, EMAIL).await;
    name(&world, names.map(|names| names.1)).await;
    match world.client.auth().link_wallet(None, None).await {
        Ok(LinkOutcome::MergeRequired { conflicts }) => (world, conflicts),
        other => panic!("no merge was offered but {other:?}"),
    }
}

async fn name(world: &World, name: Option<&str>) {
    if name.is_some() {
        let update = UserUpdate { first_name: name.map(str::to_owned), ..UserUpdate::default() };
        world.client.auth().update_user(update, None).await.unwrap();
    }
}

async fn confirm(world: &World, resolutions: &[MergeResolution]) -> Result<LinkOutcome, StepUpError> {
    world.client.auth().confirm_merge(resolutions.to_vec(), None).await
}

fn done(outcome: Result<LinkOutcome, StepUpError>) -> Session {
    match outcome {
        Ok(LinkOutcome::Done { session }) => session,
        other => panic!("not merged but {other:?}"),
    }
}

fn keep(conflicts: &MergeConflicts, user_id: &str) -> MergeResolution {
    let conflict = &conflicts.conflicts[0];
    let (field, field_type) = (conflict.field.clone(), conflict.field_type.clone());
    MergeResolution { field, field_type, user_id: user_id.into() }
}

async fn merged(world: &World) -> usize {
    world.count("users/merge") + world.count("verify/merge")
}

#[tokio::test]
async fn two_accounts_without_a_conflict_become_one() {
    let (world, conflicts) = offered(None).await;
    assert!(conflicts.conflicts.is_empty());
    let before = session(&world).await.unwrap();
    assert_ne!(conflicts.other_user.id, before.user.id);
    assert!(wallets(&before).is_empty(), "nothing has changed yet");
    let after = done(confirm(&world, &[]).await);
    assert_eq!(after.user.id, before.user.id);
    assert_eq!(wallets(&after).len(), 1);
    assert!(holds(&world, LINK), "the same user, the same epoch");
    let request = &world.requests("users/merge")[0];
    assert_eq!(request["body"], Value::Null);
    assert_eq!(refused_argument(confirm(&world, &[]).await).0, "merge");
}

#[tokio::test]
async fn the_user_decides_which_value_stays() {
    for keeps_own in [true, false] {
        let (world, conflicts) = offered(Some(("Walter", "Ada"))).await;
        let conflict = &conflicts.conflicts[0];
        assert_eq!((conflict.field.as_str(), conflict.field_type.as_str()), ("firstName", "standard"));
        assert_eq!((conflict.current.value.as_str(), conflict.other.value.as_str()), ("Ada", "Walter"));
        let user_id = if keeps_own { &conflict.current.user_id } else { &conflict.other.user_id };
        let after = done(confirm(&world, &[keep(&conflicts, user_id)]).await);
        assert_eq!(after.user.first_name.as_deref(), Some(if keeps_own { "Ada" } else { "Walter" }));
        let sent = &world.requests("verify/merge")[0]["body"]["mergeUserResolutions"];
        let expected = json!([{ "userId": user_id, "fieldKey": "firstName", "type": "standard" }]);
        assert_eq!(*sent, expected);
    }
}

#[tokio::test]
async fn a_merge_that_is_confirmed_twice_at_once_is_sent_once() {
    let (world, _) = offered(None).await;
    let (first, second) = tokio::join!(confirm(&world, &[]), confirm(&world, &[]));
    let (done, refused) = if first.is_ok() { (first, second) } else { (second, first) };
    assert!(done.is_ok());
    assert_eq!(refused_argument(refused).0, "merge");
    assert_eq!(merged(&world).await, 1);
}

/// A merge without conflicts does not say which offer it is for.
#[tokio::test]
async fn what_was_confirmed_is_not_another_offer_that_comes_meanwhile() {
    let (world, _) = offered(None).await;
    let other = json!({
        "error": "no", "code": "merge_accounts_confirmation",
        "payload": { "mergeConflicts": { "fromUser": { "id": "another" }, "conflicts": [] } },
    });
    world.fault(json!({
        "method": "PUT", "path": "users", "count": 1, "status": 422, "body": other, "latencyMs": 300,
    }));
    let auth = world.client.auth();
    let link = tokio::spawn(async move { auth.link_email("new@example.com".into(), None).await });
    world.arrived("users", 1).await;
    assert_eq!(refused_argument(confirm(&world, &[]).await).0, "merge");
    link.await.unwrap().unwrap_err();
    assert_eq!(merged(&world).await, 0);
}

#[tokio::test]
async fn each_conflict_has_exactly_one_decision_and_the_offer_stays_until_then() {
    let (world, conflicts) = offered(Some(("Walter", "Ada"))).await;
    let right = keep(&conflicts, &conflicts.conflicts[0].current.user_id);
    let foreign = keep(&conflicts, "somebody else");
    let other_field = MergeResolution { field: "lastName".into(), ..right.clone() };
    let other_type = MergeResolution { field_type: "custom".into(), ..right.clone() };
    for wrong in [
        vec![],
        vec![right.clone(), right.clone()],
        vec![foreign],
        vec![other_field.clone()],
        vec![other_type],
        vec![right.clone(), other_field],
    ] {
        let refused = confirm(&world, &wrong).await;
        assert_eq!(refused_argument(refused).0, "resolutions", "{wrong:?}");
    }
    assert_eq!(merged(&world).await, 0);
    done(confirm(&world, &[right]).await);
}

#[tokio::test]
async fn an_offer_survives_a_server_in_trouble() {
    let (world, _) = offered(None).await;
    world.fault(json!({ "method": "POST", "path": "users/merge", "count": 1, "status": 500 }));
    assert!(matches!(confirm(&world, &[]).await, Err(StepUpError::Server { .. })));
    done(confirm(&world, &[]).await);
}

#[tokio::test]
async fn a_merge_that_was_not_offered_cannot_be_confirmed() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    assert_eq!(confirm(&world, &[]).await, Err(StepUpError::NotSignedIn { answer: None }));
    world.sign_in().await;
    assert_eq!(refused_argument(confirm(&world, &[]).await).0, "merge");
    assert_eq!(merged(&world).await, 0);
}

#[tokio::test]
async fn i03_an_offer_ends_with_the_session_it_was_made_in() {
    let (world, _) = offered(None).await;
    sign_in_to_link(&world, OTHER).await;
    assert_eq!(refused_argument(confirm(&world, &[]).await).0, "merge");
    assert_eq!(merged(&world).await, 0);
}

#[tokio::test]
async fn i03_when_the_other_account_remains_the_tokens_of_this_one_are_gone() {
    let (mut world, conflicts) = offered(None).await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    let answer = json!({
        "user": { "id": conflicts.other_user.id, "scope": "user:basic", "verifiedCredentials": [] },
        "expiresAt": unix_now(&world) + 3_600,
        "minifiedJwt": "the-session-of-the-other-account",
    });
    world.fault(json!({ "method": "POST", "path": "users/merge", "count": 1, "body": answer }));
    let after = done(confirm(&world, &[]).await);
    assert_eq!(after.user.id, conflicts.other_user.id);
    assert!(!holds(&world, LINK) && !holds(&world, EXPORT));
    world.restart();
    assert_eq!(session(&world).await.unwrap().user.id, conflicts.other_user.id);
    assert!(!holds(&world, LINK), "nor are they in the storage");
}

#[tokio::test]
async fn i15_a_token_that_comes_with_a_merge_whose_caller_has_gone_is_not_kept() {
    let (world, conflicts) = offered(None).await;
    let other = &conflicts.other_user.id;
    let elevated = json!({ "sub": other, "scope": EXPORT.as_str(), "exp": unix_now(&world) + 300 });
    world.fault(json!({ "method": "POST", "path": "users/merge", "count": 1, "body": {
        "user": { "id": other, "verifiedCredentials": [] }, "expiresAt": unix_now(&world) + 7_200,
        "minifiedJwt": elevated_token(&json!({ "sub": other })),
        "elevatedAccessToken": elevated_token(&elevated),
    } }));
    world.storage.hold("put");
    let (auth, cancel) = (world.client.auth(), CancelToken::new());
    let token = Arc::clone(&cancel);
    let merge = tokio::spawn(async move { auth.confirm_merge(vec![], Some(token)).await });
    eventually("the token is held", || holds(&world, EXPORT)).await;
    cancel.cancel();
    assert_eq!(merge.await.unwrap(), Err(StepUpError::Cancelled));
    assert!(!holds(&world, EXPORT));
    world.storage.release("put");
    assert_eq!(session(&world).await.unwrap().user.id, *other);
}

#[tokio::test]
async fn i12_a_conflict_does_not_print_what_the_two_have() {
    let (_, conflicts) = offered(Some(("Walter", "Ada"))).await;
    let printed = format!("{conflicts:?} {}", conflicts.conflicts[0].other);
    assert!(!printed.contains("Walter") && !printed.contains("Ada"), "{printed}");
}
