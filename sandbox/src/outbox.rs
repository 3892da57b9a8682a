//! The outbox: what would have been sent by e-mail or SMS. Nothing leaves the machine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The messages "sent" so far. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    messages: Arc<Mutex<Vec<Message>>>,
}

/// A message that a person would have received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Id of the message.
    pub id: Uuid,
    /// How it would have gone out.
    pub channel: Channel,
    /// E-mail address, or phone number in E.164 form.
    pub to: String,
    /// What it is about.
    pub kind: MessageKind,
    /// The one-time code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The verification that the code answers.
    #[serde(rename = "verificationUUID", skip_serializing_if = "Option::is_none")]
    pub verification_uuid: Option<Uuid>,
    /// The device-registration link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The token in that link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The user it concerns, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// When it was sent (ISO-8601).
    pub sent_at: String,
}

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS.
    Sms,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A one-time code.
    Otp,
    /// A link that registers a device.
    DeviceRegistration,
}

/// Which messages are wanted; what is left out does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageFilter {
    /// Receiver, as in [`Message::to`].
    pub to: Option<String>,
    /// Verification id.
    #[serde(rename = "verificationUUID")]
    pub verification_uuid: Option<Uuid>,
    /// Channel.
    pub channel: Option<Channel>,
}

impl Outbox {
    /// The messages that match, newest first.
    pub fn messages(&self, filter: &MessageFilter) -> Vec<Message> {
        self.lock().iter().rev().filter(|message| filter.accepts(message)).cloned().collect()
    }

    /// The newest one-time code sent to this address or number.
    pub fn latest_code(&self, to: &str) -> Option<String> {
        let messages = self.lock();
        let to_them = messages.iter().rev().filter(|message| message.to.eq_ignore_ascii_case(to));
        to_them.filter_map(|message| message.code.clone()).next()
    }

    /// Forgets all messages.
    pub fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn send(&self, message: Message) {
        self.lock().push(message);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MessageFilter {
    fn accepts(&self, message: &Message) -> bool {
        self.to.as_ref().is_none_or(|to| to.eq_ignore_ascii_case(&message.to))
            && self.verification_uuid.is_none_or(|id| message.verification_uuid == Some(id))
            && self.channel.is_none_or(|channel| channel == message.channel)
    }
}
