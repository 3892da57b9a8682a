//! Faults: what goes wrong on purpose, and with which requests.

mod rule;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
pub use rule::FaultRule;

/// The rules in force, shared by the server and whoever sets them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<FaultRule>>>,
}

impl Faults {
    /// Adds a rule. With several that match a request, the one added first applies.
    pub fn add(&self, rule: FaultRule) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// Removes all rules. Requests already held by one stay held.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The effect on this request, counted as one match.
    pub(crate) fn apply(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let index = rules.iter().position(|rule| rule.matches(method, path))?;
        let rule = rules.get_mut(index)?;
        let fault = rule.fault();
        if rule.used_up() {
            rules.remove(index);
        }
        Some(fault)
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// Waited before anything else.
    pub(crate) latency: Duration,
    pub(crate) effect: Effect,
}

/// What happens after the latency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// The handler answers.
    Handler,
    /// The rule answers, the handler is not run.
    Answer(FaultAnswer),
    /// The connection is closed without a byte of an answer; the handler is not run.
    CutBefore,
    /// The rule's answer, else the handler's, begins, and the connection is closed inside its body.
    CutAmid(Option<FaultAnswer>),
    /// No answer, ever.
    Hang,
}

/// An answer given by a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FaultAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The effect in words, for the log.
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = Vec::new();
        if !self.latency.is_zero() {
            words.push(format!("latency {} ms", self.latency.as_millis()));
        }
        match &self.effect {
            Effect::Handler => {}
            Effect::Answer(answer) => words.push(format!("status {}", answer.status.as_u16())),
            Effect::CutBefore => words.push("cut before the answer".to_owned()),
            Effect::CutAmid(None) => words.push("cut amid the answer".to_owned()),
            Effect::CutAmid(Some(answer)) => {
                words.push(format!("status {}, cut amid the answer", answer.status.as_u16()));
            }
            Effect::Hang => words.push("hang".to_owned()),
        }
        f.write_str(&words.join(", "))
    }
}
