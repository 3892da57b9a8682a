//! The user as the API writes it; names are mixed, so each is given.

use serde::Deserialize;
use serde_json::Value;

use super::tolerant;
use crate::auth::{CredentialFormat, User, VerifiedCredential};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBody {
    id: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    scope: Option<String>,
    #[serde(default, deserialize_with = "tolerant::list")]
    verified_credentials: Vec<CredentialBody>,
    #[serde(default, deserialize_with = "tolerant::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    phone_number: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    alias: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    username: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    job_title: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    country: Option<String>,
    #[serde(default)]
    metadata: Value,
    #[serde(default, deserialize_with = "tolerant::flag")]
    new_user: bool,
    #[serde(default, deserialize_with = "tolerant::list")]
    missing_fields: Vec<MissingField>,
    #[serde(default, deserialize_with = "tolerant::text")]
    mfa_backup_code_acknowledgement: Option<String>,
}

#[derive(Deserialize)]
struct MissingField {
    name: String,
}

#[derive(Deserialize)]
struct CredentialBody {
    id: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    format: Option<String>,
    #[serde(default, rename = "signInEnabled", deserialize_with = "tolerant::flag")]
    sign_in_enabled: bool,
    #[serde(default, deserialize_with = "tolerant::text")]
    email: Option<String>,
    #[serde(default, rename = "phoneNumber", deserialize_with = "tolerant::text")]
    phone_number: Option<String>,
    #[serde(default, rename = "phoneCountryCode", deserialize_with = "tolerant::text")]
    phone_country_code: Option<String>,
    #[serde(default, rename = "isoCountryCode", deserialize_with = "tolerant::text")]
    iso_country_code: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    oauth_provider: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    oauth_username: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    oauth_display_name: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    oauth_account_id: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    address: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    chain: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    wallet_name: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    wallet_provider: Option<String>,
}

impl UserBody {
    pub(super) fn is_nameless(&self) -> bool {
        self.id.is_empty()
    }
}

impl From<UserBody> for User {
    fn from(body: UserBody) -> Self {
        let scope = body.scope.unwrap_or_default();
        Self {
            id: body.id,
            session_scopes: scope.split_ascii_whitespace().map(str::to_owned).collect(),
            verified_credentials: body.verified_credentials.into_iter().map(Into::into).collect(),
            email: body.email,
            phone_number: body.phone_number,
            alias: body.alias,
            username: body.username,
            first_name: body.first_name,
            last_name: body.last_name,
            job_title: body.job_title,
            country: body.country,
            metadata: body.metadata.is_object().then(|| body.metadata.to_string()),
            new_user: body.new_user,
            missing_fields: body.missing_fields.into_iter().map(|field| field.name).collect(),
            recovery_codes_unacknowledged: body.mfa_backup_code_acknowledgement.as_deref() == Some("pending"),
        }
    }
}

impl From<CredentialBody> for VerifiedCredential {
    fn from(body: CredentialBody) -> Self {
        Self {
            id: body.id,
            format: CredentialFormat::from(body.format.unwrap_or_default()),
            sign_in_enabled: body.sign_in_enabled,
            email: body.email,
            phone_number: body.phone_number,
            phone_country_code: body.phone_country_code,
            iso_country_code: body.iso_country_code,
            oauth_provider: body.oauth_provider,
            oauth_username: body.oauth_username,
            oauth_display_name: body.oauth_display_name,
            oauth_account_id: body.oauth_account_id,
            wallet_address: body.address,
            chain: body.chain,
            wallet_name: body.wallet_name,
            wallet_provider: body.wallet_provider,
        }
    }
}
