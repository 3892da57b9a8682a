//! Token scopes: what an elevated access token permits.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::error::StepUpError;

/// The longest scope that is sent; real ones have fewer than fifty characters.
const MAX_SCOPE_BYTES: usize = 128;

/// A permission that an elevated access token carries, such as `wallet:export`.
///
/// The set is open: the server may know scopes that are not among the constants, so any text without blanks
/// is accepted and passed on unchanged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenScope(Cow<'static, str>);

uniffi::custom_type!(TokenScope, String, {
    lower: |scope| scope.0.into_owned(),
    try_lift: |text| Ok(text.into()),
});

impl TokenScope {
    /// Export of a wallet's private key.
    pub const WALLET_EXPORT: Self = Self::constant("wallet:export");
    /// Any signature of an embedded wallet.
    pub const WALLET_SIGN: Self = Self::constant("wallet:sign");
    /// Deletion of an embedded wallet.
    pub const WALLET_DELETE: Self = Self::constant("wallet:delete");
    /// Refresh of an embedded wallet's key shares.
    pub const WALLET_REFRESH: Self = Self::constant("wallet:refresh");
    /// A new distribution of an embedded wallet's key shares.
    pub const WALLET_RESHARE: Self = Self::constant("wallet:reshare");
    /// Delegated access to an embedded wallet.
    pub const WALLET_DELEGATE: Self = Self::constant("wallet:delegate");
    /// Restoring of an embedded wallet.
    pub const WALLET_RESTORE: Self = Self::constant("wallet:restore");
    /// Adding a way to sign in or to verify.
    pub const CREDENTIAL_LINK: Self = Self::constant("credential:link");
    /// Changing a credential.
    pub const CREDENTIAL_UPDATE: Self = Self::constant("credential:update");
    /// Removing a way to sign in or to verify.
    pub const CREDENTIAL_UNLINK: Self = Self::constant("credential:unlink");
    /// Changing the user's profile.
    pub const USER_UPDATE: Self = Self::constant("user:update");
    /// Deleting the user's account.
    pub const USER_DELETE: Self = Self::constant("user:delete");

    const fn constant(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The scope as it is written on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses what could not be a scope: empty, longer than 128 bytes, or with anything but visible ASCII
    /// (scope-token of RFC 6749 §3.3; a blank would be read as two scopes).
    pub(crate) fn validated(self) -> Result<Self, StepUpError> {
        let reason = if self.0.is_empty() {
            "is empty"
        } else if self.0.len() > MAX_SCOPE_BYTES {
            "is longer than 128 bytes"
        } else if !self.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
            "has a blank or a character that a scope cannot have"
        } else {
            return Ok(self);
        };
        Err(StepUpError::InvalidArgument { argument: "scope".into(), reason: reason.into() })
    }
}

/// The scopes of one request: at least one, each valid, without repetition, in a stable order.
pub(crate) fn validated_set(mut scopes: Vec<TokenScope>) -> Result<Vec<TokenScope>, StepUpError> {
    if scopes.is_empty() {
        let reason = "must name at least one scope".into();
        return Err(StepUpError::InvalidArgument { argument: "scopes".into(), reason });
    }
    scopes.sort();
    scopes.dedup();
    scopes.into_iter().map(TokenScope::validated).collect()
}

impl fmt::Display for TokenScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<String> for TokenScope {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<&str> for TokenScope {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Lets a map keyed by scopes be asked with a plain text.
impl std::borrow::Borrow<str> for TokenScope {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_scope_is_accepted() {
        for good in ["wallet:export", "console:x", "a"] {
            assert!(TokenScope::from(good).validated().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a\tb", "ä", "\u{a0}", &"x".repeat(10_000)] {
            assert!(TokenScope::from(bad).validated().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_set_of_scopes_is_sorted_and_has_no_repetition() {
        let set = validated_set(vec!["b".into(), "a".into(), "b".into()]).unwrap();
        assert_eq!(set, [TokenScope::from("a"), TokenScope::from("b")]);
        assert!(validated_set(vec![]).is_err());
    }
}
