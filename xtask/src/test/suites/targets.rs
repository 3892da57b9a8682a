//! The core for Android and iOS: lints for their targets, and what is in the libraries.

use super::{Outcome, Report, Suite};
use crate::check_targets;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "targets", about: "the core for Android and iOS, as far as Linux can tell", run };

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    if !check_targets::IS_POSSIBLE {
        return Ok(Outcome::NotPossibleHere("needs Linux".to_owned()).without_tests());
    }
    let wrong = check_targets::check(workspace)?;
    Ok(match wrong.len() {
        0 => Outcome::Passed,
        _ => Outcome::Failed(wrong.join("; ")),
    }
    .without_tests())
}
