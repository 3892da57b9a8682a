//! The answer of `POST stepUp/check`.

use serde::Deserialize;

use super::tolerant;
use crate::identifier::CredentialId;

/// `is_required` has no default: an answer without it is no answer (I1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckAnswer {
    pub(crate) is_required: bool,
    #[serde(default, deserialize_with = "tolerant::list")]
    pub(crate) credentials: Vec<CheckCredential>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) default_credential_id: Option<CredentialId>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CheckCredential {
    pub(crate) id: CredentialId,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) format: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "tolerant::text")]
    pub(crate) kind: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) alias: Option<String>,
}
