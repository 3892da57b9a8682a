//! Which client of a process is which: one live client per environment, base URL and namespace (I23).

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use once_cell::sync::Lazy;
use sha2::{Digest, Sha256};

use crate::{config::ValidatedConfig, device::KeyNames, error::StepUpError};

#[derive(Default)]
struct Registry {
    open: HashSet<String>,
    /// Records of which the session has ended while they may still be stored: they are deleted before
    /// anything is read (I9).
    owing_deletion: HashMap<String, Debt>,
    last_debt: u64,
}

static REGISTRY: Lazy<Mutex<Registry>> = Lazy::new(Mutex::default);

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A client's claim on its storage. Dropping it, or `release`, frees the place.
#[derive(Debug)]
pub(crate) struct Identity {
    name: String,
    namespace: String,
    is_released: AtomicBool,
}

impl Identity {
    pub(crate) fn claim(config: &ValidatedConfig) -> Result<Self, StepUpError> {
        // The URL is hashed, because names of keys and records should have letters and digits only.
        let server: String = Sha256::digest(config.base_url.as_str())
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let namespace = config.storage_namespace.clone();
        let name = format!("stepup.{namespace}.{}.{server}", config.environment_id);
        if !registry().open.insert(name.clone()) {
            return Err(StepUpError::AlreadyOpen);
        }
        Ok(Self { name, namespace, is_released: AtomicBool::new(false) })
    }

    /// Name of the stored envelope.
    pub(crate) fn envelope_key(&self) -> String {
        format!("{}.session", self.name)
    }

    /// Name of the record of what waits for the user; at first that was a visit in the browser only.
    pub(crate) fn pending_key(&self) -> String {
        format!("{}.browser", self.name)
    }

    /// The device key belongs to the install, so all environments of a namespace share it.
    pub(crate) fn key_names(&self) -> KeyNames {
        KeyNames {
            device: format!("stepup.{}.device", self.namespace),
            session: format!("{}.session", self.name),
        }
    }

    /// Frees the place, once: afterwards another client may have taken it.
    pub(crate) fn release(&self) {
        if !self.is_released.swap(true, Ordering::AcqRel) {
            registry().open.remove(&self.name);
        }
    }

    pub(crate) fn owed_deletion(&self) -> OwedDeletion {
        OwedDeletion(self.envelope_key())
    }

    pub(crate) fn owed_pending_deletion(&self) -> OwedDeletion {
        OwedDeletion(self.pending_key())
    }
}

/// The note that a record may hold what must not be read any more. It outlives the client.
#[derive(Clone, Debug)]
pub(crate) struct OwedDeletion(String);

/// One ended session's note, told from that of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Debt(u64);

impl OwedDeletion {
    pub(crate) fn is_owed(&self) -> bool {
        self.debt().is_some()
    }

    pub(crate) fn debt(&self) -> Option<Debt> {
        registry().owing_deletion.get(&self.0).copied()
    }

    /// Noted after the session has ended, so that who finds the note finds the session gone.
    pub(crate) fn owe(&self) {
        let mut registry = registry();
        registry.last_debt += 1;
        let debt = Debt(registry.last_debt);
        registry.owing_deletion.insert(self.0.clone(), debt);
    }

    /// Removes the note that was found, unless there is a newer one.
    pub(crate) fn settle(&self, found: Option<Debt>) {
        let mut registry = registry();
        if registry.owing_deletion.get(&self.0).copied() == found {
            registry.owing_deletion.remove(&self.0);
        }
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.release();
    }
}
