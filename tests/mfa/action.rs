//! Does an action need a second factor (action-based MFA)? Every reason, and that it fails closed.

use serde_json::{Value, json};
use stepup_core::{
    CancelToken, ErrorKind, MfaAction, MfaActionCheck, MfaActionReason, StepUpError, TokenScope,
    mfa_action_scope,
};
use stepup_test_support::World;

use crate::helpers::patch_policy;

/// An environment in which signing is protected and nothing else.
async fn world(enrollment: &str) -> World {
    World::with_policy(json!({
        "apiVersion": "2026_01_01",
        "mfa": { "enrollment": enrollment },
        "actions": [
            { "action": "wallet.waas.sign", "required": true },
            { "action": "wallet.waas.export", "required": false },
        ],
    }))
    .await
}

async fn check(world: &World, action: MfaAction) -> MfaActionCheck {
    world.client.mfa().is_required_for_action(action, None).await.unwrap()
}

fn answer(is_required: bool, reason: MfaActionReason) -> MfaActionCheck {
    MfaActionCheck { is_required, reason }
}

#[tokio::test]
async fn an_action_that_is_not_protected_needs_none() {
    let world = world("action").await;
    world.sign_in().await;
    let unlisted = MfaAction::Other("wallet.waas.melt".into());
    for action in [MfaAction::WalletExport, MfaAction::WalletReshare, MfaAction::UserUpdate, unlisted] {
        assert_eq!(check(&world, action).await, answer(false, MfaActionReason::NotProtected));
    }
    assert_eq!(world.count("users/mfa/methods"), 0, "the settings are enough");
}

#[tokio::test]
async fn a_protected_action_needs_one_once_the_user_has_a_factor() {
    let world = world("none").await;
    world.sign_in().await;
    assert_eq!(check(&world, MfaAction::WalletSign).await, answer(false, MfaActionReason::NoMethod));
    world.client.passkeys().register(None).await.unwrap();
    assert_eq!(check(&world, MfaAction::WalletSign).await, answer(true, MfaActionReason::Required));
}

#[tokio::test]
async fn where_enrolment_is_forced_it_needs_one_also_without_a_factor() {
    for enrollment in ["signup", "action"] {
        let world = world(enrollment).await;
        world.sign_in().await;
        let forced = answer(true, MfaActionReason::EnrollmentForced);
        assert_eq!(check(&world, MfaAction::WalletSign).await, forced, "{enrollment}");
    }
}

#[tokio::test]
async fn a_factor_that_is_not_verified_is_none_and_what_the_server_says_of_it_counts() {
    for (methods, reason) in [
        (json!({ "devices": [{ "id": "1", "type": "totp" }], "passkeys": [] }), MfaActionReason::NoMethod),
        (json!({ "devices": [], "passkeys": [{ "id": "1" }] }), MfaActionReason::Required),
        (
            json!({ "devices": [], "passkeys": [], "userHasVerifiedMfaMethods": true }),
            MfaActionReason::Required,
        ),
    ] {
        let world = world("none").await;
        world.sign_in().await;
        world.fault(json!({ "method": "GET", "path": "users/mfa/methods", "body": methods }));
        assert_eq!(check(&world, MfaAction::WalletSign).await.reason, reason, "{methods}");
    }
}

/// What is answered when this endpoint fails like that.
async fn failing(path: &str, fault: Value) -> MfaActionCheck {
    let world = world("none").await;
    world.sign_in().await;
    let mut rule = json!({ "method": "GET", "path": path });
    rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
    world.fault(rule);
    check(&world, MfaAction::WalletSign).await
}

#[tokio::test]
async fn i01_what_could_not_be_asked_is_required() {
    for path in ["settings", "users/mfa/methods"] {
        for fault in [
            json!({ "status": 500, "body": "<html>" }),
            json!({ "body": "<html>" }),
            json!({ "cut": "before" }),
            json!({ "hang": true }),
        ] {
            let expected = answer(true, MfaActionReason::CouldNotAsk { kind: ErrorKind::RetryLater });
            assert_eq!(failing(path, fault.clone()).await, expected, "{path}: {fault}");
        }
    }
    let forbidden = failing("users/mfa/methods", json!({ "status": 403, "body": { "error": "no" } })).await;
    let kind = ErrorKind::FixConfiguration;
    assert_eq!(forbidden, answer(true, MfaActionReason::CouldNotAsk { kind }));
}

