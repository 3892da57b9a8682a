//! The user's registered devices: listed, revoked.

use std::{cmp::Reverse, sync::Arc, time::SystemTime};

use super::user_agent;
use crate::{
    api::{
        Answer, Request,
        models::{RegisteredDeviceBody, RegisteredDevicesAnswer, RevokedDeviceAnswer, RevokedDevicesAnswer},
        operations,
    },
    context::Context,
    error::{ServerAnswer, StepUpError},
    identifier::RegisteredDeviceId,
};

/// A device on which the user may sign in without a registration link.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RegisteredDevice {
    /// The registration's id.
    pub id: RegisteredDeviceId,
    /// Whether it is the device that asks.
    pub is_current: bool,
    /// When it was registered, on the server's clock; none if the server did not say.
    pub created_at: Option<SystemTime>,
    /// How the device named itself when it was registered (RFC 9110 §10.1.5); none if it did not.
    pub user_agent: Option<String>,
    /// A name that can be shown, made of `user_agent`: `Pixel 9 (Android 16)`, `Safari on iPhone`, or
    /// `Unknown device`. The device chose it, so it proves nothing.
    pub name: String,
    /// What kind of device it calls itself, for an icon.
    pub kind: RegisteredDeviceKind,
}

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum RegisteredDeviceKind {
    /// A phone or tablet.
    Mobile,
    /// A computer.
    Desktop,
    /// It cannot be told.
    Unknown,
}

impl From<RegisteredDeviceBody> for RegisteredDevice {
    fn from(body: RegisteredDeviceBody) -> Self {
        let (name, kind) = user_agent::describe(body.user_agent.as_deref());
        Self {
            id: body.id.into(),
            is_current: body.is_current_device,
            created_at: body.created_at,
            user_agent: body.user_agent,
            name,
            kind,
        }
    }
}

impl Context {
    /// The own device first, then the newest.
    pub(super) async fn registered_devices(self: &Arc<Self>) -> Result<Vec<RegisteredDevice>, StepUpError> {
        let answer = match self.call(Request::new(&operations::REGISTERED_DEVICES)).await {
            // The session is alive, which was asked, so it is the device that the server does not know.
            Err(StepUpError::Server { operation, answer, .. })
                if operation == operations::REGISTERED_DEVICES.name && says_unregistered(&answer) =>
            {
                return Ok(Vec::new());
            }
            answered => answered?,
        };
        let listed: RegisteredDevicesAnswer = answer.read()?;
        let mut devices: Vec<_> =
            listed.device_registrations.into_iter().map(RegisteredDevice::from).collect();
        devices.sort_by_key(|device| (Reverse(device.is_current), Reverse(device.created_at)));
        Ok(devices)
    }

    /// Answers whether it was this device, whose session has ended then.
    pub(super) async fn revoke_device(
        self: &Arc<Self>,
        id: &RegisteredDeviceId,
    ) -> Result<bool, StepUpError> {
        let request = Request::new(&operations::REVOKE_DEVICE).id(id.as_str())?;
        let ends = |answer: &Answer| Ok(answer.read::<RevokedDeviceAnswer>()?.current_device_revoked);
        self.end_by(request, ends, "this device was revoked").await
    }

    pub(super) async fn revoke_all_devices(self: &Arc<Self>) -> Result<(), StepUpError> {
        let request = Request::new(&operations::REVOKE_ALL_DEVICES);
        // Also if it says that this device was not among them: "all" is what the user asked for.
        let ends = |answer: &Answer| Ok(answer.read::<RevokedDevicesAnswer>().map(|_| true)?);
        self.end_by(request, ends, "all devices were revoked").await.map(drop)
    }
}

/// Whether a 401 of a session that is alive is about the device and not about the signature. Which codes a
/// server has for these is not documented, so the words in them are looked at.
fn says_unregistered(answer: &ServerAnswer) -> bool {
    let code = answer.code.as_deref().unwrap_or_default();
    answer.status == 401 && !["signature", "nonce", "public_key"].iter().any(|word| code.contains(word))
}
