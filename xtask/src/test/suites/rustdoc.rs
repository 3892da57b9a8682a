//! The documentation builds without a warning: no dead link, nothing public undocumented.

use super::{Suite, run_cargo};

pub(crate) const SUITE: Suite = Suite {
    name: "rustdoc",
    about: "the documentation builds without a warning",
    run: |workspace| run_cargo(workspace, ARGUMENTS, &[("RUSTDOCFLAGS", "--deny warnings")]),
};

const ARGUMENTS: &[&str] = &["doc", "--workspace", "--no-deps", "--locked"];
