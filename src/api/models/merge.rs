//! `payload.mergeConflicts` of a refusal: the account that could be merged with this one.

use serde::Deserialize;

use super::{tolerant, user::UserBody};
use crate::auth::{MergeChoice, MergeConflict, MergeConflicts};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MergeConflictsBody {
    from_user: UserBody,
    /// All or none: one that was left out would be decided by nobody.
    conflicts: Vec<ConflictBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConflictBody {
    field: FieldBody,
    from_user: ChoiceBody,
    current_user: ChoiceBody,
}

#[derive(Deserialize)]
struct FieldBody {
    name: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    label: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "tolerant::text")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChoiceBody {
    user_id: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    value: Option<String>,
}

impl From<MergeConflictsBody> for MergeConflicts {
    fn from(body: MergeConflictsBody) -> Self {
        Self {
            other_user: body.from_user.into(),
            conflicts: body.conflicts.into_iter().map(MergeConflict::from).collect(),
        }
    }
}

impl From<ConflictBody> for MergeConflict {
    fn from(body: ConflictBody) -> Self {
        Self {
            field: body.field.name,
            field_type: body.field.kind.unwrap_or_else(|| "standard".into()),
            label: body.field.label,
            other: body.from_user.into(),
            current: body.current_user.into(),
        }
    }
}

impl From<ChoiceBody> for MergeChoice {
    fn from(body: ChoiceBody) -> Self {
        Self { user_id: body.user_id, value: body.value.unwrap_or_default() }
    }
}
