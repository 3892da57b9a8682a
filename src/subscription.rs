//! Observing what the client knows: a listener is told a value as it is, and then whenever it changes.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;

use crate::{
    context::Context,
    error::{PlatformCallback, StepUpError},
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
    /// A subscription, and what tells of its end. A sender that is gone says the same as one that was told.
    pub(crate) fn begun() -> (Arc<Self>, watch::Receiver<bool>) {
        let is_cancelled = watch::Sender::new(false);
        let cancelled = is_cancelled.subscribe();
        (Arc::new(Self { is_cancelled }), cancelled)
    }
}

impl Context {
    /// Begins to tell a listener what is observed: the present value, and from then on each that differs from
    /// the last one told, also one that comes with time alone. What came and went while the listener was busy
    /// is left out.
    ///
    /// A listener has as long as the storage has; one that fails, panics or hangs has missed that value only.
    /// `value` only reads: what it changed would wake it again.
    pub(crate) fn subscribe<T, Told>(
        &self,
        value: impl Fn() -> Observed<T> + Send + 'static,
        tell: impl Fn(T) -> Told + Send + 'static,
    ) -> Result<Arc<Subscription>, StepUpError>
    where
        T: Clone + PartialEq + Send + 'static,
        Told: Future<Output = Result<(), PlatformError>> + Send + 'static,
    {
        self.ensure_open()?;
        let (subscription, cancelled) = Subscription::begun();
        let mut end = End { cancelled, closed: self.closing() };
        let (state, log, deadline) =
            (Arc::clone(&self.state), self.log.clone(), self.config.storage_deadline);
        spawn_detached(async move {
            let mut changes = state.changes();
            let mut last = None;
            loop {
                changes.mark_unchanged();
                let present = value();
                if end.has_come() {
                    return;
                }
                if last.as_ref() != Some(&present.value) {
                    let told = tell(present.value.clone());
                    if let Err(error) = call_out(PlatformCallback::Listener, deadline, told).await {
                        log.warning(error.to_string());
                    }
                    last = Some(present.value);
                }
                tokio::select! {
                    _ = changes.changed() => {}
                    () = state.clock.reach(present.until) => {}
                    () = end.comes() => return,
                }
            }
        })?;
        Ok(subscription)
    }
}

/// What ends a subscription.
struct End {
    cancelled: watch::Receiver<bool>,
    closed: watch::Receiver<bool>,
}

impl End {
    fn has_come(&self) -> bool {
        [&self.cancelled, &self.closed].into_iter().any(|end| *end.borrow() || end.has_changed().is_err())
    }

    async fn comes(&mut self) {
        tokio::select! {
            _ = self.cancelled.wait_for(|is_cancelled| *is_cancelled) => {}
            _ = self.closed.wait_for(|is_closed| *is_closed) => {}
        }
    }
}
