//! Device registration: a device that the user has not used before is confirmed by a link in an e-mail.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::registered_devices::RegisteredDevice;
use crate::{
    auth::{CredentialFormat, Session, User, is_device_registration_pending},
    cancel::CancelToken,
    context::Context,
    error::StepUpError,
    identifier::RegisteredDeviceId,
    otp::Destination,
    platform::{DeviceRegistrationListener, DeviceRegistrationStatus},
    state::{Observed, State},
    subscription::Subscription,
};

/// Device registration. From [`StepUpClient::device_registration`](crate::StepUpClient::device_registration).
///
/// Where the environment asks for it, a user who signs in on a new device is sent an e-mail with a link.
/// Until the link is opened on that device and given to [`complete`](Self::complete), the session can be
/// refreshed and ended and no more. A new user's first device is registered without that. In environments
/// that do not ask for it, or do not know it yet, nothing is ever required.
#[derive(uniffi::Object)]
pub struct DeviceRegistrationClient {
    context: Arc<Context>,
}

impl DeviceRegistrationClient {
    pub(crate) fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context })
    }
}

#[uniffi::export]
impl DeviceRegistrationClient {
    /// Whether this device must be registered, as far as this client knows: at once, without asking storage
    /// or network. False before `restore`.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.status() != DeviceRegistrationStatus::NotRequired
    }

    /// The same with what the user has to do. At once, without asking storage or network.
    #[must_use]
    pub fn status(&self) -> DeviceRegistrationStatus {
        status(&self.context.state).value
    }

    /// Tells a listener the present status, and from then on each change, until the subscription ends.
    /// Nothing is read for it, so before `restore` the status is `NotRequired`.
    ///
    /// # Errors
    /// `ClientClosed`; `Internal` if the system refuses a thread.
    pub fn subscribe(
        &self,
        listener: Arc<dyn DeviceRegistrationListener>,
    ) -> Result<Arc<Subscription>, StepUpError> {
        let state = Arc::clone(&self.context.state);
        self.context.subscribe(
            move || status(&state),
            move |status| {
                let listener = Arc::clone(&listener);
                async move { listener.status_changed(status).await }
            },
        )
    }

    /// Whether a URL that the app was opened with is a registration link: leads to one of the `app_links` of
    /// the configuration and holds a token. At once; whether the link is still good only the server knows.
    #[must_use]
    pub fn is_registration_link(&self, url: String) -> bool {
        self.context.registration_link(&Zeroizing::new(url)).is_ok()
    }

    /// Registers this device with the link from the e-mail (`POST deviceRegistration`) and answers with the
    /// session, which is a full one as far as this duty goes. Elevated tokens stay.
    ///
    /// The link works once. Concurrent calls with the same link share one request; a link that was used, or
    /// refused as used or expired, is not sent again. After a failure of the network it may be tried again.
    ///
    /// # Errors
    /// `InvalidRegistrationLink` with the reason: it is no link, leads elsewhere, was used, is too old. The
    /// user gets another one by signing in again. `NotSignedIn` if nobody is: a link signs nobody in.
    /// `IdentityMismatch` if it was sent to another user; nothing is stored then. `InvalidConfiguration` if
    /// no `app_links` are configured.
    #[uniffi::method(default(cancel = None))]
    pub async fn complete(
        &self,
        link: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let (context, link) = (Arc::clone(&self.context), Zeroizing::new(link));
        let complete = async move {
            let link = context.registration_link(&link)?;
            context.complete_device_registration(link).await
        };
        self.context.run(cancel, complete).await
    }

    /// The devices on which the user is known (`GET deviceRegistrations`): this one first, then the newest.
    /// Empty where this device is not registered itself, as only a registered one is told.
    ///
    /// # Errors
    /// `NotSignedIn` if the session has ended, which is not the same as having no devices.
    #[uniffi::method(default(cancel = None))]
    pub async fn list(&self, cancel: Option<Arc<CancelToken>>) -> Result<Vec<RegisteredDevice>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.registered_devices().await }).await
    }

    /// Takes a device's registration away (`DELETE deviceRegistrations/{id}`); its sessions end. Answers
    /// whether it was this device: then the user is signed out here, in memory and storage, before this
    /// returns.
    ///
    /// # Errors
    /// `InvalidArgument` for what cannot be an id; `Server` (404) if there is no such device.
    #[uniffi::method(default(cancel = None))]
    pub async fn revoke(
        &self,
        id: RegisteredDeviceId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<bool, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.revoke_device(&id).await }).await
    }

    /// Takes the registrations of all the user's devices away (`DELETE deviceRegistrations`); their sessions
    /// end. On success the user is signed out here too, in memory and storage, before this returns.
    ///
    /// # Errors
    /// `NotSignedIn`, and what the network and the server refuse. The user is still signed in then.
    #[uniffi::method(default(cancel = None))]
    pub async fn revoke_all(&self, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.revoke_all_devices().await }).await
    }
}

fn status(state: &State) -> Observed<DeviceRegistrationStatus> {
    let mut status = state.observed_session(|session| match session.map(|session| &session.user) {
        Some(user) if is_device_registration_pending(user) => match email(user) {
            Some(address) => {
                DeviceRegistrationStatus::AwaitingLink { masked_email: Destination::Email(address).masked() }
            }
            None => DeviceRegistrationStatus::NoEmailAddress,
        },
        _ => DeviceRegistrationStatus::NotRequired,
    });
    // Nothing to wait for then.
    status.until.take_if(|_| status.value == DeviceRegistrationStatus::NotRequired);
    status
}

/// Where the server sends the link.
fn email(user: &User) -> Option<String> {
    let credentials = user.verified_credentials.iter();
    let mut proven = credentials.filter(|credential| credential.format == CredentialFormat::Email);
    let address = user.email.clone().or_else(|| proven.find_map(|credential| credential.email.clone()));
    address.filter(|address| !address.trim().is_empty())
}
