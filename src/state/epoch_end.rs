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

impl EpochEnd {
    /// Whether the user has signed in or out.
    pub(crate) fn is_by_user(self) -> bool {
        matches!(self, Self::SignedOut | Self::AnotherSignIn)
    }
}
