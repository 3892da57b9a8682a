//! The one error that a callback may answer with.

/// Why a callback could not do what it was asked for.
///
/// `reason` is for the callback's own use: the library never logs it or passes it on, because such texts
/// tend to hold what the callback was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum PlatformError {
    /// The user declined.
    #[error("cancelled")]
    Cancelled,
    /// The platform's own time limit ran out.
    #[error("timed out")]
    TimedOut,
    /// What was asked for is not there: no such key, no passkey for this request.
    #[error("not found")]
    NotFound,
    /// What was to be made exists: the authenticator already holds a passkey for this user.
    #[error("already exists")]
    AlreadyExists,
    /// The platform cannot do it.
    #[error("unsupported")]
    Unsupported,
    /// The key was invalidated, for example by a change of the screen lock.
    #[error("key invalidated")]
    KeyInvalidated,
    /// The device is locked.
    #[error("the device is locked")]
    Locked,
    /// Something outside the app is not set up, for example the site association of passkeys.
    #[error("configuration")]
    Configuration {
        /// What is not set up.
        reason: String,
    },
    /// Anything else.
    #[error("internal")]
    Internal {
        /// What is known of it.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Internal { reason: "the callback threw an error that it does not declare".into() }
    }
}
