//! What a step promised, and what came instead.

use stepup_core::StepUpError;

/// A step that went otherwise than it was told.
#[derive(Debug)]
pub(crate) struct NotAsTold {
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// A step of the story.
pub(crate) type Told<T = ()> = Result<T, NotAsTold>;

impl NotAsTold {
    pub(crate) fn new(expected: &str, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into() }
    }
}

/// An answer of the core without which the story cannot go on.
pub(crate) fn expect<T>(expected: &str, answer: Result<T, StepUpError>) -> Told<T> {
    answer.map_err(|error| NotAsTold::new(expected, format!("error ({:?}): {error}", error.kind())))
}
