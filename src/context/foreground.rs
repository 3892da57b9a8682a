//! What happens when the app comes to the foreground.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::Context;
use crate::runtime::spawn_detached;

/// A session that ends within this time is renewed.
const RENEWAL_MARGIN: Duration = Duration::from_secs(5 * 60);

impl Context {
    /// Before the first call that needs the session there is nothing to do, and nothing is read for it (I21).
    pub(crate) fn set_foreground(self: &Arc<Self>, is_foreground: bool) {
        if !is_foreground || !self.is_restored.load(Ordering::Acquire) || self.ensure_open().is_err() {
            return;
        }
        let context = Arc::clone(self);
        let _ = spawn_detached(async move {
            if let Ok(current) = context.signed_in().await
                && current.session.expires_at < context.state.clock.now().plus(RENEWAL_MARGIN)
            {
                // Whoever needs the session next is told if this failed.
                let _ = context.refresh().await;
            }
        });
    }
}
