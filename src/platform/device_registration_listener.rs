//! Whoever wants to know when this device has to be registered.

use super::PlatformError;

/// Is told whether this device has to be registered.
///
/// Calls come one after the other: the present status first, then each change. What came and went while a
/// call was under way is left out, the latest status never is. A call that fails or takes longer than a
/// storage callback may is given up; the next change is told all the same.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait DeviceRegistrationListener: Send + Sync {
    /// The status is this now.
    async fn status_changed(&self, status: DeviceRegistrationStatus) -> Result<(), PlatformError>;
}

/// Whether this device has to be registered before the session is good for more than that.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DeviceRegistrationStatus {
    /// No: nobody is signed in, this device is registered, or the environment does not ask for it.
    NotRequired,
    /// Yes: the server has sent a link at sign-in. The user opens it on this device, the app gives it to
    /// `complete`. There is no way to have it sent again but to sign in again.
    AwaitingLink {
        /// Where it was sent, masked so that it can be shown: `a•••@example.com`.
        masked_email: String,
    },
    /// Yes, but the user has no e-mail address that a link could be sent to. Only the environment's operator
    /// can help, or another device of the user on which an address can be added.
    NoEmailAddress,
}
