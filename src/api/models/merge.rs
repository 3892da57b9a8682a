//! `payload.mergeConflicts` of a refusal: the account that could be merged with this one.

use serde::{Deserialize, Deserializer};

use super::user::UserBody;
use crate::{
    auth::{MergeChoice, MergeConflict, MergeConflicts},
    json::Fields,
};

pub(crate) struct MergeConflictsBody {
    from_user: UserBody,
    /// All or none: one that was left out would be decided by nobody.
    conflicts: Vec<ConflictBody>,
}

struct ConflictBody(MergeConflict);

struct FieldBody {
    name: String,
    label: Option<String>,
    kind: Option<String>,
}

struct ChoiceBody(MergeChoice);

impl From<MergeConflictsBody> for MergeConflicts {
    fn from(body: MergeConflictsBody) -> Self {
        Self {
            other_user: body.from_user.into(),
            conflicts: body.conflicts.into_iter().map(|conflict| conflict.0).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for MergeConflictsBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self { from_user: fields.required("fromUser")?, conflicts: fields.required("conflicts")? })
    }
}

impl<'de> Deserialize<'de> for ConflictBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        let FieldBody { name, label, kind } = fields.required("field")?;
        let ChoiceBody(other) = fields.required("fromUser")?;
        let ChoiceBody(current) = fields.required("currentUser")?;
        let field_type = kind.unwrap_or_else(|| "standard".into());
        Ok(Self(MergeConflict { field: name, field_type, label, other, current }))
    }
}

impl<'de> Deserialize<'de> for FieldBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self { name: fields.required("name")?, label: fields.text("label"), kind: fields.text("type") })
    }
}

impl<'de> Deserialize<'de> for ChoiceBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        let value = fields.text("value").unwrap_or_default();
        Ok(Self(MergeChoice { user_id: fields.required("userId")?, value }))
    }
}
