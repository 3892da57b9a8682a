//! Every callback × every way to misbehave (I13, I14): refuses, panics, hangs, answers late, calls back. The
//! call that needed it ends in a typed error or does without, in time; and then everything works.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use stepup_core::{
    ClientConfig, PlatformCallback as Callback, PlatformError, SignInOptions, StepUpClient, StepUpError,
    StorageFailure, TokenScope, WalletChain,
};
use stepup_test_support::{EMAIL, World};
use tokio::{sync::Notify, time::timeout};

use crate::hosts::Host;

/// Longer than the deadlines of the test world and the limit of a logout.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mischief {
    Refuses,
    Panics,
    Hangs,
    AnswersLate,
    CallsBack,
}

/// Each callback, and whose it is.
const CALLBACKS: [(&str, Callback); 14] = [
    ("storage get", Callback::Storage),
    ("storage put", Callback::Storage),
    ("storage delete", Callback::Storage),
    ("keys generate", Callback::Keys),
    ("keys public_key", Callback::Keys),
    ("keys sign", Callback::Keys),
    ("keys delete", Callback::Keys),
    ("passkey create", Callback::Passkey),
    ("passkey get", Callback::Passkey),
    ("browser open", Callback::Browser),
    ("wallet accounts", Callback::Wallet),
    ("wallet sign", Callback::Wallet),
    ("captcha solve", Callback::Captcha),
    ("log", Callback::Log),
];

fn expected(name: &str, callback: Callback, mischief: Mischief) -> Result<(), StepUpError> {
    let storage_failed = StepUpError::StorageFailed { reason: StorageFailure::Unavailable };
    match (name, mischief) {
        // Nobody waits for the log, and a logout does not for the key that it deletes.
        ("log" | "keys delete", _) | (_, Mischief::CallsBack) => Ok(()),
        // A logout has one answer for all that can befall the deletion.
        ("storage delete", _) => Err(storage_failed),
        (_, Mischief::Refuses) if callback == Callback::Storage => Err(storage_failed),
        (_, Mischief::Refuses | Mischief::Panics) => Err(StepUpError::CallbackFailed { what: callback }),
        (_, Mischief::Hangs | Mischief::AnswersLate) => Err(StepUpError::TimedOut { what: callback }),
    }
}

/// A call that needs the callback.
async fn use_it(name: &str, world: &mut World, host: &Host) -> Result<(), StepUpError> {
    let auth = world.client.auth();
    match name {
        "storage get" | "keys public_key" => {
            restart(world, host);
            world.client.auth().refresh(None).await.map(drop)
        }
        "storage put" | "keys sign" | "log" => auth.refresh(None).await.map(drop),
        "storage delete" | "keys delete" => auth.logout(None).await,
        "keys generate" => {
            // The session key is made anew after a logout.
            auth.logout(None).await?;
            sign_in(world).await
        }
        "passkey create" => world.client.passkeys().register(None).await.map(drop),
        "passkey get" => verify_passkey(world).await,
        "browser open" => {
            auth.sign_in_with_social(stepup_core::SocialProvider::Google, None, None).await.map(drop)
        }
        "wallet accounts" | "wallet sign" => auth.sign_in_with_wallet(None, None, None).await.map(drop),
        "captcha solve" => auth.send_email_otp("someone@example.com".into(), None).await.map(drop),
        other => panic!("{other} is in no call"),
    }
}

async fn verify_passkey(world: &World) -> Result<(), StepUpError> {
    world.client.step_up().verify_passkey(vec![TokenScope::WALLET_EXPORT], None).await.map(drop)
}

async fn sign_in(world: &World) -> Result<(), StepUpError> {
    world.advance(700);
    world.client.auth().send_email_otp(EMAIL.into(), None).await?;
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.client.auth().sign_in_with_otp(world.code(EMAIL), Some(options), None).await.map(drop)
}

fn restart(world: &mut World, host: &Host) {
    let config = ClientConfig {
        app_origin: Some("http://localhost".into()),
        app_name: Some("Test".into()),
        ..world.config()
    };
    world.client.shutdown();
    world.client = StepUpClient::with_clock(config, host.platform(), world.clock.shared()).unwrap();
}

