//! Software keys that count what they are asked and can lose keys.

use std::sync::{Arc, Mutex};

use stepup_core::{DeviceKeys, DevicePublicKey, PlatformError, SoftwareKeys};

#[derive(Clone, Default)]
pub struct TestKeys(Arc<Inner>);

#[derive(Default)]
struct Inner {
    keys: SoftwareKeys,
    /// `generate NAME`, `public_key NAME`, `sign NAME`, `delete NAME`, in order.
    calls: Mutex<Vec<String>>,
    /// Signing answers that the key was invalidated, until a new one is made.
    invalidated: Mutex<bool>,
}

impl TestKeys {
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

    /// From now on signing fails, although the keystore still lists the key.
    pub fn invalidate(&self) {
        *self.0.invalidated.lock().unwrap() = true;
    }

    fn note(&self, call: &str, name: &str) {
        self.0.calls.lock().unwrap().push(format!("{call} {name}"));
    }
}

#[async_trait::async_trait]
impl DeviceKeys for TestKeys {
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError> {
        self.note("generate", &name);
        *self.0.invalidated.lock().unwrap() = false;
        // Gives concurrent first uses the time to meet.
        tokio::task::yield_now().await;
        self.0.keys.generate(name).await
    }

    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError> {
        self.note("public_key", &name);
        tokio::task::yield_now().await;
        self.0.keys.public_key(name).await
    }

    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError> {
        self.note("sign", &name);
        if *self.0.invalidated.lock().unwrap() {
            return Err(PlatformError::KeyInvalidated);
        }
        self.0.keys.sign(name, message).await
    }

    async fn delete(&self, name: String) -> Result<(), PlatformError> {
        self.note("delete", &name);
        self.0.keys.delete(name).await
    }
}
