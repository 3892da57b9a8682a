//! The log of exchanges: what arrived, which checks were made, what was answered. Tokens are shortened.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use crate::serve::FaultedExchange;
use crate::state::{DEVICE_TOKEN_PREFIX, MFA_TOKEN_PREFIX};

/// Older exchanges fall out.
const CAPACITY: usize = 10_000;

/// The exchanges so far, oldest first. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Log {
    entries: Arc<Mutex<Entries>>,
}

#[derive(Debug, Default)]
struct Entries {
    kept: VecDeque<Exchange>,
    /// How many are gone: the number of the oldest one kept.
    gone: usize,
}

/// The place of an exchange in the log: written when it arrives, completed when it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LogEntry(usize);

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// When it arrived (ISO-8601, the sandbox's clock).
    pub at: String,
    /// Request method.
    pub method: String,
    /// Request path.
    pub path: String,
    /// Query string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The client's `x-dyn-request-id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Request headers by lower-case name; tokens shortened.
    pub headers: BTreeMap<String, String>,
    /// Request body, when it was JSON; tokens shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The handler's status; absent while it works, and for good when the client went away or a fault
    /// answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The injected fault, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The checks made, in their order.
    pub checks: Vec<Check>,
}

/// A check made while answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked, for example `session`, `device_signature`, `elevated_token`.
    pub name: &'static str,
    /// Whether it passed.
    pub passed: bool,
    /// More about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Log {
    /// All exchanges, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().kept.iter().cloned().collect()
    }

    /// Forgets all exchanges.
    pub fn clear(&self) {
        let mut entries = self.lock();
        entries.gone += entries.kept.len();
        entries.kept.clear();
    }

    pub(crate) fn add(&self, exchange: Exchange) -> LogEntry {
        let mut entries = self.lock();
        if entries.kept.len() == CAPACITY {
            entries.kept.pop_front();
            entries.gone += 1;
        }
        entries.kept.push_back(exchange);
        LogEntry(entries.gone + entries.kept.len() - 1)
    }

    /// Changes an exchange, if it is still there.
    pub(crate) fn update(&self, entry: LogEntry, change: impl FnOnce(&mut Exchange)) {
        let mut entries = self.lock();
        let index = entry.0.checked_sub(entries.gone);
        if let Some(exchange) = index.and_then(|index| entries.kept.get_mut(index)) {
            change(exchange);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange {
    /// An exchange that has not been answered yet.
    pub(crate) fn arrived(at: String, method: &str, uri: (&str, Option<&str>), headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            at,
            method: method.into(),
            path: uri.0.into(),
            query: uri.1.map(Into::into),
            request_id: text("x-dyn-request-id").map(Into::into),
            headers: headers
                .iter()
                .map(|(name, value)| {
                    (name.as_str().into(), shorten(&String::from_utf8_lossy(value.as_bytes())))
                })
                .collect(),
            body: None,
            status: None,
            fault: None,
            checks: Vec::new(),
        }
    }

    /// An exchange that met a fault.
    pub(crate) fn faulted(at: String, faulted: &FaultedExchange) -> Self {
        let uri = (faulted.path.as_str(), faulted.query.as_deref());
        let exchange = Self::arrived(at, faulted.method.as_str(), uri, &faulted.headers);
        Self { fault: Some(faulted.fault.clone()), ..exchange }
    }

    /// Notes the request body, when it is JSON.
    pub(crate) fn set_body(&mut self, bytes: &[u8]) {
        self.body = serde_json::from_slice(bytes).ok().map(shorten_all);
    }
}

/// Collects the checks of one exchange while it is handled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    checks: Arc<Mutex<Vec<Check>>>,
}

impl Trace {
    pub(crate) fn passed(&self, name: &'static str, detail: impl Into<String>) {
        self.push(Check { name, passed: true, detail: detail.into() });
    }

    pub(crate) fn failed(&self, name: &'static str, detail: impl Into<String>) {
        self.push(Check { name, passed: false, detail: detail.into() });
    }

    pub(crate) fn checks(&self) -> Vec<Check> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, check: Check) {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).push(check);
    }
}

/// JWTs, registration and MFA tokens keep their last eight characters: enough to tell them apart, no use
/// otherwise.
fn shorten(text: &str) -> String {
    text.split(' ')
        .map(|word| if is_token(word) { tail(word) } else { word.into() })
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_token(word: &str) -> bool {
    (word.starts_with("eyJ") && word.matches('.').count() == 2)
        || word.starts_with(DEVICE_TOKEN_PREFIX)
        || word.starts_with(MFA_TOKEN_PREFIX)
}

fn tail(word: &str) -> String {
    let kept: String = word.chars().skip(word.chars().count().saturating_sub(8)).collect();
    format!("…{kept}")
}

fn shorten_all(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(shorten(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(shorten_all).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (key, shorten_all(value))).collect())
        }
        other => other,
    }
}
