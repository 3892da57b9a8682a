//! A token is handed out as often as it may be used, and never more (I5, I6).

use std::sync::{Arc, Barrier};

use serde_json::{Value, json};
use stepup_core::{CancelToken, ElevatedAccessToken, StepUpError, TokenScope};
use stepup_test_support::World;
use tokio::task::JoinSet;

use crate::helpers::{
    EXPORT, LINK, SIGN, UNLINK, granted, holds, restart_patiently, time_passes, verify_by_totp,
};

const CALLERS: usize = 64;

async fn elevated(scopes: &[TokenScope]) -> World {
    let mut world = World::new().await;
    restart_patiently(&mut world);
    world.sign_in().await;
    world.verify_by_email(scopes).await.unwrap();
    world
}

async fn take(world: &World, scope: TokenScope) -> Option<ElevatedAccessToken> {
    world.client.step_up().take_elevated_access_token(scope, None).await.unwrap()
}

/// Wallet signatures are required too, and a token for an export can be used again.
fn reusable_export() -> Value {
    json!({ "actions": [
        { "action": "wallet.waas.export", "required": true, "tokenBehavior": "time_bound" },
        { "action": "wallet.waas.sign", "required": true, "tokenBehavior": "single_use" },
    ] })
}

#[tokio::test]
async fn i05_taking_gives_none_where_there_is_none() {
    let world = World::new().await;
    world.sign_in().await;
    assert_eq!(take(&world, EXPORT).await, None);
    world.verify_by_email(&[EXPORT]).await.unwrap();
    assert_eq!(take(&world, SIGN).await, None);
    assert!(take(&world, EXPORT).await.is_some());
    assert_eq!(take(&world, EXPORT).await, None);
    assert!(!holds(&world, EXPORT));
}

#[tokio::test]
async fn i05_a_reusable_token_stays() {
    let world = elevated(&[UNLINK]).await;
    let first = take(&world, UNLINK).await.unwrap();
    assert_eq!(take(&world, UNLINK).await, Some(first));
    for _ in 0..3 {
        assert_eq!(world.protected(UNLINK).await, Ok(200));
    }
    assert!(holds(&world, UNLINK));
}

#[tokio::test]
async fn i05_a_broad_single_use_token_is_spent_for_all_its_scopes() {
    let world = elevated(&[EXPORT, SIGN]).await;
    assert!(take(&world, SIGN).await.is_some());
    assert!(!holds(&world, EXPORT));
    assert_eq!(take(&world, EXPORT).await, None);
}

