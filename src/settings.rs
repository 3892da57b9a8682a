//! The environment's settings: read when first needed, again in the background when they are older than five
//! minutes (fault 17).

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    api::{Request, models::Settings, operations},
    clock::UnixMillis,
    context::Context,
    error::StepUpError,
    runtime::spawn_detached,
    shared_attempt::SharedAttempt,
};

const FRESH: Duration = Duration::from_secs(5 * 60);

/// What was read last, and when.
type Known = Option<(Arc<Settings>, UnixMillis)>;

/// Keeps the settings in memory.
#[derive(Default)]
pub(crate) struct SettingsCache {
    known: RwLock<Known>,
    reading: SharedAttempt<Arc<Settings>>,
}

impl SettingsCache {
    fn get(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, settings: Arc<Settings>, now: UnixMillis) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some((settings, now));
    }
}

impl Context {
    /// The settings. Old ones are an answer too, and are renewed beside the call.
    pub(crate) async fn settings(self: &Arc<Self>) -> Result<Arc<Settings>, StepUpError> {
        match self.renew_known_settings() {
            Some(known) => Ok(known),
            None => self.read_settings(None).await,
        }
    }

    /// The settings that are known, if any. Old ones are renewed in the background; those that nobody has
    /// needed yet are not read.
    pub(crate) fn renew_known_settings(self: &Arc<Self>) -> Option<Arc<Settings>> {
        let (settings, read_at) = self.settings_cache.get()?;
        if !self.are_fresh(read_at) {
            let context = Arc::clone(self);
            let _ = spawn_detached(async move { context.read_settings(Some(read_at)).await });
        }
        Some(settings)
    }

    /// The settings as they were at most five minutes ago: for telling that something is not protected.
    pub(crate) async fn fresh_settings(&self) -> Result<Arc<Settings>, StepUpError> {
        match self.settings_cache.get() {
            Some((settings, read_at)) if self.are_fresh(read_at) => Ok(settings),
            outdated => self.read_settings(outdated.map(|(_, read_at)| read_at)).await,
        }
    }

    fn are_fresh(&self, read_at: UnixMillis) -> bool {
        let now = self.state.clock.now();
        // A clock that was set back does not make them last.
        now >= read_at && now < read_at.plus(FRESH)
    }

    async fn read_settings(&self, outdated: Option<UnixMillis>) -> Result<Arc<Settings>, StepUpError> {
        let read = async {
            if let Some((settings, read_at)) = self.settings_cache.get()
                && Some(read_at) != outdated
            {
                return Ok(settings);
            }
            let version = &self.config.client_version;
            let request = Request::new(&operations::SETTINGS).query("sdkVersion", version);
            let settings: Arc<Settings> = Arc::new(self.transport.send(&request).await?.read()?);
            self.settings_cache.set(Arc::clone(&settings), self.state.clock.now());
            Ok(settings)
        };
        self.settings_cache.reading.join(read).await
    }
}
