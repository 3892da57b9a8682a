//! What can go wrong, told as what the app should do about it.

mod detail;
mod kind;

use std::time::Duration;

pub use detail::{
    CodeRefusal, LinkRefusal, NetworkFailure, PlatformCallback, RedirectRefusal, ServerAnswer,
    StorageFailure, UnavailableReason,
};
pub use kind::ErrorKind;

use crate::scope::TokenScope;

/// Every error of the public surface. [`StepUpError::kind`] says what to do; the case says what happened.
///
/// No field ever holds a token, a code, an e-mail address, a phone number, a URL or the text of a server's
/// answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum StepUpError {
    /// The user or the app ended the call.
    #[error("cancelled")]
    Cancelled,
    /// The client was shut down.
    #[error("the client was shut down")]
    ClientClosed,
    /// Another live client of this process has the same environment, base URL and storage namespace.
    #[error("a client with the same identity is open in this process")]
    AlreadyOpen,
    /// A field of the configuration, or a setting of the environment, is wrong.
    #[error("configuration: `{field}` {reason}")]
    InvalidConfiguration {
        /// Name of the field.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An argument of the call is wrong; nothing was sent.
    #[error("argument: `{argument}` {reason}")]
    InvalidArgument {
        /// Name of the argument.
        argument: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in{}", detail::told(answer))]
    NotSignedIn {
        /// The server's answer that ended the session, if one did.
        answer: Option<ServerAnswer>,
    },
    /// The session was re-issued while this call was under way; its request did not count. Call again.
    #[error("the session was re-issued while the call was under way")]
    SessionReplaced,
    /// The server wants an elevated access token for this operation.
    #[error("`{operation}` needs a step-up for `{scope}` (a token was attached: {token_was_attached})")]
    StepUpRequired {
        /// The operation of this library that was refused.
        operation: String,
        /// The scope to ask for.
        scope: TokenScope,
        /// Whether a stored token went with the request, that is, whether the server refused a token.
        token_was_attached: bool,
    },
    /// The proof was right, but the server did not grant every scope. What it granted is stored.
    #[error("verified, but not granted: {}", detail::list(missing))]
    NotElevated {
        /// Scopes that the stored token has.
        granted: Vec<TokenScope>,
        /// Scopes that were asked for and not granted.
        missing: Vec<TokenScope>,
    },
    /// A step-up flow is in a state in which this is not possible. Nothing has changed; after a double tap it
    /// may be ignored.
    #[error("`{event}` is not possible in this state of the flow")]
    InvalidTransition {
        /// The call that was not possible.
        event: String,
    },
    /// A code was refused, by the server or before it was sent.
    #[error("the code was refused: {reason}{}", detail::told(answer))]
    InvalidCode {
        /// Why.
        reason: CodeRefusal,
        /// The server's answer; none if the code was refused locally.
        answer: Option<ServerAnswer>,
    },
    /// This way to verify cannot be used; another may.
    #[error("this method cannot be used: {reason}{}", detail::told(answer))]
    MethodUnavailable {
        /// Why.
        reason: UnavailableReason,
        /// The server's answer; none if it was not asked.
        answer: Option<ServerAnswer>,
    },
    /// The code is right for another moment: the clock of the authenticator app's device is wrong. Nothing
    /// was sent, no attempt was spent.
    #[error("the code is right for another moment: the authenticator's clock is {seconds} s off")]
    AuthenticatorClockWrong {
        /// Seconds by which that clock is ahead; negative if it is behind. A multiple of the code's life.
        seconds: i64,
    },
    /// The OAuth provider refused, or the user declined there.
    #[error("`{provider}` refused: {}", code.as_deref().unwrap_or("no code"))]
    ProviderRefused {
        /// The provider.
        provider: String,
        /// The provider's error code, for example `access_denied` (RFC 6749 §4.1.2.1).
        code: Option<String>,
    },
    /// What came back from the browser was not used.
    #[error("the redirect was refused: {reason}")]
    RedirectRefused {
        /// Why.
        reason: RedirectRefusal,
    },
    /// A device registration link is of no use.
    #[error("the registration link was refused: {reason}{}", detail::told(answer))]
    InvalidRegistrationLink {
        /// Why.
        reason: LinkRefusal,
        /// The server's answer; none if it was not asked.
        answer: Option<ServerAnswer>,
    },
    /// The session waits for the confirmation of this device; until then nothing can be verified.
    #[error("this device must be registered first")]
    DeviceRegistrationRequired,
    /// Too many requests.
    #[error("too many requests{}", detail::told(answer))]
    RateLimited {
        /// How long to wait, if the server said so (`Retry-After`).
        retry_after: Option<Duration>,
        /// The server's answer.
        answer: Option<ServerAnswer>,
    },
    /// The server could not be reached, or its answer did not arrive.
    #[error("network: {failure} (request {request_id})")]
    Network {
        /// Where it broke off, and so whether the server may have acted.
        failure: NetworkFailure,
        /// The request's id, for the server's logs.
        request_id: String,
    },
    /// A platform callback did not answer in time.
    #[error("the {what} callback did not answer in time")]
    TimedOut {
        /// Which one.
        what: PlatformCallback,
    },
    /// A platform callback failed or threw. Its own text is not passed on: it may hold what it was given.
    #[error("the {what} callback failed")]
    CallbackFailed {
        /// Which one.
        what: PlatformCallback,
    },
    /// The server refused for a reason that has no case of its own, or is in trouble.
    #[error("the server refused `{operation}`{}", detail::told_by(answer))]
    Server {
        /// The operation of this library.
        operation: String,
        /// Status, code and request id.
        answer: ServerAnswer,
        /// How long to wait, if the server said so (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The server answered with success, but not with what the API promises. Nothing of it was stored.
    #[error("unexpected answer to `{operation}`: {reason} (request {request_id})")]
    UnexpectedAnswer {
        /// The operation of this library.
        operation: String,
        /// What is wrong with the answer.
        reason: String,
        /// The request's id, for the server's logs.
        request_id: String,
    },
    /// The answer belongs to another user than the one signed in. Nothing of it was stored.
    #[error("the answer belongs to another user")]
    IdentityMismatch,
    /// The secure storage failed. What is in memory holds; it is written again with the next change.
    #[error("storage: {reason}")]
    StorageFailed {
        /// How.
        reason: StorageFailure,
    },
    /// The keystore no longer has a key that the session depends on. The session has ended.
    #[error("a key of this device is lost")]
    KeyLost,
    /// A fault of this library.
    #[error("internal: {reason}")]
    Internal {
        /// What is known of it.
        reason: String,
    },
}

#[uniffi::export]
impl StepUpError {
    /// What the app should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        kind::of(self)
    }

    /// Status, code and request id of the server's answer, if there was one.
    #[must_use]
    pub fn server_answer(&self) -> Option<ServerAnswer> {
        match self {
            Self::NotSignedIn { answer }
            | Self::InvalidCode { answer, .. }
            | Self::MethodUnavailable { answer, .. }
            | Self::InvalidRegistrationLink { answer, .. }
            | Self::RateLimited { answer, .. } => answer.clone(),
            Self::Server { answer, .. } => Some(answer.clone()),
            _ => None,
        }
    }

    /// How long to wait before trying again, if the server said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Server { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
