//! The two keys of this device: `device`, which stays, and `session`, made anew for each sign-in after a
//! logout.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::encoding;
use crate::{
    error::{PlatformCallback, StepUpError},
    platform::{PlatformSlot, call_out},
};

/// The names under which the host keeps the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyNames {
    pub(crate) device: String,
    pub(crate) session: String,
}

/// A key's name and what is known of the key.
struct Slot {
    name: String,
    /// Held while the key is looked up or made, so that concurrent first uses make one (I20).
    known: Mutex<Known>,
}

enum Known {
    Nothing,
    /// The public half on the wire.
    PublicHex(String),
    /// The keystore may still hold it, but it must not be used any more.
    Discarded,
}

/// Uses the host's keys.
pub(crate) struct DeviceKeyring {
    platform: PlatformSlot,
    deadline: Duration,
    device: Slot,
    session: Slot,
    /// Held by a sign-in under way, which has announced the session key.
    announced: Arc<()>,
}

/// While it lives, the end of the present session leaves the session key to the next one.
pub(crate) struct KeyHold(#[allow(dead_code, reason = "counted, not read")] Arc<()>);

impl DeviceKeyring {
    pub(crate) fn new(platform: PlatformSlot, names: KeyNames, deadline: Duration) -> Self {
        let slot = |name| Slot { name, known: Mutex::new(Known::Nothing) };
        let (device, session) = (slot(names.device), slot(names.session));
        Self { platform, deadline, device, session, announced: Arc::default() }
    }

    /// The device key's public half; the key is made at its first use.
    pub(crate) async fn device_public_hex(&self) -> Result<String, StepUpError> {
        self.ensure(&self.device).await
    }

    /// The session key's public half, for a sign-in; the key is made at its first use. It is not discarded
    /// with the session before as long as it is held.
    pub(crate) async fn announced_session_key(&self) -> Result<(String, KeyHold), StepUpError> {
        let hold = KeyHold(Arc::clone(&self.announced));
        Ok((self.ensure(&self.session).await?, hold))
    }

    /// The session key that a stored session was issued for. One that is gone is `KeyLost`.
    pub(crate) async fn existing_session_public_hex(&self) -> Result<String, StepUpError> {
        self.existing(&self.session).await
    }

    /// The device key under which a session was issued. One that is gone is `KeyLost`: a new one would be
    /// another device.
    pub(crate) async fn existing_device_public_hex(&self) -> Result<String, StepUpError> {
        self.existing(&self.device).await
    }

    async fn existing(&self, slot: &Slot) -> Result<String, StepUpError> {
        let mut known = slot.known.lock().await;
        match &*known {
            Known::PublicHex(hex) => return Ok(hex.clone()),
            Known::Discarded => return Err(StepUpError::KeyLost),
            Known::Nothing => {}
        }
        let hex = self.look_up(&slot.name).await?.ok_or(StepUpError::KeyLost)?;
        *known = Known::PublicHex(hex.clone());
        Ok(hex)
    }

    /// A nonce signed by the device key.
    pub(crate) async fn sign(&self, nonce: &str) -> Result<String, StepUpError> {
        let keys = self.platform.device_keys()?;
        let (name, message) = (self.device.name.clone(), nonce.as_bytes().to_vec());
        let signed =
            call_out(PlatformCallback::Keys, self.deadline, async move { keys.sign(name, message).await })
                .await;
        if matches!(signed, Err(StepUpError::KeyLost)) {
            *self.device.known.lock().await = Known::Discarded;
        }
        encoding::signature_hex(&signed?)
    }

    /// Removes the session key. Even if the keystore fails, the next sign-in makes a new one.
    pub(crate) async fn discard_session_key(&self) -> Result<(), StepUpError> {
        self.discard(false).await
    }

    /// The same, but a sign-in under way keeps the key.
    pub(crate) async fn discard_ended_session_key(&self) -> Result<(), StepUpError> {
        self.discard(true).await
    }

    async fn discard(&self, unless_held: bool) -> Result<(), StepUpError> {
        // Held until the keystore has answered, so that the next key is not made before this one is removed.
        let mut known = self.session.known.lock().await;
        if unless_held && Arc::strong_count(&self.announced) > 1 {
            return Ok(());
        }
        *known = Known::Discarded;
        let (keys, name) = (self.platform.device_keys()?, self.session.name.clone());
        call_out(PlatformCallback::Keys, self.deadline, async move { keys.delete(name).await }).await
    }

    async fn ensure(&self, slot: &Slot) -> Result<String, StepUpError> {
        let mut known = slot.known.lock().await;
        let found = match &*known {
            Known::PublicHex(hex) => return Ok(hex.clone()),
            Known::Discarded => None,
            Known::Nothing => match self.look_up(&slot.name).await {
                // An invalidated key is replaced: nothing can be signed with it any more.
                Err(StepUpError::KeyLost) => None,
                found => found?,
            },
        };
        let hex = match found {
            Some(hex) => hex,
            None => self.generate(&slot.name).await?,
        };
        *known = Known::PublicHex(hex.clone());
        Ok(hex)
    }

    async fn look_up(&self, name: &str) -> Result<Option<String>, StepUpError> {
        let (keys, name) = (self.platform.device_keys()?, name.to_owned());
        let found =
            call_out(PlatformCallback::Keys, self.deadline, async move { keys.public_key(name).await })
                .await?;
        found.as_ref().map(encoding::public_key_hex).transpose()
    }

    async fn generate(&self, name: &str) -> Result<String, StepUpError> {
        let (keys, name) = (self.platform.device_keys()?, name.to_owned());
        let made =
            call_out(PlatformCallback::Keys, self.deadline, async move { keys.generate(name).await }).await?;
        encoding::public_key_hex(&made)
    }
}