/// Somebody is signed in who can do all that the calls above need.
async fn prepared(name: &str) -> (World, Host) {
    let policy = json!({ "providers": [{ "provider": "google" }] });
    let mut world = World::with_policy(policy).await;
    world.wallet.offer("ada", WalletChain::Evm);
    let host = Host::of(&world);
    restart(&mut world, &host);
    sign_in(&world).await.unwrap();
    if name == "passkey get" {
        world.client.passkeys().register(None).await.unwrap();
    }
    if name == "captcha solve" {
        let captcha = json!({ "captcha": { "provider": "hcaptcha", "siteKey": "key" } });
        world.sandbox.set_policy(world.sandbox.policy().merged(&captcha).unwrap());
        // The settings of before are not asked again within five minutes.
        restart(&mut world, &host);
    }
    (world, host)
}

/// From now on the callback misbehaves. Answers how often it was called; a late one answers once notified.
fn misbehave(host: &Host, name: &'static str, mischief: Mischief, client: &Arc<StepUpClient>) -> Called {
    let called = Called::default();
    let (count, late, client) = (Arc::clone(&called.count), Arc::clone(&called.late), Arc::downgrade(client));
    host.set(move |call| {
        let is_it = call == name;
        if is_it {
            count.fetch_add(1, Ordering::SeqCst);
        }
        let (late, client) = (Arc::clone(&late), client.clone());
        async move {
            match mischief {
                _ if !is_it => {}
                Mischief::Refuses => {
                    return Err(PlatformError::Internal { reason: "the host's fault".into() });
                }
                Mischief::Panics => panic!("the host's fault"),
                Mischief::Hangs => std::future::pending().await,
                Mischief::AnswersLate => late.notified().await,
                Mischief::CallsBack => {
                    // Reading is allowed from everywhere; a client that was replaced is asked in vain.
                    if let Some(client) = client.upgrade() {
                        let _held = client.step_up().has_elevated_access_token(TokenScope::WALLET_EXPORT);
                        let _session = client.auth().session(None).await;
                    }
                }
            }
            Ok(())
        }
    });
    called
}

#[derive(Default)]
struct Called {
    count: Arc<AtomicUsize>,
    late: Arc<Notify>,
}

async fn goes_through(mischief: Mischief) {
    for (name, callback) in CALLBACKS {
        let (mut world, host) = prepared(name).await;
        let called = misbehave(&host, name, mischief, &world.client);
        let outcome = timeout(PATIENCE, use_it(name, &mut world, &host)).await;
        let outcome = outcome.unwrap_or_else(|_| panic!("{name} {mischief:?}: a deadlock"));
        assert_eq!(outcome, expected(name, callback, mischief), "{name} {mischief:?}");
        assert!(called.count.load(Ordering::SeqCst) > 0 || name == "log", "{name} was asked");
        called.late.notify_waiters();
        host.behave();
        works_again(name, &mut world, &host).await.unwrap_or_else(|error| {
            panic!("{name} {mischief:?}: afterwards {error}");
        });
    }
}

/// The same client goes on, and so does the next one on the same storage and keys.
async fn works_again(name: &str, world: &mut World, host: &Host) -> Result<(), StepUpError> {
    world.sandbox.set_policy(world.sandbox.policy().merged(&json!({ "captcha": null })).unwrap());
    if world.client.auth().session(None).await?.is_none() {
        sign_in(world).await?;
    }
    world.client.auth().refresh(None).await?;
    match name {
        "captcha solve" | "keys generate" => {}
        // It was made before if the callback only called back.
        "passkey create" => drop(use_it(name, world, host).await),
        _ => use_it(name, world, host).await?,
    }
    restart(world, host);
    world.client.restore(None).await
}

#[tokio::test]
async fn i14_a_callback_that_refuses() {
    goes_through(Mischief::Refuses).await;
}

#[tokio::test]
async fn i14_a_callback_that_panics() {
    goes_through(Mischief::Panics).await;
}

#[tokio::test]
async fn i14_a_callback_that_hangs() {
    goes_through(Mischief::Hangs).await;
}

#[tokio::test]
async fn i14_a_callback_that_answers_late() {
    goes_through(Mischief::AnswersLate).await;
}

#[tokio::test]
async fn i13_a_callback_that_calls_back() {
    goes_through(Mischief::CallsBack).await;
}

#[test]
fn the_matrix_has_every_callback() {
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/hosts.rs")).unwrap();
    let steps = source.matches(".step(\"").count();
    assert_eq!(steps, CALLBACKS.len(), "a callback of the host is missing in the matrix");
    let kinds = CALLBACKS.map(|(_, callback)| callback);
    let every = [
        Callback::Storage,
        Callback::Keys,
        Callback::Passkey,
        Callback::Browser,
        Callback::Wallet,
        Callback::Captcha,
        Callback::Log,
    ];
    assert!(every.iter().all(|callback| kinds.contains(callback)));
}