#[tokio::test]
async fn a_token_is_gone_when_its_time_is_over() {
    let world = elevated(&[EXPORT]).await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    time_passes(&world, 301);
    assert!(!holds(&world, EXPORT) && holds(&world, UNLINK));
    assert_eq!(take(&world, EXPORT).await, None);
    world.clock.set_ahead(601);
    assert!(!holds(&world, UNLINK));
    assert_eq!(world.client.step_up().elevation(UNLINK), None);
    assert_eq!(take(&world, UNLINK).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_sixty_four_threads_take_one_token_once() {
    let world = elevated(&[EXPORT]).await;
    let together = Arc::new(Barrier::new(CALLERS));
    let threads: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (client, together) = (Arc::clone(&world.client), Arc::clone(&together));
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                together.wait();
                runtime.block_on(client.step_up().take_elevated_access_token(EXPORT, None)).unwrap()
            })
        })
        .collect();
    let taken = threads.into_iter().filter_map(|thread| thread.join().unwrap()).count();
    assert_eq!(taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_sixty_four_callers_get_headers_with_the_token_once() {
    let world = elevated(&[EXPORT]).await;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let step_up = world.client.step_up();
        callers.spawn(async move { step_up.authorization_headers(EXPORT, None).await });
    }
    let (mut with_token, mut refused) = (0, 0);
    for answer in callers.join_all().await {
        match answer {
            Ok(headers) => with_token += headers.len() / 2,
            Err(StepUpError::StepUpRequired { token_was_attached: false, .. }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((with_token, refused), (1, CALLERS - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn i05_fault_05_sixty_four_operations_attach_one_token_once() {
    let mut world = World::new().await;
    restart_patiently(&mut world);
    let totp = world.sign_in_and_enroll_totp().await;
    // The export makes the token a single-use one.
    verify_by_totp(&world, &totp, &[UNLINK, EXPORT]).await;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (client, id) = (Arc::clone(&world.client), totp.device_id.clone());
        callers.spawn(async move {
            match caller % 3 {
                0 => client.mfa().delete(id, None).await.is_ok(),
                1 => client.step_up().take_elevated_access_token(UNLINK, None).await.unwrap().is_some(),
                _ => client.step_up().authorization_headers(UNLINK, None).await.is_ok(),
            }
        });
    }
    let successes = callers.join_all().await.into_iter().filter(|handed_out| *handed_out).count();
    assert_eq!(successes, 1);
    let attached = world.sandbox.log().exchanges().into_iter().filter(|exchange| {
        exchange.path.ends_with(totp.device_id.as_str())
            && exchange.headers.contains_key("x-dyn-elevated-access-token")
    });
    assert!(attached.count() <= 1);
    assert!(!holds(&world, UNLINK) && !holds(&world, EXPORT));
}

#[tokio::test]
async fn i05_a_cancelled_take_leaves_the_token() {
    let world = elevated(&[EXPORT]).await;
    let cancel = CancelToken::new();
    cancel.cancel();
    let step_up = world.client.step_up();
    let taken = step_up.take_elevated_access_token(EXPORT, Some(Arc::clone(&cancel))).await;
    assert_eq!(taken, Err(StepUpError::Cancelled));
    let headers = step_up.authorization_headers(EXPORT, Some(cancel)).await;
    assert_eq!(headers, Err(StepUpError::Cancelled));
    assert!(take(&world, EXPORT).await.is_some());
}

#[tokio::test]
async fn i05_a_restart_forgets_single_use_tokens_and_keeps_reusable_ones() {
    let mut world = elevated(&[EXPORT]).await;
    world.verify_by_email(&[UNLINK]).await.unwrap();
    let stored = world.storage.text();
    let reusable = take(&world, UNLINK).await.unwrap();
    let single_use = take(&world, EXPORT).await.unwrap();
    assert!(stored.contains(reusable.expose()) && !stored.contains(single_use.expose()));
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(!holds(&world, EXPORT) && holds(&world, UNLINK));
    assert_eq!(world.protected(UNLINK).await, Ok(200));
}

#[tokio::test]
async fn i05_a_single_use_token_found_in_the_storage_is_not_used() {
    let mut world = elevated(&[UNLINK]).await;
    let reusable = take(&world, UNLINK).await.unwrap();
    let planted = granted(&world, "credential:unlink", json!({})).await;
    let stored = world.storage.text().replace(reusable.expose(), &planted);
    world.client.shutdown();
    world.storage.overwrite(stored.as_bytes());
    world.restart();
    world.client.restore(None).await.unwrap();
    assert!(world.client.auth().session(None).await.unwrap().is_some());
    assert!(!holds(&world, UNLINK));
}

#[tokio::test]
async fn i06_fault_06_a_reusable_token_goes_before_a_single_use_one() {
    let world = World::with_policy(reusable_export()).await;
    world.sign_in().await;
    world.verify_by_email(&[EXPORT, SIGN]).await.unwrap();
    world.verify_by_email(&[EXPORT]).await.unwrap();
    for _ in 0..3 {
        assert_eq!(world.protected(EXPORT).await, Ok(200));
    }
    assert_eq!(world.protected(SIGN).await, Ok(200), "the broad one was not burnt for exports");
    assert!(!holds(&world, SIGN) && holds(&world, EXPORT));
}

#[tokio::test]
async fn i06_an_exact_token_goes_before_a_broader_one() {
    for broad_first in [true, false] {
        let world = World::new().await;
        world.sign_in().await;
        let (broad, exact) = ([EXPORT, SIGN].to_vec(), [EXPORT].to_vec());
        let order = if broad_first { [broad, exact] } else { [exact, broad] };
        for scopes in order {
            world.verify_by_email(&scopes).await.unwrap();
        }
        assert_eq!(world.protected(EXPORT).await, Ok(200));
        assert!(holds(&world, SIGN), "the broader one is left");
        assert_eq!(world.protected(EXPORT).await, Ok(200));
        assert!(!holds(&world, SIGN) && !holds(&world, EXPORT));
    }
}

#[tokio::test]
async fn i06_the_single_use_token_that_ends_first_goes_first() {
    let world = World::with_policy(json!({ "actions": [
        { "action": "wallet.waas.export", "required": true, "tokenBehavior": "single_use" },
        { "action": "wallet.waas.sign", "required": true, "tokenExpirySeconds": 60 },
    ] }))
    .await;
    world.sign_in().await;
    // As broad as each other; the second one ends first.
    world.verify_by_email(&[EXPORT, LINK]).await.unwrap();
    world.verify_by_email(&[EXPORT, SIGN]).await.unwrap();
    assert_eq!(world.protected(EXPORT).await, Ok(200));
    assert!(!holds(&world, SIGN) && holds(&world, LINK));
}

#[tokio::test]
async fn a_token_for_the_same_scopes_replaces_the_one_before() {
    let world = elevated(&[EXPORT]).await;
    world.verify_by_email(&[EXPORT]).await.unwrap();
    assert_eq!(world.protected(EXPORT).await, Ok(200));
    assert!(!holds(&world, EXPORT), "one token per set of scopes");
}
