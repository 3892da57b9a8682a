//! The suites in the order in which they run.
//!
//! A new suite is a file with a `pub(crate) const SUITE`, named here in `mod` and in `ALL`.

mod aar;
mod android;
mod apple;
mod bindings;
mod clippy;
mod doc_tests;
mod docs;
mod format;
mod house_rules;
mod kotlin;
mod packages;
mod races;
mod swift;
mod targets;
mod tests;
mod workflows;

use super::outcome::{Counts, Outcome, Report};
use crate::process;
use crate::workspace::Workspace;

/// One suite. An error from `run` says that the suite could not run; a failed test is no error but a report.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Workspace) -> anyhow::Result<Report>,
}

/// Every suite.
pub(crate) const ALL: &[Suite] = &[
    format::SUITE,
    clippy::SUITE,
    tests::SUITE,
    races::SUITE,
    doc_tests::SUITE,
    house_rules::SUITE,
    workflows::SUITE,
    bindings::SUITE,
    kotlin::SUITE,
    android::SUITE,
    packages::SUITE,
    swift::SUITE,
    swift::threads::SUITE,
    apple::SUITE,
    docs::SUITE,
    targets::SUITE,
    aar::SUITE,
];

/// Runs a cargo command that tests nothing by itself: passed if cargo is content.
fn run_cargo(
    workspace: &Workspace,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> anyhow::Result<Report> {
    let mut cargo = process::cargo(workspace.root());
    cargo.args(arguments).envs(variables.iter().copied());
    let status = process::stream(&mut cargo, |_| {})?;
    Ok(by_status(status).without_tests())
}

/// Runs a cargo command that runs test programs, and sums what these report.
fn run_cargo_tests(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<Report> {
    let mut counts = Counts::default();
    let mut cargo = process::cargo(workspace.root());
    let status = process::stream(cargo.args(arguments), |line| counts.add_line(line))?;
    Ok(Report { outcome: by_status(status), counts: Some(counts) })
}

fn by_status(status: std::process::ExitStatus) -> Outcome {
    if status.success() { Outcome::Passed } else { Outcome::Failed(status.to_string()) }
}
