//! What users are asked about themselves, and what happens when two accounts turn out to be one person's.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::state::STANDARD_FIELDS;

/// What linking a credential that another user has leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkConflict {
    /// A refusal.
    Refuse,
    /// An offer to merge the two users.
    Merge,
    /// The credential may change hands: wallets after a confirmation, contacts at once.
    Transfer,
}

/// A field that the environment asks of its users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileField {
    /// A field of the user, or any other name for one of the environment's own, kept in `metadata`.
    pub name: String,
    /// Whether a session is incomplete without it.
    pub required: bool,
    /// Whether no two users may have the same value.
    #[serde(default)]
    pub unique: bool,
    /// Whether clients are to have it verified.
    #[serde(default)]
    pub verify: bool,
    /// Text beside the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl ProfileField {
    /// A field of the user that no policy says anything of.
    pub(crate) fn unlisted(name: &str) -> Self {
        let unique = name == "username";
        Self { name: name.into(), required: false, unique, verify: false, label: None }
    }

    /// Whether the field is an address of the user, which belongs to one user anyway.
    pub(crate) fn is_contact(name: &str) -> bool {
        matches!(name, "email" | "phoneNumber")
    }

    /// `standard` for the API's own fields, `custom` for the environment's.
    pub(crate) fn kind(&self) -> &'static str {
        let standard = Self::is_contact(&self.name) || STANDARD_FIELDS.contains(&self.name.as_str());
        if standard { "standard" } else { "custom" }
    }

    /// As settings, users and merge conflicts show it.
    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({
            "name": self.name,
            "required": self.required,
            "enabled": true,
            "unique": self.unique,
            "verify": self.verify,
            "type": self.kind(),
        });
        if let Some(label) = &self.label {
            json["label"] = label.clone().into();
        }
        json
    }
}
