//! Reading JSON by way of its tree, and the members of an object by hand. Derived code is five times as large for
//! an object with many members, and is compiled once for the tree and once for the text, which counts in a
//! library for phones.

use std::time::SystemTime;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

/// Reads a text of JSON.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::from_slice::<Value>(text)?)
}

/// The members of an object, taken out one by one.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }

    /// The same for a value inside another; none for what is no object.
    pub(crate) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self(members)),
            _ => None,
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Value {
        self.0.remove(name).unwrap_or_default()
    }

    /// What must be there, and of its type.
    pub(crate) fn required<T: DeserializeOwned, E: Error>(&mut self, name: &'static str) -> Result<T, E> {
        let value = self.0.remove(name).ok_or_else(|| E::missing_field(name))?;
        serde_json::from_value(value).map_err(E::custom)
    }

    /// What may be missing; what is there must be of its type.
    pub(crate) fn optional<T: DeserializeOwned + Default, E: Error>(&mut self, name: &str) -> Result<T, E> {
        self.0.remove(name).map_or_else(|| Ok(T::default()), serde_json::from_value).map_err(E::custom)
    }

    /// A text, or none for null and everything else.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value; false for null and everything else.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        self.take(name).as_bool().unwrap_or(false)
    }

    /// A moment written as RFC 3339, with or without fractional seconds; none for everything else.
    pub(crate) fn date(&mut self, name: &str) -> Option<SystemTime> {
        let text = self.text(name)?;
        humantime::parse_rfc3339_weak(text.trim_end_matches("+00:00")).ok()
    }

    /// The elements of a list that are objects; empty for null and everything else.
    pub(crate) fn list(&mut self, name: &str) -> impl Iterator<Item = Self> + use<> {
        objects(self.take(name)).into_iter().flatten()
    }
}

/// The elements of a list that are objects; none for what is no list.
pub(crate) fn objects(list: Value) -> Option<impl Iterator<Item = Fields>> {
    match list {
        Value::Array(elements) => Some(elements.into_iter().filter_map(Fields::of)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        Fields::of(value).unwrap()
    }

    fn date(value: Value) -> Option<SystemTime> {
        fields(json!({ "at": value })).date("at")
    }

    #[test]
    fn i18_fault_41_dates_have_fractions_or_not() {
        let moment = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(date(json!("2023-11-14T22:13:20Z")), Some(moment));
        assert_eq!(date(json!("2023-11-14T22:13:20.123Z")), Some(moment + Duration::from_millis(123)));
        assert_eq!(date(json!("2023-11-14T22:13:20+00:00")), Some(moment));
        assert_eq!(date(json!(null)), None);
        assert_eq!(date(json!("yesterday")), None);
        assert_eq!(fields(json!({})).date("at"), None);
    }

    #[test]
    fn required_is_there_and_of_its_type() {
        let read = |value| fields(value).required::<bool, serde_json::Error>("a").ok();
        assert_eq!(read(json!({ "a": true })), Some(true));
        assert_eq!(read(json!({ "a": null })), None);
        assert_eq!(read(json!({ "a": "true" })), None);
        assert_eq!(read(json!({})), None);
    }

    #[test]
    fn optional_is_missing_or_of_its_type() {
        let read = |value| fields(value).optional::<bool, serde_json::Error>("a").ok();
        assert_eq!(read(json!({ "a": true })), Some(true));
        assert_eq!(read(json!({})), Some(false));
        assert_eq!(read(json!({ "a": null })), None);
        assert_eq!(read(json!({ "a": 1 })), None);
    }

    #[test]
    fn of_a_list_only_objects_are_taken() {
        let texts = |value| fields(json!({ "a": value })).list("a").filter_map(|mut all| all.text("b"));
        assert_eq!(texts(json!([{ "b": "1" }, {}, 2, null, { "b": "3" }])).collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(texts(json!({ "b": "1" })).count(), 0);
        assert!(objects(json!({})).is_none());
    }

    proptest! {
        #[test]
        fn any_text_may_stand_where_a_date_should(text in ".*") {
            let _ = date(json!(text));
        }
    }
}
