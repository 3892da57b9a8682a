//! A listener that keeps what it is told and can be told to misbehave.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use stepup_core::{
    DeviceRegistrationListener, DeviceRegistrationStatus, Elevation, ElevationListener, PlatformError,
    Session, SessionListener, StepUpState, StepUpStateListener,
};
use tokio::sync::Notify;

use crate::{eventually, host_panics::host_panics};

/// What the listener does with the next calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListenerMode {
    #[default]
    Works,
    Fails,
    Panics,
    /// Does not come back until it works again.
    Hangs,
}

pub struct TestListener<T>(Arc<Inner<T>>);

struct Inner<T> {
    told: Mutex<Vec<T>>,
    mode: Mutex<ListenerMode>,
    changed: Notify,
}

impl<T> Clone for TestListener<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for TestListener<T> {
    fn default() -> Self {
        let (told, mode) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { told, mode, changed: Notify::new() }))
    }
}

impl<T: Clone + Debug + PartialEq> TestListener<T> {
    pub fn new(mode: ListenerMode) -> Self {
        let listener = Self::default();
        listener.set(mode);
        listener
    }

    pub fn shared(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }

    pub fn set(&self, mode: ListenerMode) {
        *self.0.mode.lock().unwrap() = mode;
        self.0.changed.notify_waiters();
    }

    /// How the calls began, in order.
    pub fn told(&self) -> Vec<T> {
        self.0.told.lock().unwrap().clone()
    }

    pub async fn was_told(&self, values: &[T]) {
        eventually(&format!("{values:?}"), || self.told() == values).await;
    }

    /// The latest value is this.
    pub async fn knows(&self, value: &T) {
        eventually(&format!("{value:?}"), || self.told().last() == Some(value)).await;
    }

    /// So many values were told.
    pub async fn was_told_times(&self, count: usize) {
        eventually(&format!("{count} values"), || self.told().len() == count).await;
    }

    /// Whether somebody else still has it.
    pub fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    async fn tell(&self, value: T) -> Result<(), PlatformError> {
        self.0.told.lock().unwrap().push(value);
        loop {
            let changed = self.0.changed.notified();
            let mode = *self.0.mode.lock().unwrap();
            match mode {
                ListenerMode::Works => return Ok(()),
                ListenerMode::Fails => {
                    return Err(PlatformError::Internal { reason: "the host's fault".into() });
                }
                ListenerMode::Panics => host_panics(),
                ListenerMode::Hangs => changed.await,
            }
        }
    }
}

#[async_trait::async_trait]
impl SessionListener for TestListener<Option<Session>> {
    async fn session_changed(&self, session: Option<Session>) -> Result<(), PlatformError> {
        self.tell(session).await
    }
}

#[async_trait::async_trait]
impl ElevationListener for TestListener<Vec<Elevation>> {
    async fn elevations_changed(&self, elevations: Vec<Elevation>) -> Result<(), PlatformError> {
        self.tell(elevations).await
    }
}

#[async_trait::async_trait]
impl StepUpStateListener for TestListener<StepUpState> {
    async fn state_changed(&self, state: StepUpState) -> Result<(), PlatformError> {
        self.tell(state).await
    }
}

#[async_trait::async_trait]
impl DeviceRegistrationListener for TestListener<DeviceRegistrationStatus> {
    async fn status_changed(&self, status: DeviceRegistrationStatus) -> Result<(), PlatformError> {
        self.tell(status).await
    }
}
