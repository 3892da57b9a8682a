//! **Insecure** doubles of the two callbacks that must be there.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use p256::ecdsa::{Signature, SigningKey, signature::Signer};

use super::{DeviceKeys, DevicePublicKey, PlatformError, SecureStorage};

/// **Insecure:** records in plain memory, gone with the process.
#[derive(Default)]
pub struct InMemoryStorage {
    records: Mutex<HashMap<String, Vec<u8>>>,
}

impl InMemoryStorage {
    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> T {
        change(&mut self.records.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys of all records.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.with(|records| records.keys().cloned().collect())
    }
}

#[async_trait::async_trait]
impl SecureStorage for InMemoryStorage {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, PlatformError> {
        Ok(self.with(|records| records.get(&key).cloned()))
    }

    async fn put(&self, key: String, value: Vec<u8>) -> Result<(), PlatformError> {
        self.with(|records| records.insert(key, value));
        Ok(())
    }

    async fn delete(&self, key: String) -> Result<(), PlatformError> {
        self.with(|records| records.remove(&key));
        Ok(())
    }
}

/// **Insecure:** P-256 keys in plain memory, gone with the process.
#[derive(Default)]
pub struct SoftwareKeys {
    keys: Mutex<HashMap<String, SigningKey>>,
}

impl SoftwareKeys {
    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, SigningKey>) -> T) -> T {
        change(&mut self.keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn public_half(key: &SigningKey) -> DevicePublicKey {
    DevicePublicKey::X963 { point: key.verifying_key().to_sec1_bytes().to_vec() }
}

/// A key from the system's random numbers. Almost every 32 bytes are a valid key; the loop is for the rest.
fn random_key() -> Result<SigningKey, PlatformError> {
    let mut scalar = zeroize::Zeroizing::new([0_u8; 32]);
    loop {
        getrandom::fill(scalar.as_mut())
            .map_err(|_| PlatformError::Internal { reason: "no random numbers".into() })?;
        if let Ok(key) = SigningKey::from_slice(scalar.as_ref()) {
            return Ok(key);
        }
    }
}

#[async_trait::async_trait]
impl DeviceKeys for SoftwareKeys {
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError> {
        let key = random_key()?;
        let public = public_half(&key);
        self.with(|keys| keys.insert(name, key));
        Ok(public)
    }

    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError> {
        Ok(self.with(|keys| keys.get(&name).map(public_half)))
    }

    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError> {
        let key = self.with(|keys| keys.get(&name).cloned()).ok_or(PlatformError::NotFound)?;
        let signature: Signature = key.sign(&message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    async fn delete(&self, name: String) -> Result<(), PlatformError> {
        self.with(|keys| keys.remove(&name));
        Ok(())
    }
}
