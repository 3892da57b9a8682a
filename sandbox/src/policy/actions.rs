//! Protected actions and their tokens.

use serde::{Deserialize, Serialize};

/// A protected action and what its token is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Action {
    /// Which action.
    pub action: ActionName,
    /// Whether it needs a step-up. Link, unlink and export always do at `2026_04_01`.
    pub required: bool,
    /// Single use or time bound; by default single use for wallet actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_behavior: Option<TokenBehavior>,
    /// Life of the token, in seconds; by default 300 (single use) or 600 (time bound).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expiry_seconds: Option<u32>,
}

impl Action {
    /// An action with the default token.
    pub fn new(action: ActionName, required: bool) -> Self {
        Self { action, required, token_behavior: None, token_expiry_seconds: None }
    }
}

/// The actions an environment can protect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionName {
    /// Use a key.
    #[serde(rename = "wallet.waas.sign")]
    WalletSign,
    /// Take a key out.
    #[serde(rename = "wallet.waas.export")]
    WalletExport,
    /// Give the key shares anew.
    #[serde(rename = "wallet.waas.reshare")]
    WalletReshare,
    /// Refresh the key shares.
    #[serde(rename = "wallet.waas.refresh")]
    WalletRefresh,
    /// Restore from a backup.
    #[serde(rename = "wallet.waas.offline_recovery_trigger")]
    WalletOfflineRecovery,
    /// Change the profile.
    #[serde(rename = "user.update")]
    UserUpdate,
}

impl ActionName {
    /// The token scope that covers the action.
    pub fn scope(self) -> &'static str {
        match self {
            Self::WalletSign => "wallet:sign",
            Self::WalletExport => "wallet:export",
            Self::WalletReshare => "wallet:reshare",
            Self::WalletRefresh => "wallet:refresh",
            Self::WalletOfflineRecovery => "wallet:restore",
            Self::UserUpdate => "user:update",
        }
    }
}

/// How often an elevated token serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenBehavior {
    /// Once.
    SingleUse,
    /// Until it expires.
    TimeBound,
}
