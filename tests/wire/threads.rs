//! Calls from whatever thread, polled by whatever executor (I13, fault 46).

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use stepup_core::TokenScope;
use stepup_test_support::World;
use tokio::runtime::{Builder, Handle};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// An executor that knows nothing of tokio.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    assert!(Handle::try_current().is_err(), "no runtime is here");
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut future, mut context) = (pin!(future), Context::from_waker(&waker));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

/// The sandbox needs a runtime; the client does not get it.
fn with_world(test: impl FnOnce(World)) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    test(world);
}

#[test]
fn i13_fault_46_a_plain_thread_and_an_executor_of_its_own_do() {
    with_world(|world| {
        thread::scope(|scope| {
            scope
                .spawn(|| {
                    block_on(world.sign_in());
                    let check = block_on(world.client.step_up().check(TokenScope::WALLET_EXPORT, None));
                    assert!(check.unwrap().is_required);
                    block_on(world.verify_by_email(&[TokenScope::WALLET_EXPORT])).unwrap();
                    assert!(world.client.step_up().has_elevated_access_token(TokenScope::WALLET_EXPORT));
                })
                .join()
                .unwrap();
            // Another thread goes on where that one has ended.
            scope.spawn(|| block_on(world.client.auth().logout(None)).unwrap()).join().unwrap();
        });
    });
}

#[test]
fn i13_fault_46_many_threads_at_once_do() {
    with_world(|world| {
        block_on(world.sign_in());
        let call = |index: usize| match index % 4 {
            0 => block_on(world.client.auth().session(None)).map(drop),
            1 => block_on(world.client.mfa().methods(None)).map(drop),
            2 => block_on(world.client.auth().refresh(None)).map(drop),
            _ => block_on(world.client.step_up().check(TokenScope::WALLET_EXPORT, None)).map(drop),
        };
        thread::scope(|scope| {
            let calls: Vec<_> = (0..16).map(|index| scope.spawn(move || call(index))).collect();
            for (index, call) in calls.into_iter().enumerate() {
                assert_eq!(call.join().unwrap(), Ok(()), "call {index}");
            }
        });
    });
}

#[test]
fn i13_fault_46_a_runtime_with_one_thread_does_and_so_does_a_blocking_one_of_its_own() {
    with_world(|world| {
        let own = Builder::new_current_thread().build().unwrap();
        own.block_on(world.sign_in());
        own.block_on(world.client.auth().refresh(None)).unwrap();
        let client = Arc::clone(&world.client);
        // Neither timers nor sockets are enabled there, and nothing of it is needed.
        let spawned = own.spawn_blocking(move || block_on_any(client.auth().session(None)));
        assert!(own.block_on(spawned).unwrap().unwrap().is_some());
    });
}

/// Inside of a runtime's thread that may block.
fn block_on_any<T>(future: impl Future<Output = T>) -> T {
    Handle::current().block_on(future)
}

#[test]
fn i13_a_call_that_is_never_polled_does_nothing_and_one_that_is_dropped_does_no_harm() {
    with_world(|world| {
        block_on(world.sign_in());
        let before = world.count("refresh");
        drop(world.client.auth().refresh(None));
        let auth = world.client.auth();
        let mut begun = Box::pin(auth.session(None));
        if begun.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            // The waker it was polled with is gone; another thread takes it over.
            let session = thread::scope(|scope| scope.spawn(move || block_on(begun)).join().unwrap());
            assert!(session.unwrap().is_some());
        }
        assert_eq!(world.count("refresh"), before);
    });
}