#[tokio::test]
async fn i01_what_cannot_be_read_is_not_taken_for_unprotected() {
    let settings = |mfa: Value| json!({ "body": { "security": { "mfa": mfa } } });
    let listed = |required: Value| {
        settings(json!({ "actions": [null, { "action": "wallet.waas.sign", "required": required }] }))
    };
    for mfa in [json!([]), json!("on"), json!({ "actions": {} }), json!({ "actions": "all" })] {
        let expected = answer(true, MfaActionReason::CouldNotAsk { kind: ErrorKind::RetryLater });
        assert_eq!(failing("settings", settings(mfa.clone())).await, expected, "{mfa}");
    }
    let unreadable = json!({ "body": { "security": [] } });
    assert!(failing("settings", unreadable).await.is_required);
    for required in [json!("true"), json!(1)] {
        let mut settings = listed(required.clone());
        settings["body"]["security"]["mfa"]["enrollment"] = json!(["signup"]);
        let forced = answer(true, MfaActionReason::EnrollmentForced);
        assert_eq!(failing("settings", settings).await, forced, "{required}");
    }
    let unprotected = answer(false, MfaActionReason::NotProtected);
    for said in [listed(json!(false)), listed(json!(null)), settings(json!(null)), settings(json!({}))] {
        assert_eq!(failing("settings", said.clone()).await, unprotected, "{said}");
    }
}

#[tokio::test]
async fn i01_what_was_unprotected_more_than_five_minutes_ago_is_asked_again() {
    let world = world("action").await;
    world.sign_in().await;
    let unprotected = answer(false, MfaActionReason::NotProtected);
    assert_eq!(check(&world, MfaAction::WalletExport).await, unprotected);
    patch_policy(&world, &json!({ "actions": [{ "action": "wallet.waas.export", "required": true }] }));
    world.sandbox.clock().advance(301);
    world.clock.set_ahead(301);
    assert_eq!(check(&world, MfaAction::WalletExport).await, answer(true, MfaActionReason::EnrollmentForced));
}

#[tokio::test]
async fn i01_nobody_signed_in_it_is_required_also_where_nothing_is_protected() {
    let world = world("none").await;
    let nobody = answer(true, MfaActionReason::NotSignedIn);
    assert_eq!(check(&world, MfaAction::WalletExport).await, nobody);
    world.sign_in().await;
    assert!(!check(&world, MfaAction::WalletExport).await.is_required);
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(check(&world, MfaAction::WalletExport).await, nobody);
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_is_nobodys() {
    let world = world("none").await;
    world.sign_in().await;
    for path in ["users/mfa/methods", "session"] {
        world.fault(json!({ "method": "GET", "path": path, "status": 401, "body": { "error": "no" } }));
    }
    assert_eq!(check(&world, MfaAction::WalletSign).await, answer(true, MfaActionReason::NotSignedIn));
}

#[tokio::test]
async fn only_a_cancel_and_a_closed_client_are_errors() {
    let world = world("none").await;
    world.sign_in().await;
    let cancel = CancelToken::new();
    cancel.cancel();
    let mfa = world.client.mfa();
    let cancelled = mfa.is_required_for_action(MfaAction::WalletSign, Some(cancel)).await;
    assert_eq!(cancelled, Err(StepUpError::Cancelled));
    world.client.shutdown();
    let closed = mfa.is_required_for_action(MfaAction::WalletSign, None).await;
    assert_eq!(closed, Err(StepUpError::ClientClosed));
}

#[tokio::test]
async fn an_action_and_its_scope_ask_for_the_same() {
    let world = World::with_policy(json!({ "actions": [] })).await;
    world.sign_in().await;
    let step_up = world.client.step_up();
    for (action, name, scope) in [
        (MfaAction::WalletSign, "wallet.waas.sign", TokenScope::WALLET_SIGN),
        (MfaAction::WalletRefresh, "wallet.waas.refresh", TokenScope::WALLET_REFRESH),
        (MfaAction::WalletReshare, "wallet.waas.reshare", TokenScope::WALLET_RESHARE),
        (MfaAction::WalletExport, "wallet.waas.export", TokenScope::WALLET_EXPORT),
        (MfaAction::UserUpdate, "user.update", TokenScope::USER_UPDATE),
    ] {
        assert_eq!((action.as_str(), mfa_action_scope(action.clone())), (name, Some(scope.clone())));
        patch_policy(&world, &json!({ "actions": [{ "action": name, "required": true }] }));
        assert!(step_up.is_required(scope.clone(), None).await.unwrap(), "{name}");
        patch_policy(&world, &json!({ "actions": [] }));
        // The export of a key is protected whatever the policy says.
        let is_always = action == MfaAction::WalletExport;
        assert_eq!(step_up.is_required(scope, None).await.unwrap(), is_always, "{name}");
    }
    assert_eq!(mfa_action_scope(MfaAction::Other("wallet.waas.melt".into())), None);
}
