//! The user as the API writes it; names are mixed, so each is given.

use serde::{Deserialize, Deserializer, de::Error};

use serde_json::Value;

use crate::auth::{CredentialFormat, User, VerifiedCredential};
use crate::json::Fields;

pub(super) struct UserBody(User);

impl UserBody {
    pub(super) fn is_nameless(&self) -> bool {
        self.0.id.is_empty()
    }
}

impl From<UserBody> for User {
    fn from(UserBody(user): UserBody) -> Self {
        user
    }
}

impl<'de> Deserialize<'de> for UserBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        user(Fields::read(deserializer)?).map(Self).ok_or_else(|| D::Error::custom("a user has no id"))
    }
}

fn user(mut fields: Fields) -> Option<User> {
    let (scope, metadata) = (words(fields.take("scope")), fields.take("metadata"));
    let acknowledgement = fields.text("mfaBackupCodeAcknowledgement");
    Some(User {
        id: fields.text("id")?,
        session_scopes: scope,
        verified_credentials: fields.list("verifiedCredentials").filter_map(credential).collect(),
        email: fields.text("email"),
        phone_number: fields.text("phoneNumber"),
        alias: fields.text("alias"),
        username: fields.text("username"),
        first_name: fields.text("firstName"),
        last_name: fields.text("lastName"),
        job_title: fields.text("jobTitle"),
        country: fields.text("country"),
        metadata: metadata.is_object().then(|| metadata.to_string()),
        new_user: fields.flag("newUser"),
        missing_fields: fields.list("missingFields").filter_map(|mut field| field.text("name")).collect(),
        recovery_codes_unacknowledged: acknowledgement.as_deref() == Some("pending"),
    })
}

/// The words of a text, or of a list of texts: duties stand among them, so none is overlooked.
fn words(scope: Value) -> Vec<String> {
    let texts = match scope {
        Value::Array(elements) => elements,
        text => vec![text],
    };
    let words = texts.iter().filter_map(Value::as_str).flat_map(str::split_ascii_whitespace);
    words.map(str::to_owned).collect()
}

/// None for what has no id: nothing can be done with it.
fn credential(mut fields: Fields) -> Option<VerifiedCredential> {
    Some(VerifiedCredential {
        id: fields.text("id")?.into(),
        format: CredentialFormat::from(fields.text("format").unwrap_or_default()),
        sign_in_enabled: fields.flag("signInEnabled"),
        email: fields.text("email"),
        phone_number: fields.text("phoneNumber"),
        phone_country_code: fields.text("phoneCountryCode"),
        iso_country_code: fields.text("isoCountryCode"),
        oauth_provider: fields.text("oauth_provider"),
        oauth_username: fields.text("oauth_username"),
        oauth_display_name: fields.text("oauth_display_name"),
        oauth_account_id: fields.text("oauth_account_id"),
        wallet_address: fields.text("address"),
        chain: fields.text("chain"),
        wallet_name: fields.text("wallet_name"),
        wallet_provider: fields.text("wallet_provider"),
    })
}
