//! The rules of `CONTRIBUTING.md` that no compiler checks.

mod commands;
mod text;

use super::{Outcome, Report, Suite};
use crate::bindings::GENERATED;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite = Suite {
    name: "house-rules",
    about: "sizes, paths, unfinished work, commands named in the documents",
    run,
};

/// A tracked file that can be read as text.
struct TextFile {
    /// Relative to the root of the workspace.
    path: String,
    text: String,
}

/// Where a rule is broken, and how.
#[derive(Debug, PartialEq)]
struct Violation {
    path: String,
    line: usize,
    reason: String,
}

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut files = Vec::new();
    // Nobody writes or reads what is generated.
    let written = |path: &String| !GENERATED.iter().any(|directory| path.starts_with(directory));
    for path in workspace.files()?.into_iter().filter(written) {
        if let Some(text) = workspace.read_text(&path)? {
            files.push(TextFile { path, text });
        }
    }
    let mut violations: Vec<Violation> = files.iter().flat_map(text::check).collect();
    violations.extend(commands::check(&files, &crate::command_names()));
    for Violation { path, line, reason } in &violations {
        println!("{path}:{line}: {reason}");
    }
    println!("{} files read, rules broken: {}", files.len(), violations.len());
    let outcome = match violations.len() {
        0 => Outcome::Passed,
        broken => Outcome::Failed(format!("rules broken: {broken}")),
    };
    Ok(outcome.without_tests())
}
