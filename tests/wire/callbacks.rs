//! Callbacks that refuse, throw, hang, or answer late (I14, fault 19): a typed error, and the client goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use stepup_core::{
    PlatformCallback as Callback, PlatformError, SignInOptions, StepUpClient, StepUpError, StorageFailure,
    TokenScope, UnavailableReason,
};
use stepup_test_support::{EMAIL, World, eventually};
use tokio::sync::Notify;

use crate::hosts::Host;

/// A world whose client has this host, and where somebody with a passkey is signed in.
async fn world_with_host() -> (World, Host) {
    let mut world = World::new().await;
    let host = Host::of(&world);
    world.client.shutdown();
    world.client = StepUpClient::with_clock(world.config(), host.platform(), world.clock.shared()).unwrap();
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    world.client.passkeys().register(None).await.unwrap();
    (world, host)
}

/// Another process with the same host.
fn restart(world: &mut World, host: &Host) {
    world.client.shutdown();
    world.client = StepUpClient::with_clock(world.config(), host.platform(), world.clock.shared()).unwrap();
}

async fn verify(world: &World) -> Result<(), StepUpError> {
    world.client.step_up().verify_passkey(vec![TokenScope::WALLET_EXPORT], None).await.map(drop)
}

fn storage(reason: StorageFailure) -> StepUpError {
    StepUpError::StorageFailed { reason }
}

fn method(reason: UnavailableReason) -> StepUpError {
    StepUpError::MethodUnavailable { reason, answer: None }
}

fn failed(what: Callback) -> StepUpError {
    StepUpError::CallbackFailed { what }
}

/// Every error that a callback may answer with. A new one does not compile until it is here.
fn platform_errors() -> Vec<PlatformError> {
    use PlatformError as P;
    let reason = || "what the host was given: eyJ".to_owned();
    let all = vec![
        P::Cancelled,
        P::TimedOut,
        P::NotFound,
        P::AlreadyExists,
        P::Unsupported,
        P::KeyInvalidated,
        P::Locked,
        P::Configuration { reason: reason() },
        P::Internal { reason: reason() },
    ];
    for error in &all {
        match error {
            P::Cancelled | P::TimedOut | P::NotFound | P::AlreadyExists | P::Unsupported => {}
            P::KeyInvalidated | P::Locked | P::Configuration { .. } | P::Internal { .. } => {}
        }
    }
    all
}

fn misconfigured(what: &str) -> StepUpError {
    StepUpError::InvalidConfiguration {
        field: format!("platform ({what})"),
        reason: "is not set up; the callback knows the details".into(),
    }
}

#[tokio::test]
async fn i14_what_a_passkey_provider_answers_becomes_one_error_of_ours() {
    let (world, host) = world_with_host().await;
    for error in platform_errors() {
        let expected = match &error {
            PlatformError::Cancelled => StepUpError::Cancelled,
            PlatformError::TimedOut => StepUpError::TimedOut { what: Callback::Passkey },
            PlatformError::NotFound | PlatformError::KeyInvalidated => {
                method(UnavailableReason::NotOnThisDevice)
            }
            PlatformError::AlreadyExists => method(UnavailableReason::AlreadyEnrolled),
            PlatformError::Unsupported => method(UnavailableReason::Unsupported),
            PlatformError::Configuration { .. } => misconfigured("passkey"),
            PlatformError::Locked | PlatformError::Internal { .. } => failed(Callback::Passkey),
        };
        host.refuse("passkey", error.clone());
        assert_eq!(verify(&world).await, Err(expected), "{error:?}");
        assert!(world.client.auth().session(None).await.unwrap().is_some(), "{error:?}: still signed in");
        host.behave();
        assert_eq!(verify(&world).await, Ok(()), "{error:?}: the next call works");
    }
}

