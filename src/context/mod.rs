//! The parts that every sub-client works with, and the rules that hold for every call.

mod answer;
mod calls;
mod elevating;
mod ending;
mod foreground;
mod lifecycle;
mod pending_record;
mod reissue;
mod renewal;

use std::{
    future::Future,
    sync::{Arc, atomic::AtomicBool},
};

use tokio::sync::{Mutex, watch};

use answer::answered;
use foreground::Foreground;
use pending_record::PendingRecord;
pub(crate) use reissue::Reissued;

use crate::{
    api::Transport,
    cancel::CancelToken,
    clock::{Clock, ServerClock},
    config::{ClientConfig, ValidatedConfig},
    device::{DeviceKeyring, NoncePool, RegistrationLinks},
    error::StepUpError,
    identity::{Identity, OwedDeletion},
    log::Log,
    platform::{Platform, PlatformSlot},
    runtime::{Call, on_runtime},
    settings::SettingsCache,
    state::{Awaiting, Delivery, State},
    step_up::{Activity, RunningChecks},
    storage::EnvelopeWriter,
};

/// One client's parts.
pub(crate) struct Context {
    pub(crate) config: Arc<ValidatedConfig>,
    pub(crate) platform: PlatformSlot,
    pub(crate) state: Arc<State>,
    pub(crate) transport: Transport,
    pub(crate) keyring: DeviceKeyring,
    pub(crate) checks: RunningChecks,
    pub(crate) activity: Arc<Activity>,
    pub(crate) registration_links: RegistrationLinks,
    pub(crate) log: Log,
    pub(crate) settings_cache: SettingsCache,
    nonces: NoncePool,
    writer: Arc<EnvelopeWriter>,
    owed: OwedDeletion,
    pending_record: PendingRecord,
    identity: Identity,
    foreground: Foreground,
    /// Whether the storage was read. Set only by a success: a failed start is tried again by the next call.
    is_restored: AtomicBool,
    restoring: Mutex<()>,
    /// What the storage held was not ours; told by `restore`.
    was_corrupt: AtomicBool,
    /// Held by the one call that re-issues the session at a time, in the order of arrival (I7).
    session_gate: Arc<Mutex<()>>,
    is_closed: watch::Sender<bool>,
}

/// Dropped without `shutdown`, nothing of the client may reach the storage any more either.
impl Drop for Context {
    fn drop(&mut self) {
        self.close();
    }
}

impl Context {
    pub(crate) fn new(
        config: ClientConfig,
        platform: Platform,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StepUpError> {
        let config = Arc::new(ValidatedConfig::try_from(config)?);
        let platform = PlatformSlot::new(platform);
        let log = Log::new(platform.clone());
        let clock = Arc::new(ServerClock::new(clock));
        let transport = Transport::new(Arc::clone(&config), Arc::clone(&clock), log.clone())?;
        let identity = Identity::claim(&config)?;
        let state = Arc::new(State::new(Arc::clone(&clock)));
        let wanted = {
            let state = Arc::clone(&state);
            move || state.record()
        };
        let owed = identity.owed_deletion();
        let writer = EnvelopeWriter::new(
            platform.clone(),
            identity.envelope_key(),
            config.storage_deadline,
            owed.clone(),
            wanted,
        );
        let pending_record = PendingRecord::new(&platform, &identity, &config, &state);
        Ok(Arc::new(Self {
            keyring: DeviceKeyring::new(platform.clone(), identity.key_names(), config.keys_deadline),
            config,
            platform,
            state,
            transport,
            checks: RunningChecks::default(),
            activity: Activity::new(clock.changes()),
            registration_links: RegistrationLinks::default(),
            log,
            settings_cache: SettingsCache::default(),
            nonces: NoncePool::default(),
            pending_record,
            writer,
            owed,
            identity,
            foreground: Foreground::default(),
            is_restored: AtomicBool::new(false),
            restoring: Mutex::default(),
            was_corrupt: AtomicBool::new(false),
            session_gate: Arc::default(),
            is_closed: watch::Sender::new(false),
        }))
    }

    /// Runs an exported call: on the runtime, until it ends, is cancelled, or the client is shut down.
    pub(crate) fn run<T: Send + 'static>(
        self: &Arc<Self>,
        cancel: Option<Arc<CancelToken>>,
        call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
    ) -> Call<T> {
        let context = Arc::clone(self);
        answered(Box::pin(call), |call| Box::pin(context.run_to_its_end(cancel, call)))
    }

    /// The answer goes another way, so that this is compiled once and not for each type of answer.
    async fn run_to_its_end(
        self: Arc<Self>,
        cancel: Option<Arc<CancelToken>>,
        call: Call<()>,
    ) -> Result<(), StepUpError> {
        self.ensure_open()?;
        self.used();
        let mut is_closed = self.is_closed.subscribe();
        let until_closed = async move {
            tokio::select! {
                ended = call => ended,
                _ = is_closed.wait_for(|closed| *closed) => Err(StepUpError::ClientClosed),
            }
        };
        on_runtime(cancel, Box::pin(until_closed)).await
    }

    pub(crate) fn ensure_open(&self) -> Result<(), StepUpError> {
        if *self.is_closed.borrow() { Err(StepUpError::ClientClosed) } else { Ok(()) }
    }

    /// The caller's end of a call that a task of its own brings to its end.
    fn awaiting(&self, delivery: &Delivery) -> Awaiting {
        Awaiting::new(delivery.clone(), Arc::clone(&self.state), Arc::clone(&self.writer))
    }

    /// Tells when the client is shut down, or gone.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.is_closed.subscribe()
    }

    /// Ends every call, lets go of the host's callbacks and of the place in the process.
    pub(crate) fn close(&self) {
        if !self.is_closed.send_replace(true) {
            self.leave_foreground();
            self.platform.close();
            self.identity.release();
        }
    }
}
