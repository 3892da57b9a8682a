//! Unit, property and integration tests of every crate; examples are built.

use super::super::outcome::Report;
use super::{Suite, run_cargo_tests};
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite = Suite { name: "tests", about: "unit and integration tests", run };

/// Benchmarks are left out: here they would only be run once, slowly. Clippy sees that they compile.
/// Without features: the one that there is takes the locks out of the hands of the unit tests.
const ARGUMENTS: &[&str] =
    &["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--locked", "--no-fail-fast"];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut report = run_cargo_tests(workspace, ARGUMENTS)?;
    report.judge_empty();
    Ok(report)
}
