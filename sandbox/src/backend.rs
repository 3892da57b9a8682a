//! The parts of a running sandbox, shared by all requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use uuid::Uuid;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::log::Log;
use crate::outbox::Outbox;
use crate::passkeys::{RelyingParty, VirtualAuthenticators};
use crate::policy::Policy;
use crate::state::State;
use crate::tokens::Signer;
use crate::wallets::Wallets;

/// All a handler can reach.
pub(crate) struct Backend {
    pub(crate) environment_id: Uuid,
    /// Origin of the server itself, without a path.
    pub(crate) url: String,
    /// Where device-registration links lead: the app.
    pub(crate) app_url: String,
    pub(crate) clock: Clock,
    pub(crate) outbox: Outbox,
    pub(crate) log: Log,
    pub(crate) faults: Faults,
    pub(crate) sessions: Signer,
    pub(crate) assertions: Signer,
    pub(crate) relying_party: RelyingParty,
    pub(crate) authenticators: VirtualAuthenticators,
    pub(crate) wallets: Wallets,
    pub(crate) initial_policy: Policy,
    pub(crate) policy: PolicyCell,
    pub(crate) state: StateCell,
}

impl Backend {
    /// Back to how it started: no users, no messages, no faults, real time, the first policy.
    pub(crate) fn reset(&self) {
        *self.state.lock() = State::default();
        self.policy.set(self.initial_policy.clone());
        self.clock.reset();
        self.outbox.clear();
        self.log.clear();
        self.faults.clear();
        self.authenticators.clear();
        self.wallets.clear();
    }
}

/// The policy in force.
pub(crate) struct PolicyCell(RwLock<Arc<Policy>>);

impl PolicyCell {
    pub(crate) fn new(policy: Policy) -> Self {
        Self(RwLock::new(Arc::new(policy)))
    }

    pub(crate) fn get(&self) -> Arc<Policy> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, policy: Policy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }
}

/// The server's memory behind its lock.
#[derive(Default)]
pub(crate) struct StateCell(Mutex<State>);

impl StateCell {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
