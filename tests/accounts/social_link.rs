//! Linking a social account to the user who is signed in.

use serde_json::json;
use stepup_core::{LinkOutcome, SocialProvider, StepUpError, TokenScope, UnavailableReason};
use stepup_test_support::{BrowserMode, SocialAccount, World};

use crate::helpers::{
    EXPORT, LINK, OLDER, holds, holds_visit, linked, other_account, own_account, requests_at_all,
    sign_in_verified, sign_in_with_google, social, user, user_id, world, world_with,
};

const GOOGLE: SocialProvider = SocialProvider::Google;

async fn link(world: &World, account: SocialAccount) -> Result<LinkOutcome, StepUpError> {
    world.browser.set(BrowserMode::Approves(account));
    world.client.auth().link_social(GOOGLE, None).await
}

#[tokio::test]
async fn an_account_is_linked_with_a_token_and_then_signs_its_user_in() {
    let world = world().await;
    let before = sign_in_verified(&world, &[LINK]).await.user;
    let session = linked(link(&world, own_account()).await);
    assert_eq!((session.user.id.as_str(), social(&session.user).len()), (before.id.as_str(), 1));
    let redeemed = &world.requests("google/verify")[0];
    assert!(redeemed["headers"]["x-dyn-elevated-access-token"].is_string());
    assert!(redeemed["body"].get("requestedScopes").is_none());
    assert!(!holds_visit(&world));
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(sign_in_with_google(&world, own_account()).await.user.id, before.id);
}

#[tokio::test]
async fn without_a_token_it_is_told_before_a_browser_opens() {
    let world = world().await;
    sign_in_verified(&world, &[EXPORT]).await;
    let error = link(&world, own_account()).await.unwrap_err();
    let operation = "link_social".into();
    let required = StepUpError::StepUpRequired { operation, scope: LINK, token_was_attached: false };
    assert_eq!(error, required);
    assert!(world.browser.opened().is_empty());
    assert_eq!(world.count("google/initAuth"), 0);
    // As the error says: a step-up, then once more.
    world.client.step_up().send_otp(None, None).await.unwrap();
    let code = world.code(stepup_test_support::EMAIL);
    world.client.step_up().verify_otp(code, vec![LINK], None, None).await.unwrap();
    linked(link(&world, own_account()).await);
}

#[tokio::test]
async fn before_step_up_no_token_is_needed() {
    let world = world_with(json!({ "apiVersion": OLDER })).await;
    world.sign_in().await;
    linked(link(&world, own_account()).await);
}

#[tokio::test]
async fn nobody_signed_in_links_nothing() {
    let world = world().await;
    let error = link(&world, own_account()).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!((requests_at_all(&world), world.browser.opened().len()), (0, 0));
}

#[tokio::test]
async fn linking_an_account_again_changes_nothing() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let first = linked(link(&world, own_account()).await);
    let second = linked(link(&world, own_account()).await);
    assert_eq!(first.user.verified_credentials, second.user.verified_credentials);
}

#[tokio::test]
async fn accounts_of_several_providers_can_be_linked() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    linked(link(&world, own_account()).await);
    let session = linked(world.client.auth().link_social(SocialProvider::Github, None).await);
    let mut names: Vec<_> = social(&session.user).iter().map(|one| one.oauth_provider.clone()).collect();
    names.sort();
    assert_eq!(names, [Some("github".into()), Some("google".into())]);
}

#[tokio::test]
async fn an_account_of_another_user_is_refused_where_accounts_are_not_merged() {
    let world = world().await;
    sign_in_with_google(&world, other_account()).await;
    let before = sign_in_verified(&world, &[LINK]).await.user;
    let error = link(&world, other_account()).await.unwrap_err();
    let StepUpError::MethodUnavailable { reason, answer } = error else { panic!("{error:?}") };
    assert_eq!(reason, UnavailableReason::BelongsToAnotherUser);
    assert_eq!(answer.unwrap().code.as_deref(), Some("social_account_already_exists"));
    assert_eq!(user(&world).await.verified_credentials, before.verified_credentials);
}

#[tokio::test]
async fn an_account_of_another_user_is_a_question_where_accounts_can_be_merged() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    let other = sign_in_with_google(&world, other_account()).await.user;
    let own = sign_in_verified(&world, &[LINK]).await.user;
    let LinkOutcome::MergeRequired { conflicts } = link(&world, other_account()).await.unwrap() else {
        panic!("the accounts are not merged unasked");
    };
    assert_eq!((conflicts.other_user.id.as_str(), conflicts.conflicts.len()), (other.id.as_str(), 0));
    assert_eq!(user(&world).await.verified_credentials, own.verified_credentials);
    let session = linked(world.client.auth().confirm_merge(vec![], None).await);
    assert_eq!((session.user.id.as_str(), social(&session.user).len()), (own.id.as_str(), 1));
    assert!(holds(&world, LINK), "the user is the same, so the tokens stay");
}

#[tokio::test]
async fn a_merge_offer_survives_a_wrong_answer_and_ends_with_the_session() {
    let world = world_with(json!({ "linkConflict": "merge" })).await;
    sign_in_with_google(&world, other_account()).await;
    sign_in_verified(&world, &[LINK]).await;
    let auth = world.client.auth();
    let error = auth.confirm_merge(vec![], None).await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidArgument { .. }), "nothing was offered: {error:?}");
    link(&world, other_account()).await.unwrap();
    auth.logout(None).await.unwrap();
    world.sign_in_as(crate::helpers::OTHER).await;
    let error = auth.confirm_merge(vec![], None).await.unwrap_err();
    assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    assert_eq!(world.count("users/merge") + world.count("verify/merge"), 0);
}

#[tokio::test]
async fn fault_44_a_403_that_is_about_something_else_is_no_step_up() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let body = json!({ "error": "Insufficient scope permissions" });
    let path = "providers/{provider}/verify";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "status": 403, "body": body }));
    let error = link(&world, own_account()).await.unwrap_err();
    let StepUpError::Server { operation, answer, .. } = error else { panic!("{error:?}") };
    assert_eq!((operation.as_str(), answer.status), ("link_social", 403));
    assert!(holds(&world, LINK), "the token was not refused");
}

#[tokio::test]
async fn fault_43_a_token_that_the_server_refuses_is_named_and_gone() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let body = json!({ "error": "Elevated access token required", "code": "elevated_access_token_required" });
    let path = "providers/{provider}/verify";
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "status": 403, "body": body }));
    let error = link(&world, own_account()).await.unwrap_err();
    let operation = "link_social".into();
    let scope = TokenScope::CREDENTIAL_LINK;
    assert_eq!(error, StepUpError::StepUpRequired { operation, scope, token_was_attached: true });
    assert!(!holds(&world, LINK));
    assert!(user_id(&world).await.is_some());
}
