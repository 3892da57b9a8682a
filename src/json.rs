//! Reading JSON by way of its tree, and the members of an object by hand. Derived code is five times as
//! large for an object with many members, and is compiled once for the tree and once for the text, which
//! counts in a library for phones.

use std::{fmt, time::SystemTime};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Reads a text of JSON. A member that is there twice says nothing, so that it is not read (I1).
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let Tree(tree) = serde_json::from_slice(text)?;
    serde_json::from_value(tree)
}

/// A value in which each member of an object is there once.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor).map(Self)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Tree(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Tree(value))) = members.next_entry::<String, Tree>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is there twice"));
            }
        }
        Ok(object.into())
    }
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
    fn i01_a_member_that_is_there_twice_is_not_read() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":true,"a":false}]}"#] {
            assert!(read::<Value>(text.as_bytes()).is_err(), "{text}");
        }
        let all = r#"{"a":[1,-2,0.5,"x",null,true,{"a":{}}],"b":18446744073709551615}"#;
        let expected: Value = serde_json::from_str(all).unwrap();
        assert_eq!(read::<Value>(all.as_bytes()).unwrap(), expected);
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
