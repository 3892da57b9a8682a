//! The parts that errors are made of.

use std::fmt;

use crate::scope::TokenScope;

/// What is known of a server's refusal. Quote `request_id` when asking the vendor.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ServerAnswer {
    /// HTTP status.
    pub status: u16,
    /// Machine-readable code, such as `mfa_invalid_code`. An open set.
    pub code: Option<String>,
    /// The id that this library sent as `x-dyn-request-id`.
    pub request_id: String,
}

/// Why a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CodeRefusal {
    /// It cannot be a code (an OTP and a TOTP have six digits). It was not sent, no attempt was spent.
    Malformed,
    /// It is not the code, or it was used before.
    Wrong,
    /// It, or the verification it belongs to, is no longer valid: send a new one.
    Expired,
    /// Too many wrong codes: this verification is dead.
    TooManyAttempts,
}

impl CodeRefusal {
    /// Whether no code of this sending will do any more.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Expired | Self::TooManyAttempts)
    }
}

/// Why a way to verify cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum UnavailableReason {
    /// The user has no such credential, device, passkey or wallet.
    NotEnrolled,
    /// The user has one, but not here: no passkey of theirs is on this device, or the `WalletSigner` does not
    /// offer the account.
    NotOnThisDevice,
    /// The app gave no callback for it, or the platform does not have it.
    Unsupported,
    /// The credential may not be used to sign in, and so not to verify.
    NotEnabledForSignIn,
    /// The server refused the proof: a passkey of another origin, the signature of another wallet, an
    /// assertion that was used before.
    ProofRefused,
    /// It is there already: the credential to be added exists.
    AlreadyEnrolled,
    /// The user has proven another account than the one that is linked. Nothing was linked.
    DifferentAccount,
    /// The credential belongs to another user.
    BelongsToAnotherUser,
    /// The environment wants a captcha solved first, and the app gave no `CaptchaProvider`.
    CaptchaRequired,
    /// The recovery codes were acknowledged and cannot be read again: make new ones.
    AlreadyAcknowledged,
}

/// Why what came back from the browser was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RedirectRefusal {
    /// It is not the redirect that was waited for: another address, or another `state` (RFC 6749 §10.12).
    NotOurs,
    /// It came more than ten minutes after the browser was opened.
    Expired,
    /// Somebody else is signed in now, or nobody is any more.
    AnotherSession,
    /// It holds neither a code nor an error.
    Incomplete,
}

/// Why a registration link is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum LinkRefusal {
    /// It is no link, or holds no registration token.
    Malformed,
    /// It does not lead to an app link of the configuration.
    Foreign,
    /// It was used before.
    Used,
    /// It is too old.
    Expired,
    /// The server refused it without saying more.
    Refused,
}

/// Where a request broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum NetworkFailure {
    /// No connection: the request never left.
    ConnectFailed,
    /// No answer within the time limit: the server may have acted.
    TimedOut,
    /// The connection broke before the whole answer was there: the server may have acted.
    Interrupted,
    /// The answer is larger than the limit.
    TooLarge,
}

/// A platform callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PlatformCallback {
    /// `SecureStorage`
    Storage,
    /// `DeviceKeys`
    Keys,
    /// `PasskeyProvider`
    Passkey,
    /// `LogSink`
    Log,
    /// `OAuthBrowser`
    Browser,
    /// `WalletSigner`
    Wallet,
    /// `CaptchaProvider`
    Captcha,
    /// A listener of a subscription
    Listener,
}

/// How the secure storage failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum StorageFailure {
    /// The callback failed or did not end in time.
    Unavailable,
    /// The device is locked.
    Locked,
    /// What it holds is not ours. The client counts as signed out; the next sign-in overwrites it.
    Corrupt,
    /// A newer version of this library wrote it. It is left alone until `logout`.
    NewerVersion,
}

macro_rules! display {
    ($name:ident { $($case:ident => $text:literal),+ $(,)? }) => {
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self { $(Self::$case => $text),+ })
            }
        }
    };
}

display!(CodeRefusal {
    Malformed => "it cannot be a code",
    Wrong => "wrong or used",
    Expired => "no longer valid",
    TooManyAttempts => "too many attempts",
});
display!(UnavailableReason {
    NotEnrolled => "not enrolled",
    NotOnThisDevice => "not on this device",
    Unsupported => "not supported here",
    NotEnabledForSignIn => "not enabled for sign-in",
    ProofRefused => "the proof was refused",
    AlreadyEnrolled => "enrolled already",
    DifferentAccount => "another account was chosen",
    BelongsToAnotherUser => "it belongs to another user",
    CaptchaRequired => "a captcha has to be solved first",
    AlreadyAcknowledged => "acknowledged already",
});
display!(RedirectRefusal {
    NotOurs => "it is not the one that was waited for",
    Expired => "it came too late",
    AnotherSession => "the session is another one",
    Incomplete => "it holds neither code nor error",
});
display!(LinkRefusal {
    Malformed => "it holds no registration token",
    Foreign => "it does not lead to this app",
    Used => "it was used before",
    Expired => "it is too old",
    Refused => "the server does not accept it",
});
display!(NetworkFailure {
    ConnectFailed => "no connection, nothing was sent",
    TimedOut => "no answer in time",
    Interrupted => "the connection broke",
    TooLarge => "the answer is too large",
});
display!(PlatformCallback {
    Storage => "storage",
    Keys => "keys",
    Passkey => "passkey",
    Log => "log",
    Browser => "browser",
    Wallet => "wallet",
    Captcha => "captcha",
    Listener => "listener",
});
display!(StorageFailure {
    Unavailable => "unavailable",
    Locked => "the device is locked",
    Corrupt => "not readable",
    NewerVersion => "written by a newer version",
});

pub(super) fn told(answer: &Option<ServerAnswer>) -> String {
    answer.as_ref().map(told_by).unwrap_or_default()
}

pub(super) fn told_by(answer: &ServerAnswer) -> String {
    let code = answer.code.as_deref().unwrap_or("no code");
    format!(" (status {}, {code}, request {})", answer.status, answer.request_id)
}

pub(super) fn list(scopes: &[TokenScope]) -> String {
    scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(", ")
}
