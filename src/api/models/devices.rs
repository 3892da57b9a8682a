//! Answers about registered devices.

use std::time::SystemTime;

use serde::{Deserialize, Deserializer};

use super::tolerant;
use crate::json::Fields;

/// `GET deviceRegistrations`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredDevicesAnswer {
    #[serde(deserialize_with = "tolerant::said_list")]
    pub(crate) device_registrations: Vec<RegisteredDeviceBody>,
}

/// An element of `deviceRegistrations`. Everything but the id may be missing; without an id nothing can be
/// done with it.
pub(crate) struct RegisteredDeviceBody {
    pub(crate) id: String,
    pub(crate) is_current_device: bool,
    pub(crate) created_at: Option<SystemTime>,
    pub(crate) user_agent: Option<String>,
}

impl<'de> Deserialize<'de> for RegisteredDeviceBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        Ok(Self {
            id: fields.required("id")?,
            is_current_device: fields.flag("isCurrentDevice"),
            created_at: fields.date("createdAt"),
            user_agent: fields.text("userAgent"),
        })
    }
}

/// `DELETE deviceRegistrations/{id}`. Whether this device is signed out now must be said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevokedDeviceAnswer {
    pub(crate) current_device_revoked: bool,
}

/// `DELETE deviceRegistrations`. What it says does not matter, but it must be an answer of the API.
#[derive(Deserialize)]
pub(crate) struct RevokedDevicesAnswer {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<Vec<RegisteredDeviceBody>, serde_json::Error> {
        let answer = serde_json::from_value::<RegisteredDevicesAnswer>(value);
        answer.map(|answer| answer.device_registrations)
    }

    #[test]
    fn i18_fault_41_an_odd_device_fails_neither_the_list_nor_itself() {
        let odd = json!([
            { "id": "1", "isCurrentDevice": true, "createdAt": "2026-01-02T03:04:05.67Z", "userAgent": null },
            { "id": "2" },
            { "id": "3", "isCurrentDevice": "yes", "createdAt": 12, "userAgent": ["x"], "type": "toaster" },
            { "id": "4", "isCurrentDevice": null, "createdAt": "2026-01-02T03:04:05Z", "userAgent": "a" },
            { "id": null },
            "5",
            null,
        ]);
        let devices = read(json!({ "count": "four", "deviceRegistrations": odd })).unwrap();
        let ids: Vec<_> = devices.iter().map(|device| device.id.as_str()).collect();
        assert_eq!(ids, ["1", "2", "3", "4"]);
        let dated: Vec<_> = devices.iter().map(|device| device.created_at.is_some()).collect();
        assert_eq!(dated, [true, false, false, true]);
        let current: Vec<_> = devices.iter().map(|device| device.is_current_device).collect();
        assert_eq!(current, [true, false, false, false]);
    }

    #[test]
    fn no_devices_is_said_and_not_concluded() {
        assert!(read(json!({ "deviceRegistrations": [] })).unwrap().is_empty());
        for silent in [json!({}), json!({ "count": 0 }), json!({ "deviceRegistrations": null })] {
            assert!(read(silent).is_err());
        }
    }

    #[test]
    fn whether_the_own_device_was_revoked_is_said_and_not_concluded() {
        let read = |value| serde_json::from_value::<RevokedDeviceAnswer>(value).ok();
        let said = read(json!({ "currentDeviceRevoked": true })).map(|answer| answer.current_device_revoked);
        assert_eq!(said, Some(true));
        for silent in
            [json!({}), json!({ "currentDeviceRevoked": null }), json!({ "currentDeviceRevoked": 1 })]
        {
            assert!(read(silent).is_none());
        }
    }
}
