//! Changing what is known, so that whoever observes it is told.

use std::{
    ops::{Deref, DerefMut},
    sync::PoisonError,
};

use tokio::sync::watch;

use super::Inner;
use crate::sync::{RwLock, RwLockWriteGuard};

/// Holds the lock. Letting it go tells that something may be another than before; whoever looks whether it
/// is waits for the lock.
pub(super) struct Writing<'a> {
    inner: RwLockWriteGuard<'a, Inner>,
    changed: &'a watch::Sender<()>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(inner: &'a RwLock<Inner>, changed: &'a watch::Sender<()>) -> Self {
        Self { inner: inner.write().unwrap_or_else(PoisonError::into_inner), changed }
    }
}

impl Deref for Writing<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.changed.send_replace(());
    }
}
