//! Software keys that count what they are asked and can lose keys.

use std::sync::{Arc, Mutex};

use stepup_core::{DeviceKeys, DevicePublicKey, PlatformError, SoftwareKeys};
use tokio::sync::Notify;

use crate::host_panics::host_panics;

/// What the keystore does with the next calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyMode {
    #[default]
    Works,
    Fails,
    /// Does not answer until it works again.
    Hangs,
    Panics,
}

#[derive(Clone, Default)]
pub struct TestKeys(Arc<Inner>);

#[derive(Default)]
struct Inner {
    keys: SoftwareKeys,
    /// `generate NAME`, `public_key NAME`, `sign NAME`, `delete NAME`, in order.
    calls: Mutex<Vec<String>>,
    /// Signing answers that the device key was invalidated, until a new one is made.
    invalidated: Mutex<bool>,
    mode: Mutex<KeyMode>,
    changed: Notify,
}

impl TestKeys {
    pub fn set(&self, mode: KeyMode) {
        *self.0.mode.lock().unwrap() = mode;
        self.0.changed.notify_waiters();
    }

    pub fn calls(&self) -> Vec<String> {
        self.0.calls.lock().unwrap().clone()
    }

    pub fn count(&self, call: &str) -> usize {
        self.calls().iter().filter(|made| made.starts_with(call)).count()
    }

    /// From now on the keystore has no key any more.
    pub async fn lose_all(&self) {
        let names: Vec<String> = self
            .calls()
            .iter()
            .filter_map(|call| call.strip_prefix("generate "))
            .map(str::to_owned)
            .collect();
        for name in names {
            self.0.keys.delete(name).await.unwrap();
        }
    }

    /// From now on signing fails, although the keystore still lists the device key.
    pub fn invalidate(&self) {
        *self.0.invalidated.lock().unwrap() = true;
    }

    async fn behave(&self, call: &str, name: &str) -> Result<(), PlatformError> {
        self.0.calls.lock().unwrap().push(format!("{call} {name}"));
        loop {
            let changed = self.0.changed.notified();
            let mode = *self.0.mode.lock().unwrap();
            match mode {
                KeyMode::Works => return Ok(()),
                KeyMode::Fails => return Err(PlatformError::Internal { reason: format!("no key {name}") }),
                KeyMode::Hangs => changed.await,
                KeyMode::Panics => host_panics(),
            }
        }
    }
}

#[async_trait::async_trait]
impl DeviceKeys for TestKeys {
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError> {
        self.behave("generate", &name).await?;
        if name.ends_with(".device") {
            *self.0.invalidated.lock().unwrap() = false;
        }
        // Gives concurrent first uses the time to meet.
        tokio::task::yield_now().await;
        self.0.keys.generate(name).await
    }

    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError> {
        self.behave("public_key", &name).await?;
        tokio::task::yield_now().await;
        self.0.keys.public_key(name).await
    }

    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError> {
        self.behave("sign", &name).await?;
        if *self.0.invalidated.lock().unwrap() {
            return Err(PlatformError::KeyInvalidated);
        }
        self.0.keys.sign(name, message).await
    }

    async fn delete(&self, name: String) -> Result<(), PlatformError> {
        self.behave("delete", &name).await?;
        self.0.keys.delete(name).await
    }
}
