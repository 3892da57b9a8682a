//! The Kotlin modules on the JVM, against the real library and the sandbox.

use super::{Counts, Outcome, Report, Suite, by_status};
use crate::workspace::{Workspace, build_directory};
use crate::{bindings, maven, process};

pub(crate) const SUITE: Suite =
    Suite { name: "kotlin", about: "the Kotlin modules, tests against the real library", run };

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    run_tests(workspace, &[])
}

/// Has Maven run the tests of the modules that these arguments leave.
pub(super) fn run_tests(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<Report> {
    maven::prepare(workspace)?;
    bindings::build_library(workspace)?;
    let sandbox = bindings::build_sandbox(workspace)?;
    let mut counts = Counts::default();
    let built = build_directory()?;
    let mut tests = maven::reactor(workspace);
    tests.arg("test").args(arguments);
    tests.arg(format!("-Dstepup.native.directory={}", built.display()));
    tests.arg(format!("-Dstepup.sandbox={}", sandbox.display()));
    let status = process::stream(&mut tests, |line| add_line(&mut counts, line))?;
    let ran = counts.passed + counts.failed;
    let outcome = match by_status(status) {
        Outcome::Passed if ran == 0 => Outcome::Failed("not one test was run".to_owned()),
        outcome => outcome,
    };
    Ok(Report { outcome, counts: Some(counts) })
}

/// Adds the figures of `line` if it is one of those in which a test class is summed up.
pub(super) fn add_line(counts: &mut Counts, line: &str) {
    let Some((_, figures)) = line.split_once("Tests run: ") else { return };
    // Without a time it is the sum of all classes.
    let Some((figures, _)) = figures.split_once(", Time elapsed: ") else { return };
    let [run, failures, errors, skipped] = [0, 1, 2, 3].map(|index| {
        let figure = figures.split(", ").nth(index).and_then(|figure| figure.split(' ').next_back());
        figure.and_then(|number| number.parse::<u64>().ok()).unwrap_or(0)
    });
    counts.failed += failures + errors;
    counts.ignored += skipped;
    counts.passed += run.saturating_sub(failures + errors + skipped);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_classes_are_summed_and_their_sum_is_left_out() {
        let mut counts = Counts::default();
        for line in [
            "[INFO] Running dev.stepup.CallsTest",
            "[INFO] Tests run: 91, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 12.12 s -- in A",
            "[ERROR] Tests run: 34, Failures: 1, Errors: 2, Skipped: 3, Time elapsed: 1 s -- in B",
            "[ERROR] Tests run: 125, Failures: 1, Errors: 2, Skipped: 3",
        ] {
            add_line(&mut counts, line);
        }
        assert_eq!(counts, Counts { passed: 119, failed: 3, ignored: 3 });
    }
}
