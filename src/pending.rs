//! What waits for the user longer than a process may live: the visit to a provider's page, and the codes that
//! were sent. One record holds all of it. What the user has to type is not in it.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    json,
    oauth::PendingBrowser,
    otp::{PendingOtps, StoredOtp},
    step_up::PendingCodeFlow,
    storage::Record,
};

const LIFE_MILLIS: i64 = 10 * 60 * 1_000;
/// By so much the server's time, as far as it is known, may go back meanwhile.
const TOLERANCE_MILLIS: i64 = 60 * 1_000;

/// The visit, and the flow that waits for a code.
#[derive(Default, Deserialize)]
pub(crate) struct Pending {
    #[serde(default)]
    pub(crate) browser: Option<PendingBrowser>,
    #[serde(default)]
    pub(crate) code: Option<PendingCodeFlow>,
}

/// The record.
#[derive(Serialize)]
pub(crate) struct PendingRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) browser: Option<&'a PendingBrowser>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'a PendingCodeFlow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sign_in_code: Option<StoredOtp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_code: Option<StoredOtp>,
    pub(crate) server_offset_millis: i64,
}

impl PendingRecord<'_> {
    /// None if nothing is waited for.
    pub(crate) fn encode(&self) -> Result<Record, StepUpError> {
        let is_code = self.code.is_some() || self.sign_in_code.is_some() || self.link_code.is_some();
        if self.browser.is_none() && !is_code {
            return Ok(None);
        }
        let bytes = serde_json::to_vec(self).map_err(|_| StepUpError::Internal {
            reason: "what waits for the user could not be encoded".into(),
        })?;
        Ok(Some(Zeroizing::new(bytes)))
    }
}

impl Pending {
    /// Nothing for what is not readable. At first the record was a visit alone.
    pub(crate) fn decode(bytes: &[u8]) -> (Self, PendingOtps) {
        if let Ok(visit) = json::read::<PendingBrowser>(bytes) {
            return (Self { browser: Some(visit), code: None }, PendingOtps::default());
        }
        (json::read(bytes).unwrap_or_default(), json::read(bytes).unwrap_or_default())
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

    /// As it was written when there were visits only, and when there were no codes but those of flows; stays
    /// readable.
    const VISIT_ALONE: &[u8] = include_bytes!("../tests/envelopes/pending-visit-alone.json");
    const FLOW: &[u8] = include_bytes!("../tests/envelopes/pending-flow.json");
    const ALL: &[u8] = include_bytes!("../tests/envelopes/pending.json");

    fn written(bytes: &[u8]) -> Option<String> {
        let (Pending { browser, code }, otps) = Pending::decode(bytes);
        let PendingOtps { sign_in_code, link_code, server_offset_millis } = otps;
        let (browser, code) = (browser.as_ref(), code.as_ref());
        let server_offset_millis = server_offset_millis.unwrap_or(7);
        let record = PendingRecord { browser, code, sign_in_code, link_code, server_offset_millis };
        Some(String::from_utf8_lossy(&record.encode().unwrap()?).into_owned())
    }

    #[test]
    fn a_visit_alone_is_still_read() {
        let (pending, _) = Pending::decode(VISIT_ALONE);
        assert_eq!(pending.browser.unwrap().provider, "google");
        assert!(pending.code.is_none());
    }

    #[test]
    fn a_record_without_codes_but_those_of_flows_is_still_read() {
        let (pending, otps) = Pending::decode(FLOW);
        assert!(pending.browser.is_some() && pending.code.is_some());
        assert!(otps.sign_in_code.is_none() && otps.link_code.is_none());
        assert_eq!(otps.server_offset_millis, None);
    }

    #[test]
    fn the_present_form_is_read_and_written_the_same() {
        let (pending, otps) = Pending::decode(ALL);
        assert!(pending.browser.is_some() && pending.code.is_some());
        assert!(otps.sign_in_code.is_some() && otps.link_code.is_some());
        assert_eq!(written(ALL).unwrap(), String::from_utf8_lossy(ALL));
    }

    #[test]
    fn what_is_not_readable_is_nothing() {
        let odd = [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"purpose":"sign_in"}"#,
            r#"{"code":{}}"#,
            r#"{"sign_in_code":{"verification_id":"1"}}"#,
            r#"{"link_code":7}"#,
        ];
        for text in odd {
            assert_eq!(written(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_code_that_is_not_readable_leaves_the_visit_alone() {
        let text = String::from_utf8_lossy(ALL).replace("\"sign_in_code\":{", "\"sign_in_code\":7,\"x\":{");
        let (pending, _) = Pending::decode(text.as_bytes());
        assert!(pending.browser.is_some() && pending.code.is_some());
    }
}
