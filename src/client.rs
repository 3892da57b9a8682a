//! The client: builds the parts once and hands out the sub-clients.

use std::sync::Arc;

use crate::{
    auth::AuthClient,
    cancel::CancelToken,
    clock::{Clock, SystemClock},
    config::ClientConfig,
    context::Context,
    device::DeviceRegistrationClient,
    error::{StepUpError, StorageFailure},
    mfa::{MfaClient, PasskeysClient},
    platform::Platform,
    step_up::StepUpAuthClient,
};

/// A client of one environment. Usable from any thread; one per environment, base URL and storage namespace
/// in a process, and one process per storage.
#[derive(uniffi::Object)]
pub struct StepUpClient {
    context: Arc<Context>,
    auth: Arc<AuthClient>,
    step_up: Arc<StepUpAuthClient>,
    device_registration: Arc<DeviceRegistrationClient>,
    mfa: Arc<MfaClient>,
    passkeys: Arc<PasskeysClient>,
}

#[uniffi::export]
impl StepUpClient {
    /// Makes a client. Starts no thread, opens no connection, reads no storage.
    ///
    /// # Errors
    /// `InvalidConfiguration` with the name of the field; `AlreadyOpen`.
    #[uniffi::constructor]
    pub fn new(config: ClientConfig, platform: Platform) -> Result<Arc<Self>, StepUpError> {
        Self::with_clock(config, platform, Arc::new(SystemClock))
    }

    /// Reads the storage, so that `has_elevated_access_token`, `elevation` and `session` know the last
    /// session. Every other asynchronous call does this by itself. Calling it again does nothing.
    ///
    /// # Errors
    /// `StorageFailed`: not readable now, written by a newer version, or not ours; in the last case the
    /// user counts as signed out, this is told once, and the next sign-in overwrites it.
    #[uniffi::method(default(cancel = None))]
    pub async fn restore(&self, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        let restore = async move {
            context.restore().await?;
            if context.take_corruption() {
                return Err(StepUpError::StorageFailed { reason: StorageFailure::Corrupt });
            }
            Ok(())
        };
        self.context.run(cancel, restore).await
    }

    /// Tells the client whether the app is in the foreground: `true` whenever it comes there, `false` when it
    /// leaves. Nothing waits for it.
    ///
    /// While the app is there, the session is renewed (`POST refresh`) five to six minutes before it ends, a
    /// short one after about three quarters of its life, and ended when it has run out. A renewal that fails
    /// is tried again at growing intervals, and not before the server's `Retry-After`; whoever needs the
    /// session then is told. In the background there is no renewal. Each time the app comes back, what has
    /// run out meanwhile is told to listeners, and settings of the environment that are older than five
    /// minutes are read again if they were needed before.
    ///
    /// Before the first call that needs the session nothing is begun and nothing is read for it.
    pub fn set_foreground(&self, is_foreground: bool) {
        self.context.set_foreground(is_foreground);
    }

    /// Ends every call, lets go of the callbacks, and allows another client with this identity. Nothing is
    /// deleted; the session can be restored, unless a call that re-issues it was under way: what the server
    /// answered to that is lost, and the stored session may have ended by it. A visit to an OAuth provider
    /// and a code that a flow waits for are left to the next client. Later calls fail with `ClientClosed`;
    /// calling this again does nothing.
    pub fn shutdown(&self) {
        self.context.close();
    }

    /// Signing in and out.
    #[must_use]
    pub fn auth(&self) -> Arc<AuthClient> {
        Arc::clone(&self.auth)
    }

    /// Step-up authentication.
    #[must_use]
    pub fn step_up(&self) -> Arc<StepUpAuthClient> {
        Arc::clone(&self.step_up)
    }

    /// Device registration.
    #[must_use]
    pub fn device_registration(&self) -> Arc<DeviceRegistrationClient> {
        Arc::clone(&self.device_registration)
    }

    /// The user's factors.
    #[must_use]
    pub fn mfa(&self) -> Arc<MfaClient> {
        Arc::clone(&self.mfa)
    }

    /// The user's passkeys.
    #[must_use]
    pub fn passkeys(&self) -> Arc<PasskeysClient> {
        Arc::clone(&self.passkeys)
    }
}

impl StepUpClient {
    /// Makes a client with a clock of its own, for tests.
    ///
    /// # Errors
    /// As [`StepUpClient::new`].
    pub fn with_clock(
        config: ClientConfig,
        platform: Platform,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StepUpError> {
        let context = Context::new(config, platform, clock)?;
        Ok(Arc::new(Self {
            auth: AuthClient::new(Arc::clone(&context)),
            step_up: StepUpAuthClient::new(Arc::clone(&context)),
            device_registration: DeviceRegistrationClient::new(Arc::clone(&context)),
            mfa: MfaClient::new(Arc::clone(&context)),
            passkeys: PasskeysClient::new(Arc::clone(&context)),
            context,
        }))
    }
}
