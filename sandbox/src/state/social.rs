//! Accounts at OAuth providers, and the credentials made of them.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::iso;
use crate::policy::ProviderName;

/// What a provider says of the account that consented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderAccount {
    pub(crate) provider: ProviderName,
    /// The provider's id of the account.
    pub(crate) id: String,
    /// Verified by the provider, in lower case.
    pub(crate) email: Option<String>,
    pub(crate) display_name: Option<String>,
}

impl ProviderAccount {
    pub(crate) fn is(&self, provider: ProviderName, id: &str) -> bool {
        self.provider == provider && self.id == id
    }

    /// A handle as providers make one: the local part of the address, else the id.
    pub(crate) fn username(&self) -> String {
        let local = self.email.as_deref().and_then(|email| email.split('@').next());
        local.unwrap_or(&self.id).into()
    }
}

/// A provider's account that a user can sign in with.
#[derive(Debug, Clone)]
pub(crate) struct SocialCredential {
    pub(crate) id: Uuid,
    pub(crate) account: ProviderAccount,
    pub(crate) verified_at: OffsetDateTime,
}

impl SocialCredential {
    pub(crate) fn new(account: ProviderAccount, now: OffsetDateTime) -> Self {
        Self { id: Uuid::new_v4(), account, verified_at: now }
    }

    /// As `verifiedCredentials[]` shows it.
    pub(crate) fn to_json(&self) -> Value {
        let account = &self.account;
        json!({
            "id": self.id,
            "format": "oauth",
            "public_identifier": account.email.as_ref().unwrap_or(&account.id),
            "oauth_provider": account.provider,
            "oauth_username": account.username(),
            "oauth_display_name": account.display_name,
            "oauth_account_id": account.id,
            "oauth_emails": account.email.iter().collect::<Vec<_>>(),
            "oauth_account_photos": [],
            "oauth_metadata": {},
            "email": account.email,
            "signInEnabled": true,
            "verifiedAt": iso(self.verified_at),
            "lastSelectedAt": null,
        })
    }
}
