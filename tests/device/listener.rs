//! A listener that keeps what it is told and can be told to misbehave.

use std::sync::{Arc, Mutex};

use stepup_core::{DeviceRegistrationListener, DeviceRegistrationStatus, PlatformError};
use stepup_test_support::eventually;
use tokio::sync::Notify;

/// What the listener does with the next calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Works,
    Fails,
    Panics,
    /// Does not come back until it works again.
    Hangs,
}

#[derive(Clone, Default)]
pub(crate) struct TestListener(Arc<Inner>);

#[derive(Default)]
struct Inner {
    told: Mutex<Vec<DeviceRegistrationStatus>>,
    mode: Mutex<Mode>,
    changed: Notify,
}

impl TestListener {
    pub(crate) fn new(mode: Mode) -> Self {
        let listener = Self::default();
        listener.set(mode);
        listener
    }

    pub(crate) fn shared(&self) -> Arc<dyn DeviceRegistrationListener> {
        Arc::new(self.clone())
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.0.mode.lock().unwrap() = mode;
        self.0.changed.notify_waiters();
    }

    /// How the calls began, in order.
    pub(crate) fn told(&self) -> Vec<DeviceRegistrationStatus> {
        self.0.told.lock().unwrap().clone()
    }

    pub(crate) async fn was_told(&self, statuses: &[DeviceRegistrationStatus]) {
        eventually(&format!("{statuses:?}"), || self.told() == statuses).await;
    }

    /// Whether somebody else still has it.
    pub(crate) fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

#[async_trait::async_trait]
impl DeviceRegistrationListener for TestListener {
    async fn status_changed(&self, status: DeviceRegistrationStatus) -> Result<(), PlatformError> {
        self.0.told.lock().unwrap().push(status);
        loop {
            let changed = self.0.changed.notified();
            let mode = *self.0.mode.lock().unwrap();
            match mode {
                Mode::Works => return Ok(()),
                Mode::Fails => return Err(PlatformError::Internal { reason: "the host's fault".into() }),
                Mode::Panics => panic!("the host's fault"),
                Mode::Hangs => changed.await,
            }
        }
    }
}
