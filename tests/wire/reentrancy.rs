//! Callbacks that call back into the client (I13): they are answered; or, where a storage or key callback
//! calls what waits for itself, the deadline ends it. Never a deadlock.

use std::{
    future::Future,
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use stepup_core::{
    CheckReason, PlatformCallback as Callback, PlatformError, SignInOptions, StepUpClient, StepUpError,
    TokenScope,
};
use stepup_test_support::{EMAIL, World, eventually};

use crate::hosts::Host;

/// Longer than every deadline and limit together; a deadlock would wait for ever.
const PATIENCE: Duration = Duration::from_secs(8);

struct Reentrant {
    world: World,
    host: Host,
    /// What the calls from inside came to.
    inner: Arc<Mutex<Vec<String>>>,
}

impl Reentrant {
    async fn new() -> Self {
        let mut world = World::new().await;
        let host = Host::of(&world);
        world.client.shutdown();
        world.client =
            StepUpClient::with_clock(world.config(), host.platform(), world.clock.shared()).unwrap();
        Self { world, host, inner: Arc::default() }
    }

    async fn with_passkey(self) -> Self {
        let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
        self.world.sign_in_with(EMAIL, options).await;
        self.world.client.passkeys().register(None).await.unwrap();
        self
    }

    /// From now on a kind of callback makes this call first, once, and goes on whatever comes of it.
    fn call_back<T, F>(
        &self,
        kind: &'static str,
        call: impl Fn(Arc<StepUpClient>) -> F + Send + Sync + 'static,
    ) where
        T: std::fmt::Debug,
        F: Future<Output = Result<T, StepUpError>> + Send + 'static,
    {
        let client: Weak<StepUpClient> = Arc::downgrade(&self.world.client);
        let (inner, pending) = (Arc::clone(&self.inner), Arc::new(Mutex::new(true)));
        self.host.set(move |called| {
            let is_first = called == kind && std::mem::take(&mut *pending.lock().unwrap());
            let call = is_first.then(|| call(client.upgrade().unwrap()));
            let inner = Arc::clone(&inner);
            async move {
                if let Some(call) = call {
                    let outcome = call.await;
                    inner.lock().unwrap().push(format!("{outcome:?}"));
                }
                Ok::<(), PlatformError>(())
            }
        });
    }

    fn inner(&self) -> Vec<String> {
        self.inner.lock().unwrap().clone()
    }
}

async fn in_time<T>(call: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let answer = tokio::time::timeout(PATIENCE, call).await;
    answer.unwrap_or_else(|_| panic!("a deadlock: {:?}", begun.elapsed()))
}

#[tokio::test]
async fn i13_a_passkey_provider_may_ask_for_the_session_and_for_a_check() {
    let test = Reentrant::new().await.with_passkey().await;
    test.call_back("passkey get", |client| async move {
        let session = client.auth().session(None).await?;
        let check = client.step_up().check(TokenScope::WALLET_DELETE, None).await?;
        Ok((session.is_some(), check.reason))
    });
    let scopes = vec![TokenScope::WALLET_EXPORT];
    in_time(test.world.client.step_up().verify_passkey(scopes, None)).await.unwrap();
    assert_eq!(test.inner(), [format!("Ok((true, {:?}))", CheckReason::NotRequiredByServer)]);
}

#[tokio::test]
async fn i13_a_passkey_provider_may_even_refresh_and_sign_out() {
    let test = Reentrant::new().await.with_passkey().await;
    test.call_back("passkey get", |client| async move { client.auth().refresh(None).await.map(drop) });
    let scopes = vec![TokenScope::WALLET_EXPORT];
    in_time(test.world.client.step_up().verify_passkey(scopes.clone(), None)).await.unwrap();

    test.call_back("passkey get", |client| async move { client.auth().logout(None).await });
    let error = in_time(test.world.client.step_up().verify_passkey(scopes, None)).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(test.inner(), ["Ok(())", "Ok(())"]);
}

#[tokio::test]
async fn i13_a_log_sink_may_ask_for_the_session() {
    let test = Reentrant::new().await;
    test.call_back("log", |client| async move { client.auth().session(None).await.map(drop) });
    in_time(test.world.sign_in()).await;
    eventually("the sink is answered", || test.inner() == ["Ok(())"]).await;
}

#[tokio::test]
async fn i13_a_storage_that_reads_the_session_while_it_writes_is_answered() {
    let test = Reentrant::new().await;
    test.world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    test.call_back("storage put", |client| async move {
        let held = client.step_up().has_elevated_access_token(TokenScope::WALLET_EXPORT);
        Ok((held, client.auth().session(None).await?.is_some()))
    });
    let code = test.world.code(EMAIL);
    in_time(test.world.client.auth().sign_in_with_otp(code, None, None)).await.unwrap();
    assert_eq!(test.inner(), ["Ok((false, true))"]);
}

#[tokio::test]
async fn i13_a_storage_that_signs_out_while_it_writes_ends_by_its_deadline() {
    let test = Reentrant::new().await;
    test.world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    test.call_back("storage put", |client| async move { client.auth().logout(None).await });
    let code = test.world.code(EMAIL);
    let error = in_time(test.world.client.auth().sign_in_with_otp(code, None, None)).await.unwrap_err();
    // The write waits for a logout that waits for the write, until the deadline of the storage.
    assert_eq!(error, StepUpError::TimedOut { what: Callback::Storage });
    eventually("the logout ends", || test.inner() == ["Ok(())"]).await;
    assert_eq!(test.world.client.auth().session(None).await.unwrap(), None);
    // What was written late is removed again.
    eventually("nothing is stored", || test.world.storage.records().is_empty()).await;
    in_time(test.world.sign_in()).await;
}

#[tokio::test]
async fn i13_a_storage_that_refreshes_while_it_writes_ends_by_its_deadline() {
    let test = Reentrant::new().await;
    test.world.client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
    test.call_back("storage put", |client| async move { client.auth().refresh(None).await.map(drop) });
    let code = test.world.code(EMAIL);
    let error = in_time(test.world.client.auth().sign_in_with_otp(code, None, None)).await.unwrap_err();
    assert_eq!(error, StepUpError::TimedOut { what: Callback::Storage });
    eventually("the refresh ends", || test.inner().len() == 1).await;
    in_time(test.world.client.auth().refresh(None)).await.unwrap();
}

#[tokio::test]
async fn i13_a_storage_that_restores_while_it_is_read_ends_by_its_deadline() {
    let test = Reentrant::new().await;
    test.call_back("storage get", |client| async move { client.auth().session(None).await.map(drop) });
    let error = in_time(test.world.client.restore(None)).await.unwrap_err();
    assert_eq!(error, StepUpError::TimedOut { what: Callback::Storage });
    in_time(test.world.client.restore(None)).await.unwrap();
    in_time(test.world.sign_in()).await;
}

#[tokio::test]
async fn i13_a_keystore_that_refreshes_while_it_signs_ends_by_its_deadline() {
    let test = Reentrant::new().await;
    in_time(test.world.sign_in()).await;
    test.call_back("keys sign", |client| async move { client.auth().refresh(None).await.map(drop) });
    let error = in_time(test.world.client.auth().refresh(None)).await.unwrap_err();
    assert_eq!(error, StepUpError::TimedOut { what: Callback::Keys });
    in_time(test.world.client.auth().refresh(None)).await.unwrap();
}

#[tokio::test]
async fn i13_a_callback_may_shut_the_client_down() {
    let test = Reentrant::new().await.with_passkey().await;
    test.call_back("passkey get", |client| async move {
        client.shutdown();
        Ok::<(), StepUpError>(())
    });
    let scopes = vec![TokenScope::WALLET_EXPORT];
    let error = in_time(test.world.client.step_up().verify_passkey(scopes, None)).await.unwrap_err();
    assert_eq!(error, StepUpError::ClientClosed);
    assert_eq!(test.world.client.auth().session(None).await, Err(StepUpError::ClientClosed));
}
