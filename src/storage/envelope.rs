//! The persisted form. Session and tokens are one record, so that a crash cannot tear them apart.
//!
//! A new version has its own number and a committed sample in `tests/envelopes/`; old ones stay readable for
//! ever.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    auth::User,
    error::{StepUpError, StorageFailure},
    json,
    secret::SecretString,
};

const CURRENT_VERSION: u64 = 2;

/// Everything that is kept: who is signed in, and what that user may do again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    schema_version: u64,
    pub(crate) user: User,
    pub(crate) session: StoredSession,
    #[serde(default)]
    pub(crate) elevations: Vec<StoredElevation>,
    /// Server time minus device time.
    #[serde(default)]
    pub(crate) server_offset_millis: i64,
    /// Names the epoch, so that what was begun in it can be told from what was not.
    #[serde(default)]
    pub(crate) epoch_id: String,
}

/// The session's tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSession {
    /// The token that requests carry.
    pub(crate) token: SecretString,
    /// The full JWT for the app's backend, where the server gave one.
    #[serde(default)]
    pub(crate) full_jwt: Option<SecretString>,
    /// Unix seconds on the server's clock.
    pub(crate) expires_at: i64,
}

/// A reusable elevated token; its claims are read again when it is restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredElevation {
    pub(crate) token: SecretString,
}

/// What every version begins with; the rest is not looked at before it is known.
#[derive(Deserialize)]
struct Version {
    schema_version: u64,
}

impl Envelope {
    /// An envelope of the current version.
    pub(crate) fn new(
        user: User,
        session: StoredSession,
        elevations: Vec<StoredElevation>,
        server_offset_millis: i64,
        epoch_id: String,
    ) -> Self {
        let schema_version = CURRENT_VERSION;
        Self { schema_version, user, session, elevations, server_offset_millis, epoch_id }
    }

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, StepUpError> {
        let bytes = serde_json::to_vec(self)
            .map_err(|_| StepUpError::Internal { reason: "the session could not be encoded".into() })?;
        Ok(Zeroizing::new(bytes))
    }

    /// A newer version is told apart from what is not ours: it must be left alone.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StepUpError> {
        let failed = |reason| StepUpError::StorageFailed { reason };
        let corrupt = |_| failed(StorageFailure::Corrupt);
        let Version { schema_version } = json::read(bytes).map_err(corrupt)?;
        match schema_version {
            // Version 1 had no `epoch_id`.
            1 | CURRENT_VERSION => json::read(bytes).map_err(corrupt),
            0 => Err(failed(StorageFailure::Corrupt)),
            _ => Err(failed(StorageFailure::NewerVersion)),
        }
    }
}
