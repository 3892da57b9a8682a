//! The Swift package against the real library and the sandbox.

mod stranger;
pub(super) mod threads;

use std::process::Command;

use super::{Counts, Outcome, Report, Suite, by_status};
use crate::process;
use crate::swift::{Swift, api};
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "swift", about: "the Swift package: format, and tests against the real library", run };

/// Everything that is written by hand.
const LINT: [&str; 12] = [
    "format",
    "lint",
    "--strict",
    "--recursive",
    "Package.swift",
    "Package.release.swift",
    "Sources/StepUp",
    "Sources/StepUpApple",
    "Sources/StepUpTesting",
    "Tests",
    "consumer",
    "simulator",
];
/// One test at a time: they watch the clock, threads and memory of the process they share.
const TEST: [&str; 2] = ["test", "--no-parallel"];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let swift = Swift::prepare(workspace)?;
    let lint = process::stream(&mut swift.command(&LINT), |_| {})?;
    if !lint.success() {
        return Ok(Outcome::Failed(format!("swift format lint: {lint}")).without_tests());
    }
    let mut report = run_tests(&mut swift.command(&TEST))?;
    if report.outcome == Outcome::Passed {
        report.outcome = from_outside(workspace, &swift)?;
    }
    Ok(report)
}

/// Runs tests of Swift Testing, and counts them.
pub(super) fn run_tests(command: &mut Command) -> anyhow::Result<Report> {
    let mut summary = Summary::default();
    let status = process::stream(command, |line| summary.add_line(line))?;
    let outcome = match (by_status(status), summary.ran) {
        (Outcome::Passed, 0) => Outcome::Failed("not one test was run".to_owned()),
        (outcome, _) => outcome,
    };
    Ok(Report { outcome, counts: Some(summary.counts()) })
}

/// What others see of the package that has just been built and tested.
fn from_outside(workspace: &Workspace, swift: &Swift) -> anyhow::Result<Outcome> {
    if let Some(changes) = api::changes(workspace, swift)? {
        println!("{changes}");
        return Ok(Outcome::Failed("the interface is not the accepted one, see above".to_owned()));
    }
    Ok(stranger::check(workspace, swift)?.map_or(Outcome::Passed, Outcome::Failed))
}

/// What Swift Testing says of its tests.
#[derive(Debug, Default, PartialEq)]
struct Summary {
    /// From the closing line; 0 until it has come.
    ran: u64,
    failed: u64,
    skipped: u64,
}

impl Summary {
    fn add_line(&mut self, line: &str) {
        let Some((_symbol, told)) = line.split_once(" Test ") else { return };
        if let Some(closing) = told.strip_prefix("run with ") {
            let number = closing.split(' ').next().unwrap_or_default();
            self.ran = number.parse().unwrap_or(0);
        } else if told.contains(" failed after ") {
            self.failed += 1;
        } else if told.contains(" skipped") {
            self.skipped += 1;
        }
    }

    fn counts(&self) -> Counts {
        let passed = self.ran.saturating_sub(self.failed + self.skipped);
        Counts { passed, failed: self.failed, ignored: self.skipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(lines: &[&str]) -> Summary {
        let mut summary = Summary::default();
        lines.iter().for_each(|line| summary.add_line(line));
        summary
    }

    #[test]
    fn passed_failed_and_skipped_tests_are_counted() {
        let lines = [
            "◇ Test run started.",
            "✔ Test aCall() passed after 0.946 seconds.",
            "✘ Test anotherCall() recorded an issue at A.swift:3:5: Expectation failed",
            "✘ Test anotherCall() failed after 0.001 seconds with 1 issue.",
            "✘ Test each(case:) with 3 test cases failed after 0.2 seconds with 1 issue.",
            "➜ Test aThird() skipped.",
            "✘ Suite AllTests failed after 3.593 seconds with 1 issue.",
            "✘ Test run with 4 tests failed after 3.595 seconds with 2 issues.",
        ];
        assert_eq!(summary(&lines).counts(), Counts { passed: 1, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_run_that_broke_off_has_run_nothing() {
        let lines = ["◇ Test run started.", "✔ Test aCall() passed after 0.946 seconds."];
        assert_eq!(summary(&lines).ran, 0);
        assert_eq!(summary(&["✔ Test run with 1 test passed after 0.1 seconds."]).ran, 1);
    }
}
