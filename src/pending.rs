//! What waits for the user longer than a process may live: the visit to a provider's page, and the code that
//! was sent for a flow. One record holds both. The code that the user has to type is not in it.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    json,
    oauth::PendingBrowser,
    step_up::PendingCodeFlow,
};

const LIFE_MILLIS: i64 = 10 * 60 * 1_000;
/// By so much the server's time, as far as it is known, may go back meanwhile.
const TOLERANCE_MILLIS: i64 = 60 * 1_000;

/// The record.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Pending {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) browser: Option<PendingBrowser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<PendingCodeFlow>,
}

impl Pending {
    pub(crate) fn is_nothing(&self) -> bool {
        self.browser.is_none() && self.code.is_none()
    }

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, StepUpError> {
        let bytes = serde_json::to_vec(self).map_err(|_| StepUpError::Internal {
            reason: "what waits for the user could not be encoded".into(),
        })?;
        Ok(Zeroizing::new(bytes))
    }

    /// Nothing for what is not readable. At first the record was a visit alone.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        if let Ok(visit) = json::read::<PendingBrowser>(bytes) {
            return Self { browser: Some(visit), code: None };
        }
        json::read(bytes).unwrap_or_default()
    }
}

/// Whether something is waited for in vain that was begun at this moment of the server's clock.
pub(crate) fn has_run_out(begun_at: UnixMillis, clock: &ServerClock) -> bool {
    let age = clock.now().0.saturating_sub(begun_at.0);
    !(-TOLERANCE_MILLIS..LIFE_MILLIS).contains(&age)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it was written when there were visits only; stays readable.
    const VISIT_ALONE: &[u8] = include_bytes!("../tests/envelopes/pending-visit-alone.json");
    const BOTH: &[u8] = include_bytes!("../tests/envelopes/pending.json");

    #[test]
    fn a_visit_alone_is_still_read() {
        let pending = Pending::decode(VISIT_ALONE);
        assert_eq!(pending.browser.unwrap().provider, "google");
        assert!(pending.code.is_none());
    }

    #[test]
    fn the_present_form_is_read_and_written_the_same() {
        let pending = Pending::decode(BOTH);
        assert!(pending.browser.is_some() && pending.code.is_some());
        assert_eq!(String::from_utf8_lossy(&pending.encode().unwrap()), String::from_utf8_lossy(BOTH));
    }

    #[test]
    fn what_is_not_readable_is_nothing() {
        for bytes in [&b""[..], b"{", b"[]", b"null", b"{}", b"{\"purpose\":\"sign_in\"}", b"{\"code\":{}}"] {
            assert!(Pending::decode(bytes).is_nothing(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
