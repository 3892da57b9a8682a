//! Unit, property and integration tests of every crate; examples are built.

use super::super::outcome::{Outcome, Report};
use super::{Suite, run_cargo_tests};
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite = Suite { name: "tests", about: "unit and integration tests", run };

/// Benchmarks are left out: here they would only be run once, slowly. Clippy sees that they compile.
const ARGUMENTS: &[&str] = &[
    "test",
    "--workspace",
    "--lib",
    "--bins",
    "--tests",
    "--examples",
    "--all-features",
    "--locked",
    "--no-fail-fast",
];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut report = run_cargo_tests(workspace, ARGUMENTS)?;
    let ran = report.counts.as_ref().map_or(0, |counts| counts.passed + counts.failed);
    if ran == 0 && report.outcome == Outcome::Passed {
        report.outcome = Outcome::Failed("not one test was run".to_owned());
    }
    Ok(report)
}
