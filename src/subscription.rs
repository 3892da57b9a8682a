//! Observing what the client knows: a listener is told a value as it is, and then whenever it changes.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    context::Context,
    error::{PlatformCallback, StepUpError},
    log::Log,
    platform::{PlatformError, call_out},
    runtime::spawn_detached,
    state::Observed,
};

/// Keeps a listener informed. Ends when it is cancelled or let go, or with the client's `shutdown`.
#[derive(Debug, uniffi::Object)]
pub struct Subscription {
    is_cancelled: watch::Sender<bool>,
}

#[uniffi::export]
impl Subscription {
    /// Ends the subscription: no further call of the listener is begun, and one that is under way comes to
    /// its end. Calling this again does nothing.
    pub fn cancel(&self) {
        self.is_cancelled.send_replace(true);
    }
}

impl Subscription {
    /// A subscription, and what tells of its end.
    pub(crate) fn begun() -> (Arc<Self>, Signal) {
        let is_cancelled = watch::Sender::new(false);
        let cancelled = Signal(is_cancelled.subscribe());
        (Arc::new(Self { is_cancelled }), cancelled)
    }
}

impl Context {
    /// Begins to tell a listener what is observed: the present value, and from then on each that differs from
    /// the last one told, also one that comes with time alone. What came and went while the listener was busy
    /// is left out.
    ///
    /// `value` only reads: what it changed would wake it again.
    pub(crate) fn subscribe<T, Told>(
        &self,
        value: impl Fn() -> Observed<T> + Send + 'static,
        told: impl Fn(T) -> Told + Send + 'static,
    ) -> Result<Arc<Subscription>, StepUpError>
    where
        T: Clone + PartialEq + Send + 'static,
        Told: Future<Output = Result<(), PlatformError>> + Send + 'static,
    {
        self.ensure_open()?;
        let (subscription, mut cancelled) = Subscription::begun();
        let mut closed = Signal(self.closing());
        let (state, log, deadline) =
            (Arc::clone(&self.state), self.log.clone(), self.config.storage_deadline);
        spawn_detached(async move {
            let mut changes = state.changes();
            let mut last = None;
            loop {
                changes.mark_unchanged();
                let present = value();
                if cancelled.has_come() || closed.has_come() {
                    return;
                }
                if last.as_ref() != Some(&present.value) {
                    tell(&log, deadline, told(present.value.clone())).await;
                    last = Some(present.value);
                }
                tokio::select! {
                    _ = changes.changed() => {}
                    () = state.clock.reach(present.until) => {}
                    () = cancelled.comes() => return,
                    () = closed.comes() => return,
                }
            }
        })?;
        Ok(subscription)
    }
}

/// Tells a listener a value. It has as long as the storage has; one that fails, panics or hangs has missed
/// that value only.
pub(crate) async fn tell(
    log: &Log,
    deadline: Duration,
    told: impl Future<Output = Result<(), PlatformError>> + Send + 'static,
) {
    if let Err(error) = call_out(PlatformCallback::Listener, deadline, told).await {
        log.warning(error.to_string());
    }
}

/// Something that happens once. A sender that is gone says the same as one that was told.
pub(crate) struct Signal(watch::Receiver<bool>);

impl Signal {
    pub(crate) fn has_come(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    pub(crate) async fn comes(&mut self) {
        let _ = self.0.wait_for(|has_come| *has_come).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    };

    use proptest::prelude::*;

    use super::*;
    use crate::{clock::SystemClock, config::ClientConfig, platform::Platform};

    /// What a listener is told that takes so many turns over each value, while a number grows by one at each
    /// of these moments.
    async fn told(pauses: Vec<u8>, turns: u8) -> Vec<u64> {
        let config = ClientConfig {
            // A place of its own in the process.
            storage_namespace: crate::api::random_id(16).ok(),
            ..ClientConfig::new("2762a57b-faa4-41ce-9f16-abff9300e2c9")
        };
        let clock = Arc::new(SystemClock);
        let context = Context::new(config, Platform::insecure_in_memory(), clock).unwrap();
        let (number, told) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let last = u64::try_from(pauses.len()).unwrap();
        let (present, heard) = (Arc::clone(&number), Arc::clone(&told));
        let (done, mut is_done) = watch::channel(false);
        let _subscription = context
            .subscribe(
                move || Observed { value: present.load(Ordering::SeqCst), until: None },
                move |value| {
                    heard.lock().unwrap().push(value);
                    let done = done.clone();
                    async move {
                        for _ in 0..turns {
                            tokio::task::yield_now().await;
                        }
                        done.send_replace(value == last);
                        Ok(())
                    }
                },
            )
            .unwrap();
        for pause in pauses {
            for _ in 0..pause {
                tokio::task::yield_now().await;
            }
            number.fetch_add(1, Ordering::SeqCst);
            context.state.look_again();
        }
        is_done.wait_for(|is_done| *is_done).await.unwrap();
        told.lock().unwrap().clone()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_told_is_in_order_without_repetition_and_ends_with_the_latest(
            pauses in prop::collection::vec(0_u8..20, 0..30),
            turns in 0_u8..20,
        ) {
            let last = u64::try_from(pauses.len()).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let told = runtime.block_on(told(pauses, turns));
            prop_assert!(told.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", told);
            prop_assert_eq!(told.last(), Some(&last));
        }
    }
}
