//! Reading an answer's body without trusting its length, and `Retry-After`.

use std::time::{Duration, SystemTime};

use reqwest::{Response, header};

/// Waiting longer than a day is no advice that an app can follow.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What keeps a body from being read.
pub(super) enum BodyError {
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads at most `limit` bytes.
pub(super) async fn read_body(mut response: Response, limit: u64) -> Result<Vec<u8>, BodyError> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(BodyError::TooLarge);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Date` of an answer (RFC 9110 §6.6.1).
pub(super) fn date(headers: &header::HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()
}

/// `Retry-After` in either form (RFC 9110 §10.2.3): seconds, or a date, which counts from the answer's own
/// `Date`.
pub(super) fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let now = date(headers).unwrap_or_else(SystemTime::now);
            httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(retry_after_text: &'static str) -> Option<Duration> {
        let mut headers = header::HeaderMap::new();
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static(retry_after_text));
        headers.insert(header::DATE, header::HeaderValue::from_static("Sun, 22 Nov 2026 10:00:00 GMT"));
        retry_after(&headers)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        assert_eq!(wait("Sun, 22 Nov 2026 10:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 22 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-5"), None);
    }
}
