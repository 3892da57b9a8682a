//! What is known within one epoch only, besides session and tokens.

use std::collections::BTreeSet;

use crate::{auth::MergeConflicts, identifier::CredentialId, platform::WalletAccount, secret::SecretString};

/// Begins empty with every epoch.
#[derive(Default)]
pub(crate) struct EpochData {
    /// Names the epoch also in another process; empty while nobody is signed in.
    pub(crate) id: String,
    /// The server's choice in the last check.
    pub(crate) default_credential_id: Option<CredentialId>,
    /// Ids of second factors that are codes by e-mail, as far as the server has named them.
    pub(crate) email_factor_ids: BTreeSet<CredentialId>,
    pub(crate) legacy_token: Option<LegacyToken>,
    /// The account that the server offered to merge with this one, and the request that it was offered for.
    pub(crate) merge_offer: Option<(String, MergeConflicts)>,
    /// The wallet that the server offered to move here.
    pub(crate) transfer_offer: Option<WalletAccount>,
    /// The `otpauth` URI of the authenticator app that waits for its first code.
    pub(crate) totp_enrollment: Option<SecretString>,
}

/// A token of action-based MFA: no scope, no time limit, never written down.
#[derive(Clone)]
pub(crate) struct LegacyToken {
    pub(crate) token: SecretString,
    pub(crate) single_use: bool,
}

impl EpochData {
    /// The legacy token, which leaves with this if it serves once (fault 7).
    pub(crate) fn take_legacy_token(&mut self) -> Option<LegacyToken> {
        let token = self.legacy_token.clone()?;
        if token.single_use {
            self.legacy_token = None;
        }
        Some(token)
    }
}