#[tokio::test]
async fn i14_what_a_storage_answers_becomes_one_error_of_ours() {
    let (mut world, host) = world_with_host().await;
    for error in platform_errors() {
        let expected = match &error {
            PlatformError::TimedOut => StepUpError::TimedOut { what: Callback::Storage },
            PlatformError::Locked => storage(StorageFailure::Locked),
            PlatformError::KeyInvalidated => storage(StorageFailure::Corrupt),
            _ => storage(StorageFailure::Unavailable),
        };
        restart(&mut world, &host);
        host.refuse("storage get", error.clone());
        assert_eq!(world.client.restore(None).await, Err(expected), "{error:?}");
        host.behave();
        let is_lost = error == PlatformError::KeyInvalidated;
        let session = world.client.auth().session(None).await.unwrap();
        assert_eq!(session.is_none(), is_lost, "{error:?}: a storage whose key is gone holds nothing");
        if is_lost {
            world.sandbox.clock().advance(700);
            world.sign_in().await;
        }
    }
}

#[tokio::test]
async fn i14_what_a_keystore_answers_becomes_one_error_of_ours() {
    let (world, host) = world_with_host().await;
    for error in platform_errors() {
        let expected = match &error {
            PlatformError::TimedOut => StepUpError::TimedOut { what: Callback::Keys },
            PlatformError::NotFound | PlatformError::KeyInvalidated => StepUpError::KeyLost,
            PlatformError::Locked => storage(StorageFailure::Locked),
            PlatformError::Configuration { .. } => misconfigured("keys"),
            _ => failed(Callback::Keys),
        };
        host.refuse("keys sign", error.clone());
        let refreshed = world.client.auth().refresh(None).await.map(drop);
        host.behave();
        assert_eq!(refreshed, Err(expected.clone()), "{error:?}");
        let is_over = world.client.auth().session(None).await.unwrap().is_none();
        assert_eq!(is_over, expected == StepUpError::KeyLost, "{error:?}");
        if is_over {
            world.sandbox.clock().advance(700);
            world.sign_in().await;
        }
        world.client.auth().refresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn i14_fault_19_a_log_sink_that_refuses_panics_or_hangs_costs_nobody_anything() {
    for mischief in ["refuses", "panics", "hangs"] {
        let (world, host) = world_with_host().await;
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        host.set(move |call| {
            let is_log = call == "log";
            if is_log {
                count.fetch_add(1, Ordering::SeqCst);
            }
            async move {
                match mischief {
                    _ if !is_log => Ok(()),
                    "refuses" => Err(PlatformError::Internal { reason: "disk full".into() }),
                    "panics" => panic!("the host's fault"),
                    _ => std::future::pending().await,
                }
            }
        });
        let begun = Instant::now();
        for _ in 0..5 {
            world.client.auth().refresh(None).await.unwrap();
        }
        verify(&world).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(4), "{mischief}: {:?}", begun.elapsed());
        let expected = if mischief == "hangs" { 1 } else { 10 };
        eventually(mischief, || asked.load(Ordering::SeqCst) >= expected).await;
    }
}

#[tokio::test]
async fn i14_an_answer_after_the_deadline_is_not_used() {
    let (world, host) = world_with_host().await;
    let (asked, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (was_asked, released) = (Arc::clone(&asked), Arc::clone(&release));
    host.set(move |call| {
        let (waits, was_asked, released) = (call.starts_with("passkey"), was_asked.clone(), released.clone());
        async move {
            if waits {
                was_asked.notify_one();
                released.notified().await;
            }
            Ok(())
        }
    });
    let verified = tokio::join!(verify(&world), asked.notified()).0;
    assert_eq!(verified, Err(StepUpError::TimedOut { what: Callback::Passkey }));
    release.notify_one();
    host.behave();
    verify(&world).await.unwrap();
    assert_eq!(world.count("users/mfa/auth/passkey"), 1, "the late proof was not sent");
}

#[tokio::test]
async fn i09_a_write_that_was_given_up_and_ends_late_does_not_win() {
    let (world, host) = world_with_host().await;
    world.storage.hold("put");
    let refreshed = world.client.auth().refresh(None).await.map(drop);
    assert_eq!(refreshed, Err(StepUpError::TimedOut { what: Callback::Storage }));
    world.client.auth().logout(None).await.unwrap();
    assert!(world.storage.records().is_empty());
    let before = world.storage.count("delete");
    world.storage.release("put");
    // The late write lands, is noticed, and what should be there is made true again.
    eventually("a repair", || world.storage.count("delete") > before).await;
    eventually("nothing is stored", || world.storage.records().is_empty()).await;
    drop(host);
}
