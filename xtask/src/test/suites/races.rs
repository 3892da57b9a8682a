//! The core's races under a scheduler that decides who runs next, and that what ships knows nothing of it.

use anyhow::ensure;

use super::super::outcome::{Outcome, Report};
use super::{Suite, run_cargo_tests};
use crate::process;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "races", about: "races of the core, schedule by schedule", run };

/// Only these tests: the others need locks and tasks that work by themselves.
const ARGUMENTS: &[&str] =
    &["test", "--package", "stepup-core", "--lib", "--features", "shuttle", "--locked", "races::"];

/// What the library depends on, whatever features it is built with.
const DEPENDENCIES: &[&str] = &[
    "tree",
    "--package",
    "stepup-core",
    "--edges",
    "normal,build",
    "--all-features",
    "--prefix",
    "none",
    "--locked",
];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut report = run_cargo_tests(workspace, ARGUMENTS)?;
    report.judge_empty();
    let tree = process::cargo(workspace.root()).args(DEPENDENCIES).output()?;
    ensure!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    if ships_scheduler(&String::from_utf8_lossy(&tree.stdout)) && report.outcome == Outcome::Passed {
        report.outcome = Outcome::Failed("the library depends on the scheduler of its tests".to_owned());
    }
    Ok(report)
}

fn ships_scheduler(tree: &str) -> bool {
    tree.lines().any(|line| line.starts_with("shuttle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_depends_on_the_scheduler_is_found_out() {
        assert!(!ships_scheduler("stepup-core v0.1.0 (here)\ntokio v1.54.1\n"));
        assert!(ships_scheduler("stepup-core v0.1.0 (here)\nshuttle v0.9.9\n"));
        assert!(ships_scheduler("stepup-core v0.1.0 (here)\nshuttle-std v0.1.5 (*)\n"));
    }
}
