//! Reading the members of an object by hand. For objects with many members this is a fifth of the size of
//! derived code, which counts in a library for phones.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The members of an object, taken out one by one.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }

    /// The same for an element of a list; none for what is no object.
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self(members)),
            _ => None,
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Value {
        self.0.remove(name).unwrap_or_default()
    }

    /// A text, or none for null and everything else.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value; false for null and everything else.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.take(name).as_bool().unwrap_or(false)
    }

    /// The elements of a list that are objects; empty for null and everything else.
    pub(super) fn list(&mut self, name: &str) -> impl Iterator<Item = Self> + use<> {
        let elements = match self.take(name) {
            Value::Array(elements) => elements,
            _ => Vec::new(),
        };
        elements.into_iter().filter_map(Self::of)
    }
}
