//! Ending a call from outside.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends the calls that it was given to, from any thread.
///
/// A call that has not handed its request to the network yet stops and changes nothing. Afterwards the
/// caller gets `Cancelled` at once, while a request that re-issues the session is finished in the
/// background, because its answer is the only session that is still valid; the elevated token it brings is
/// discarded.
#[derive(Debug, uniffi::Object)]
pub struct CancelToken {
    cancelled: watch::Sender<bool>,
}

#[uniffi::export]
impl CancelToken {
    /// A token that is not cancelled.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { cancelled: watch::Sender::new(false) })
    }

    /// Ends every call that holds this token, now and later. Calling it again does nothing.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Whether `cancel` was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }
}

impl CancelToken {
    /// Ends when `cancel` is called.
    pub(crate) async fn cancelled(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.cancelled.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
