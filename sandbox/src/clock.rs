//! The sandbox's clock: real time plus what a test has moved it by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use axum::http::HeaderValue;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// Every expiry, limit and `Date` header of the sandbox is judged by this clock. Clones share the offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The sandbox's present time.
    pub fn now(&self) -> SystemTime {
        self.now_utc().into()
    }

    /// Moves the clock by whole seconds; a negative number moves it back.
    pub fn advance(&self, seconds: i64) {
        self.offset_ms.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }

    /// How far the clock stands ahead of real time, in seconds.
    pub fn offset_seconds(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst) / 1000
    }

    /// Back to real time.
    pub fn reset(&self) {
        self.offset_ms.store(0, Ordering::SeqCst);
    }

    /// The value of the `Date` header (RFC 9110, whole seconds).
    pub(crate) fn http_date(&self) -> HeaderValue {
        let text = httpdate::fmt_http_date(self.now());
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    pub(crate) fn now_utc(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + Duration::milliseconds(self.offset_ms.load(Ordering::SeqCst))
    }
}

const ISO_8601: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// ISO-8601 in UTC with milliseconds, as the vendor writes dates.
pub(crate) fn iso(at: OffsetDateTime) -> String {
    at.format(ISO_8601).unwrap_or_default()
}
