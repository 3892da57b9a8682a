//! Reading fields that may be anything.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A text, or none for null and everything else.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text.into()),
        _ => None,
    })
}

/// A truth value; false for null and everything else.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_bool().unwrap_or(false))
}

/// An object, or its default for null and everything else.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A list without the elements that cannot be read; empty for null and everything else.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(elements) => readable(elements),
        _ => Vec::new(),
    })
}

/// The same where the list itself must be there: "none" has to be said, not concluded.
pub(super) fn said_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Vec::deserialize(deserializer).map(readable)
}

fn readable<T: DeserializeOwned>(elements: Vec<Value>) -> Vec<T> {
    elements.into_iter().filter_map(|element| serde_json::from_value(element).ok()).collect()
}

/// Unix seconds as a number, with or without a fraction, or as a quoted number.
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let whole = |text: &str| text.split('.').next().and_then(|whole| whole.parse().ok());
    match &value {
        Value::Number(number) => number.as_i64().or_else(|| whole(&number.to_string())),
        Value::String(text) => whole(text.trim()),
        _ => None,
    }
    .ok_or_else(|| serde::de::Error::custom("not a number of seconds"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn seconds_are_a_number_or_quoted() {
        #[derive(Deserialize)]
        struct Timed {
            #[serde(deserialize_with = "seconds")]
            at: i64,
        }
        let read =
            |value: Value| serde_json::from_value::<Timed>(json!({ "at": value })).ok().map(|timed| timed.at);
        assert_eq!(read(json!(1_700_000_000)), Some(1_700_000_000));
        assert_eq!(read(json!("1700000000")), Some(1_700_000_000));
        assert_eq!(read(json!(1_700_000_000.5)), Some(1_700_000_000));
        assert_eq!(read(json!(null)), None);
        assert_eq!(read(json!("soon")), None);
    }
}
