//! Why an epoch has ended.

/// Why an epoch has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EpochEnd {
    /// The user wanted it.
    SignedOut,
    /// A session came that begins another one.
    AnotherSignIn,
    /// The session ran out, or the server has ended it.
    #[default]
    SessionEnded,
    /// A key is lost without which the session is of no use.
    KeyLost,
}
