//! A storage that can be overtaken, and what is written to it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shuttle::future::{block_on, yield_now};

use super::scenario::settle;
use crate::{
    config::{ClientConfig, ValidatedConfig},
    identity::{Identity, OwedDeletion},
    platform::{Platform, PlatformError, PlatformSlot, SecureStorage, SoftwareKeys},
    state::State,
    storage::{EnvelopeWriter, Record},
};

/// Never passes.
pub(super) const NO_DEADLINE: Duration = Duration::MAX;
/// Passes when the scheduler says so.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// Each operation has a beginning, a middle and an end, with others between them. Counts those that overlap.
#[derive(Default)]
pub(super) struct SlowStorage {
    record: Mutex<Option<Vec<u8>>>,
    running: AtomicUsize,
    overlaps: AtomicUsize,
    /// How many steps longer the next operation takes.
    delay: AtomicUsize,
}

impl SlowStorage {
    pub(super) fn record(&self) -> Option<Vec<u8>> {
        self.record.lock().unwrap().clone()
    }

    pub(super) fn overlaps(&self) -> usize {
        self.overlaps.load(Ordering::Relaxed)
    }

    /// Has the next operation take so long that others can be done meanwhile.
    pub(super) fn slow_down(&self) {
        self.delay.store(10, Ordering::Relaxed);
    }

    async fn with<T>(&self, change: impl FnOnce(&mut Option<Vec<u8>>) -> T + Send) -> T {
        let others = self.running.fetch_add(1, Ordering::Relaxed);
        self.overlaps.fetch_add(others, Ordering::Relaxed);
        for _ in 0..=self.delay.swap(0, Ordering::Relaxed) {
            yield_now().await;
        }
        let result = change(&mut self.record.lock().unwrap());
        yield_now().await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        result
    }
}

#[async_trait::async_trait]
impl SecureStorage for SlowStorage {
    async fn get(&self, _: String) -> Result<Option<Vec<u8>>, PlatformError> {
        Ok(self.with(|record| record.clone()).await)
    }

    async fn put(&self, _: String, value: Vec<u8>) -> Result<(), PlatformError> {
        self.with(|record| *record = Some(value)).await;
        Ok(())
    }

    async fn delete(&self, _: String) -> Result<(), PlatformError> {
        self.with(|record| *record = None).await;
        Ok(())
    }
}

/// What a client has to write with.
pub(super) struct Desk {
    pub(super) storage: Arc<SlowStorage>,
    pub(super) writer: Arc<EnvelopeWriter>,
    pub(super) owed: OwedDeletion,
}

impl Desk {
    /// `name` is the scenario's own: debts are noted for the whole process.
    pub(super) fn new(
        name: &str,
        deadline: Duration,
        wanted: impl Fn() -> Record + Send + Sync + 'static,
    ) -> Self {
        let mut config = ClientConfig::new("00000000-0000-4000-8000-000000000000");
        config.storage_namespace = Some(name.to_owned());
        let owed = Identity::claim(&ValidatedConfig::try_from(config).unwrap()).unwrap().owed_deletion();
        owed.settle(owed.debt());
        let storage = Arc::new(SlowStorage::default());
        let platform = Platform::new(storage.clone(), Arc::new(SoftwareKeys::default()));
        let slot = PlatformSlot::new(platform);
        let writer = EnvelopeWriter::new(slot, "record".into(), deadline, owed.clone(), move || Ok(wanted()));
        Self { storage, writer, owed }
    }

    /// The desk of a client with this state, which is written down already.
    pub(super) fn of(state: &Arc<State>, name: &str, deadline: Duration) -> Self {
        let recorded = Arc::clone(state);
        let desk = Self::new(name, deadline, move || recorded.record().unwrap());
        let _ = block_on(desk.writer.write());
        settle();
        assert!(desk.storage.record().is_some());
        desk
    }
}
