//! How the linking of a credential ends, and the decisions that only the user can make.

use std::fmt;

use super::{Session, User};
use crate::platform::WalletAccount;

/// How the linking of a credential ended.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LinkOutcome {
    /// Linked.
    Done {
        /// The session, with the user's credentials as they are now.
        session: Session,
    },
    /// The credential is another user's. Ask whether the two accounts are to become one, and which values are
    /// to stay where both have one, then call `confirm_merge`. Nothing has changed yet.
    MergeRequired {
        /// The other account, and where the two differ.
        conflicts: MergeConflicts,
    },
    /// The wallet is another user's. Ask whether it is to be moved here, then call `confirm_transfer`.
    /// Nothing has changed yet.
    TransferRequired {
        /// The wallet's account.
        account: WalletAccount,
    },
}

/// How an update of the user ended.
#[allow(clippy::large_enum_variant, reason = "passed on once, and a box would not cross the FFI")]
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum UpdateOutcome {
    /// Updated.
    Done {
        /// The session, with the user as it is now.
        session: Session,
    },
    /// What was updated has to be proven first, with the code that was sent: call `confirm_link`.
    CodeSent {
        /// The code that is on its way.
        verification: crate::otp::OtpVerification,
    },
}

/// Two accounts that could become one.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MergeConflicts {
    /// The other account, which would end.
    pub other_user: User,
    /// Fields of which both have a value. Each needs a [`MergeResolution`].
    pub conflicts: Vec<MergeConflict>,
}

/// A field of which two accounts have different values.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MergeConflict {
    /// The field's name.
    pub field: String,
    /// `standard` or `custom`; an open set.
    pub field_type: String,
    /// The field's name for people.
    pub label: Option<String>,
    /// What the signed-in user has.
    pub current: MergeChoice,
    /// What the other account has.
    pub other: MergeChoice,
}

/// One side of a conflict. Printing one shows the user's id only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct MergeChoice {
    /// Whose value it is: what a [`MergeResolution`] names.
    pub user_id: String,
    /// The value.
    pub value: String,
}

/// The decision about one conflict.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MergeResolution {
    /// The field, as the conflict names it.
    pub field: String,
    /// Its type, as the conflict names it.
    pub field_type: String,
    /// The user whose value stays.
    pub user_id: String,
}

impl fmt::Display for MergeChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MergeChoice {{ user_id: {}, value: [redacted] }}", self.user_id)
    }
}

impl fmt::Debug for MergeChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
