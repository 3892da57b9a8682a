//! The user as it is stored: under the names of its members.

use serde::{Deserialize, Deserializer};

use crate::{
    auth::{User, VerifiedCredential},
    json::Fields,
};

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self {
            id: fields.required("id")?,
            session_scopes: fields.optional("session_scopes")?,
            verified_credentials: fields.optional("verified_credentials")?,
            email: fields.optional("email")?,
            phone_number: fields.optional("phone_number")?,
            alias: fields.optional("alias")?,
            username: fields.optional("username")?,
            first_name: fields.optional("first_name")?,
            last_name: fields.optional("last_name")?,
            job_title: fields.optional("job_title")?,
            country: fields.optional("country")?,
            metadata: fields.optional("metadata")?,
            new_user: fields.optional("new_user")?,
            missing_fields: fields.optional("missing_fields")?,
            recovery_codes_unacknowledged: fields.optional("recovery_codes_unacknowledged")?,
        })
    }
}

impl<'de> Deserialize<'de> for VerifiedCredential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self {
            id: fields.required("id")?,
            format: fields.required("format")?,
            sign_in_enabled: fields.required("sign_in_enabled")?,
            email: fields.optional("email")?,
            phone_number: fields.optional("phone_number")?,
            phone_country_code: fields.optional("phone_country_code")?,
            iso_country_code: fields.optional("iso_country_code")?,
            oauth_provider: fields.optional("oauth_provider")?,
            oauth_username: fields.optional("oauth_username")?,
            oauth_display_name: fields.optional("oauth_display_name")?,
            oauth_account_id: fields.optional("oauth_account_id")?,
            wallet_address: fields.optional("wallet_address")?,
            chain: fields.optional("chain")?,
            wallet_name: fields.optional("wallet_name")?,
            wallet_provider: fields.optional("wallet_provider")?,
        })
    }
}
