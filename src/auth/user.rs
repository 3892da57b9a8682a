//! The signed-in user.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identifier::CredentialId;

/// The user as the server described it with the session. Printing one shows its id only.
#[derive(Clone, PartialEq, Eq, Serialize, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct User {
    /// The user's id.
    pub id: String,
    /// Words of the session's own scope, such as `user:basic`, `requiresAdditionalAuth`, `device:register`.
    pub session_scopes: Vec<String>,
    /// Credentials that the user has proven.
    pub verified_credentials: Vec<VerifiedCredential>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
    /// Name that the user chose to be shown.
    pub alias: Option<String>,
    /// Name that is unique in the environment.
    pub username: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Job title.
    pub job_title: Option<String>,
    /// Country, as ISO 3166-1 code.
    pub country: Option<String>,
    /// Data of the app about the user: a JSON object, as a text.
    pub metadata: Option<String>,
    /// Whether this sign-in created the user.
    pub new_user: bool,
    /// Names of profile fields that the environment asks for and the user has not given.
    pub missing_fields: Vec<String>,
    /// Whether recovery codes were made and not acknowledged.
    pub recovery_codes_unacknowledged: bool,
}

/// A credential that the user has proven. Printing one shows its id and format only.
#[derive(Clone, PartialEq, Eq, Serialize, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct VerifiedCredential {
    /// The credential's id.
    pub id: CredentialId,
    /// What it is.
    pub format: CredentialFormat,
    /// Whether it may be used to sign in, and so to prove the user's identity again.
    pub sign_in_enabled: bool,
    /// E-mail address of an e-mail credential.
    pub email: Option<String>,
    /// National number of a phone credential.
    pub phone_number: Option<String>,
    /// Country calling code of a phone credential, with or without a plus sign.
    pub phone_country_code: Option<String>,
    /// ISO 3166-1 code of a phone credential's country.
    pub iso_country_code: Option<String>,
    /// Provider of a social credential.
    pub oauth_provider: Option<String>,
    /// The name of the social account that is unique with its provider.
    pub oauth_username: Option<String>,
    /// The name that the social account shows.
    pub oauth_display_name: Option<String>,
    /// The provider's id of the social account.
    pub oauth_account_id: Option<String>,
    /// Address of a wallet credential.
    pub wallet_address: Option<String>,
    /// Chain of a wallet credential.
    pub chain: Option<String>,
    /// Name of a wallet credential.
    pub wallet_name: Option<String>,
    /// Kind of wallet, for example `embeddedWallet` or `browserExtension`.
    pub wallet_provider: Option<String>,
}

/// What a credential is. An open set: `Other` holds what this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(from = "String", into = "String")]
pub enum CredentialFormat {
    /// An e-mail address.
    Email,
    /// A phone number.
    PhoneNumber,
    /// An authenticator app (RFC 6238).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
    /// A social account (OAuth 2.0).
    OAuth,
    /// A wallet.
    Blockchain,
    /// An account of the app's own backend.
    ExternalUser,
    /// Something else, as the server calls it.
    Other(String),
}

impl From<String> for CredentialFormat {
    fn from(name: String) -> Self {
        match name.as_str() {
            "email" => Self::Email,
            "phoneNumber" => Self::PhoneNumber,
            "totp" => Self::Totp,
            "passkey" => Self::Passkey,
            "oauth" => Self::OAuth,
            "blockchain" => Self::Blockchain,
            "externalUser" => Self::ExternalUser,
            _ => Self::Other(name),
        }
    }
}

impl From<CredentialFormat> for String {
    fn from(format: CredentialFormat) -> Self {
        match format {
            CredentialFormat::Email => "email",
            CredentialFormat::PhoneNumber => "phoneNumber",
            CredentialFormat::Totp => "totp",
            CredentialFormat::Passkey => "passkey",
            CredentialFormat::OAuth => "oauth",
            CredentialFormat::Blockchain => "blockchain",
            CredentialFormat::ExternalUser => "externalUser",
            CredentialFormat::Other(name) => return name,
        }
        .to_owned()
    }
}

/// Kinds of wallets whose keys the vendor holds: they cannot prove that the user is there.
const EMBEDDED_WALLETS: [&str; 2] = ["embeddedWallet", "smartContractWallet"];

/// Whether a kind of wallet is an embedded one.
pub(crate) fn is_embedded_wallet(kind: &str) -> bool {
    EMBEDDED_WALLETS.contains(&kind)
}

impl User {
    /// The user's accounts with a provider.
    pub(crate) fn social_accounts(&self, provider: &str) -> impl Iterator<Item = &VerifiedCredential> {
        self.verified_credentials.iter().filter(move |credential| {
            credential.format == CredentialFormat::OAuth
                && credential.oauth_provider.as_deref() == Some(provider)
        })
    }
}

impl VerifiedCredential {
    /// Whether it may prove the user's identity again.
    pub(crate) fn can_reauthenticate(&self) -> bool {
        let is_proof = matches!(
            self.format,
            CredentialFormat::Email
                | CredentialFormat::PhoneNumber
                | CredentialFormat::OAuth
                | CredentialFormat::Blockchain
        );
        is_proof && self.sign_in_enabled && !self.is_embedded_wallet()
    }

    /// Whether it is a wallet whose key the vendor holds.
    pub(crate) fn is_embedded_wallet(&self) -> bool {
        self.wallet_provider.as_deref().is_some_and(is_embedded_wallet)
    }

    /// Whether it is a second factor.
    pub(crate) fn is_mfa(&self) -> bool {
        matches!(self.format, CredentialFormat::Totp | CredentialFormat::Passkey)
    }
}

impl fmt::Display for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "User {{ id: {} }}", self.id)
    }
}

impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for VerifiedCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifiedCredential {{ id: {}, format: {:?} }}", self.id, self.format)
    }
}

impl fmt::Debug for VerifiedCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
