//! The sources are formatted as `rustfmt.toml` says.

use super::{Suite, run_cargo};

pub(crate) const SUITE: Suite = Suite {
    name: "fmt",
    about: "the sources are formatted",
    run: |workspace| run_cargo(workspace, &["fmt", "--all", "--check"], &[]),
};
