//! A storage that can fail, hang, and answer late.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use stepup_core::{PlatformError, SecureStorage};
use tokio::sync::Notify;

use crate::host_panics::host_panics;

/// What the storage does with the next calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageMode {
    Works,
    Fails,
    Locked,
    /// Never answers until it works again; then the operation is carried out late.
    Hangs,
    Panics,
}

#[derive(Clone)]
pub struct TestStorage(Arc<Inner>);

struct Inner {
    records: Mutex<HashMap<String, Vec<u8>>>,
    mode: Mutex<StorageMode>,
    /// Kinds of operations that wait until they are released.
    held: Mutex<HashSet<&'static str>>,
    released: Notify,
    changed: Notify,
    /// Each operation that was begun: `get`, `put`, `delete`.
    calls: Mutex<Vec<&'static str>>,
    /// How many of them have come to their end, good or bad.
    ended: Mutex<usize>,
}

impl Default for TestStorage {
    fn default() -> Self {
        let inner = Inner {
            records: Mutex::default(),
            mode: Mutex::new(StorageMode::Works),
            held: Mutex::default(),
            released: Notify::new(),
            changed: Notify::new(),
            calls: Mutex::default(),
            ended: Mutex::default(),
        };
        Self(Arc::new(inner))
    }
}

impl TestStorage {
    pub fn set(&self, mode: StorageMode) {
        *self.0.mode.lock().unwrap() = mode;
        self.0.changed.notify_waiters();
    }

    /// From now on operations of this kind are begun and not carried out.
    pub fn hold(&self, call: &'static str) {
        self.0.held.lock().unwrap().insert(call);
    }

    /// Operations that are begun from now on are carried out; those that are held stay held.
    pub fn hold_no_more(&self, call: &'static str) {
        self.0.held.lock().unwrap().remove(call);
    }

    /// Carries out what is held, and holds no more.
    pub fn release(&self, call: &'static str) {
        self.hold_no_more(call);
        self.0.released.notify_waiters();
    }

    pub fn count(&self, call: &str) -> usize {
        self.calls().iter().filter(|made| **made == call).count()
    }

    pub fn calls(&self) -> Vec<&'static str> {
        self.0.calls.lock().unwrap().clone()
    }

    pub fn clear_calls(&self) {
        self.0.calls.lock().unwrap().clear();
        *self.0.ended.lock().unwrap() = 0;
    }

    /// Whether no operation is under way.
    pub fn is_at_rest(&self) -> bool {
        self.0.calls.lock().unwrap().len() == *self.0.ended.lock().unwrap()
    }

    pub fn records(&self) -> HashMap<String, Vec<u8>> {
        self.0.records.lock().unwrap().clone()
    }

    /// Everything that is stored, as text.
    pub fn text(&self) -> String {
        self.records().values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// Replaces the one record that there is.
    pub fn overwrite(&self, bytes: &[u8]) {
        let mut records = self.0.records.lock().unwrap();
        assert_eq!(records.len(), 1, "there is one envelope");
        records.values_mut().for_each(|record| *record = bytes.to_vec());
    }

    async fn carry_out<T>(
        &self,
        call: &'static str,
        change: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T + Send,
    ) -> Result<T, PlatformError> {
        self.0.calls.lock().unwrap().push(call);
        // Also when the call is dropped, or panics.
        let _ended = Ended(&self.0.ended);
        self.behave(call).await?;
        Ok(change(&mut self.0.records.lock().unwrap()))
    }

    async fn behave(&self, call: &'static str) -> Result<(), PlatformError> {
        let released = self.0.released.notified();
        let is_held = self.0.held.lock().unwrap().contains(call);
        if is_held {
            released.await;
        }
        loop {
            let changed = self.0.changed.notified();
            let mode = *self.0.mode.lock().unwrap();
            match mode {
                StorageMode::Works => return Ok(()),
                // The text is what a careless host would write; it must not come out anywhere.
                StorageMode::Fails => {
                    return Err(PlatformError::Internal { reason: format!("failed: {}", self.text()) });
                }
                StorageMode::Locked => return Err(PlatformError::Locked),
                StorageMode::Panics => host_panics(),
                StorageMode::Hangs => changed.await,
            }
        }
    }
}

#[async_trait::async_trait]
impl SecureStorage for TestStorage {
    async fn get(&self, key: String) -> Result<Option<Vec<u8>>, PlatformError> {
        self.carry_out("get", |records| records.get(&key).cloned()).await
    }

    async fn put(&self, key: String, value: Vec<u8>) -> Result<(), PlatformError> {
        self.carry_out("put", |records| drop(records.insert(key, value))).await
    }

    async fn delete(&self, key: String) -> Result<(), PlatformError> {
        self.carry_out("delete", |records| drop(records.remove(&key))).await
    }
}

struct Ended<'a>(&'a Mutex<usize>);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
    }
}
