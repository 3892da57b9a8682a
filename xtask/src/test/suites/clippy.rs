//! Neither the compiler nor clippy has anything to say, in any target with any feature.

use super::{Suite, run_cargo};

pub(crate) const SUITE: Suite = Suite {
    name: "clippy",
    about: "no warning in any target",
    run: |workspace| run_cargo(workspace, ARGUMENTS, &[]),
};

const ARGUMENTS: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "--deny", "warnings"];
