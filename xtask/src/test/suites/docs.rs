//! The documentation builds without a warning: no dead link, nothing public undocumented.

use super::{Outcome, Report, Suite};
use crate::docs;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "docs", about: "the documentation of each language builds without a warning", run };

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let told = docs::write(workspace);
    let outcome = match (told.faults.is_empty(), told.missing.is_empty()) {
        (true, true) => Outcome::Passed,
        (true, false) => Outcome::CouldNotRun(told.missing.join("; ")),
        (false, _) => Outcome::Failed(told.faults.join("; ")),
    };
    Ok(outcome.without_tests())
}
