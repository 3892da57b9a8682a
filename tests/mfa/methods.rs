//! One list of factors by kind: what the environment offers beside what the user has (fault 39).

use serde_json::{Value, json};
use stepup_core::{ClientConfig, ErrorKind, MfaFactorKind, MfaMethod, StepUpError};
use stepup_test_support::World;

use crate::helpers::{linking_world, method, patch_policy};

const TOTP: MfaFactorKind = MfaFactorKind::Totp;
const PASSKEY: MfaFactorKind = MfaFactorKind::Passkey;
const EMAIL: MfaFactorKind = MfaFactorKind::Email;

async fn methods(world: &World) -> Vec<MfaMethod> {
    world.client.mfa().methods(None).await.unwrap()
}

fn kinds(methods: &[MfaMethod]) -> Vec<MfaFactorKind> {
    methods.iter().map(|method| method.kind.clone()).collect()
}

/// What the list is when settings and factors are these.
async fn methods_of(mfa: Value, factors: Value) -> Vec<MfaMethod> {
    let world = World::new().await;
    world.sign_in().await;
    let settings = json!({ "security": { "mfa": mfa } });
    world.fault(json!({ "method": "GET", "path": "settings", "body": settings }));
    world.fault(json!({ "method": "GET", "path": "users/mfa/methods", "body": factors }));
    methods(&world).await
}

#[tokio::test]
async fn fault_39_a_passkey_alone_is_an_enrolled_method() {
    let world = linking_world().await;
    let before = methods(&world).await;
    assert_eq!(kinds(&before), [TOTP, PASSKEY]);
    assert!(
        before.iter().all(|method| method.is_enabled && !method.is_enrolled && method.factors.is_empty())
    );
    world.client.passkeys().register(None).await.unwrap();
    let after = methods(&world).await;
    let passkey = method(&after, &PASSKEY);
    assert!(passkey.is_enabled && passkey.is_enrolled);
    assert_eq!(passkey.factors.len(), 1);
    assert!(!method(&after, &TOTP).is_enrolled, "nobody is asked to enrol again for it");
}

#[tokio::test]
async fn fault_39_what_is_offered_is_what_is_enabled_and_not_the_catalogue() {
    let offered = json!({
        "availableMethods": ["totp", "passkey", "email", "sms"],
        "methods": [
            { "type": "passkey", "enabled": true },
            { "type": "totp", "enabled": false },
            { "type": "email" },
            { "type": "face", "enabled": true },
            { "type": "passkey", "enabled": true },
            { "enabled": true },
        ],
    });
    let listed = methods_of(offered, json!({ "devices": [], "passkeys": [] })).await;
    assert_eq!(kinds(&listed), [PASSKEY, MfaFactorKind::Other("face".into())]);
    assert!(listed.iter().all(|method| method.is_enabled && !method.is_enrolled));
}

#[tokio::test]
async fn what_the_user_has_is_listed_also_where_it_is_not_offered_any_more() {
    let factors = json!({
        "devices": [
            { "id": "1", "type": "totp", "verified": true },
            { "id": "2", "type": "totp", "verified": true, "default": true },
            { "id": "3", "type": "email", "verified": false },
        ],
        "passkeys": [{ "id": "4" }],
    });
    let offered = json!({ "methods": [{ "type": "passkey", "enabled": true }] });
    let listed = methods_of(offered, factors).await;
    assert_eq!(kinds(&listed), [PASSKEY, TOTP, EMAIL]);
    let flags = |kind| {
        let MfaMethod { is_enabled, is_enrolled, is_default, factors, .. } = method(&listed, &kind);
        let ids: Vec<String> = factors.into_iter().map(|factor| factor.id.to_string()).collect();
        (is_enabled, is_enrolled, is_default, ids.join(" "))
    };
    assert_eq!(flags(TOTP), (false, true, true, "1 2".into()));
    assert_eq!(flags(PASSKEY), (true, true, false, "4".into()));
    assert_eq!(flags(EMAIL), (false, false, false, "3".into()), "not verified, so not enrolled");
}

#[tokio::test]
async fn a_method_that_is_switched_off_is_found_out_after_a_restart() {
    let mut world = linking_world().await;
    assert_eq!(kinds(&methods(&world).await), [TOTP, PASSKEY]);
    patch_policy(&world, &json!({ "mfa": { "methods": ["passkey"] } }));
    assert_eq!(kinds(&methods(&world).await), [TOTP, PASSKEY], "kept for five minutes");
    assert_eq!(world.count("settings"), 1);
    world.restart();
    assert_eq!(kinds(&methods(&world).await), [PASSKEY]);
}

#[tokio::test]
async fn settings_and_factors_are_asked_for_at_the_same_time() {
    let mut world = World::new().await;
    world.restart_with(ClientConfig { limits: None, ..world.config() });
    world.sign_in().await;
    // Neither waits for the answer to the other: there is none, and the limit is far away.
    for path in ["settings", "users/mfa/methods"] {
        world.fault(json!({ "method": "GET", "path": path, "hang": true }));
    }
    let mfa = world.client.mfa();
    let call = tokio::spawn(async move { mfa.methods(None).await });
    world.arrived("settings", 1).await;
    world.arrived("users/mfa/methods", 1).await;
    call.abort();
}

#[tokio::test]
async fn without_the_settings_there_is_no_list_and_the_next_call_asks_again() {
    let world = linking_world().await;
    world.fault(json!({ "method": "GET", "path": "settings", "count": 1, "status": 500, "body": "" }));
    let error = world.client.mfa().methods(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RetryLater);
    assert_eq!(methods(&world).await.len(), 2);
}

#[tokio::test]
async fn nobody_signed_in_nothing_is_asked() {
    let world = World::new().await;
    let error = world.client.mfa().methods(None).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(world.sandbox.log().exchanges(), []);
}
