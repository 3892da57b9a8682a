//! Codes for a sign-in and for the linking of a contact are written down, because the user may leave for
//! their mail and the system may end the app meanwhile.

use serde::{Deserialize, Serialize};

use super::{Destination, PendingCode, Purpose};
use crate::{clock::UnixMillis, identifier::VerificationId};

/// The codes that are waited for outside a flow: the latest of each kind.
#[derive(Default, Deserialize)]
pub(crate) struct PendingOtps {
    #[serde(default)]
    pub(crate) sign_in_code: Option<StoredOtp>,
    #[serde(default)]
    pub(crate) link_code: Option<StoredOtp>,
    /// As it was known when this was written; unknown in older records.
    #[serde(default)]
    pub(crate) server_offset_millis: Option<i64>,
}

/// A code that was sent. Not what the user has to type, but where it went: to send it again, the API wants to
/// be told.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredOtp {
    verification_id: VerificationId,
    destination: Destination,
    /// On the server's clock.
    sent_at_millis: i64,
    /// The session that it was sent in; none for a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionName>,
}

/// A session, told from all others.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionName {
    pub(crate) user_id: String,
    pub(crate) epoch_id: String,
}

impl StoredOtp {
    pub(crate) fn new(code: PendingCode, session: Option<SessionName>) -> Self {
        let PendingCode { id: verification_id, destination, sent_at: UnixMillis(sent_at_millis), .. } = code;
        Self { verification_id, destination, sent_at_millis, session }
    }

    /// Whether it was sent in this session.
    pub(crate) fn belongs_to(&self, session: &SessionName) -> bool {
        self.session.as_ref() == Some(session)
    }

    /// The code, as the process that had it sent knew it.
    pub(crate) fn code(self, purpose: Purpose) -> PendingCode {
        let Self { verification_id: id, destination, sent_at_millis, .. } = self;
        PendingCode { id, purpose, destination, sent_at: UnixMillis(sent_at_millis) }
    }
}
