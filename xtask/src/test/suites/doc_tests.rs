//! The examples in the documentation compile and do what they say.

use super::{Suite, run_cargo_tests};

pub(crate) const SUITE: Suite = Suite {
    name: "doc-tests",
    about: "the examples in the documentation",
    run: |workspace| run_cargo_tests(workspace, ARGUMENTS),
};

const ARGUMENTS: &[&str] = &["test", "--workspace", "--doc", "--locked", "--no-fail-fast"];
