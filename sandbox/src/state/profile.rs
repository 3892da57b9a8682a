//! The fields of a user's profile: the API's own, and those an environment makes up, kept in `metadata`.

use serde_json::Value;

use super::{Contact, User};
use crate::policy::{Policy, ProfileField};

/// Fields of the profile that a user may write, each under its own name.
pub(crate) const STANDARD_FIELDS: &[&str] = &[
    "alias",
    "firstName",
    "lastName",
    "jobTitle",
    "tShirtSize",
    "team",
    "policiesConsent",
    "country",
    "username",
    "metadata",
    "btcWallet",
    "kdaWallet",
    "ltcWallet",
    "ckbWallet",
    "kasWallet",
    "dogeWallet",
    "emailNotification",
    "discordNotification",
    "newsletterNotification",
];

impl User {
    /// The value of a field, as text; contacts count once they are verified.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let value = match name {
            "email" => return self.email().map(Into::into),
            "phoneNumber" => return self.phone().map(|phone| phone.address()),
            _ if STANDARD_FIELDS.contains(&name) => self.profile.get(name),
            _ => self.profile.get("metadata").and_then(|metadata| metadata.get(name)),
        };
        match value? {
            Value::Null => None,
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            other => Some(other.to_string()),
        }
    }

    /// The required fields that the user has not filled.
    pub(crate) fn missing_fields<'a>(&self, policy: &'a Policy) -> Vec<&'a ProfileField> {
        let required = policy.profile_fields.iter().filter(|field| field.required);
        required.filter(|field| self.field(&field.name).is_none()).collect()
    }

    /// Takes over another user's value of a field.
    pub(crate) fn copy_field(&mut self, name: &str, from: &Self) {
        if STANDARD_FIELDS.contains(&name) {
            if let Some(value) = from.profile.get(name) {
                self.profile.insert(name.into(), value.clone());
            }
            return;
        }
        let value = from.profile.get("metadata").and_then(|metadata| metadata.get(name));
        let own = self.profile.get_mut("metadata").and_then(Value::as_object_mut);
        if let (Some(value), Some(own)) = (value, own) {
            own.insert(name.into(), value.clone());
        }
    }

    fn phone(&self) -> Option<&Contact> {
        let contacts = self.credentials.iter().map(|credential| &credential.contact);
        contacts.into_iter().find(|contact| matches!(contact, Contact::Phone(_)))
    }
}
