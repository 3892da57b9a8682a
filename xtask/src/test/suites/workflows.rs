//! The workflows of the build servers: they cannot run here, so that they are linted all the more.

use std::process::Command;

use anyhow::bail;

use super::{Outcome, Report, Suite, by_status};
use crate::process;
use crate::workspace::Workspace;

pub(crate) const SUITE: Suite =
    Suite { name: "workflows", about: "the build servers' workflows: actionlint, pinned actions", run };

const DIRECTORY: &str = ".github/workflows/";
const LINTER: &str = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let mut wrong = Vec::new();
    let files = workspace.files()?.into_iter().filter(|path| path.starts_with(DIRECTORY));
    let files: Vec<String> = files.collect();
    for path in &files {
        let text = workspace.read_text(path)?.unwrap_or_default();
        wrong.extend(faults(&text).into_iter().map(|fault| format!("{path}:{fault}")));
    }
    if files.is_empty() {
        wrong.push(format!("there is nothing in {DIRECTORY}"));
    }
    for line in &wrong {
        println!("{line}");
    }
    let status = process::stream(linter()?.current_dir(workspace.root()), |_| {})?;
    let outcome = match by_status(status) {
        Outcome::Passed if !wrong.is_empty() => Outcome::Failed(wrong.join("; ")),
        outcome => outcome,
    };
    Ok(outcome.without_tests())
}

/// actionlint from the path, or fetched and built by Go.
fn linter() -> anyhow::Result<Command> {
    if is_there("actionlint", "-version") {
        return Ok(Command::new("actionlint"));
    }
    if !is_there("go", "version") {
        bail!("there is neither actionlint nor Go, which could build it");
    }
    let mut go = Command::new("go");
    go.args(["run", LINTER]);
    Ok(go)
}

fn is_there(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// What the linter lets pass: a moving action, and rights beyond reading.
fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let action = line.trim_start().trim_start_matches("- ").strip_prefix("uses: ");
        if let Some(action) = action.filter(|action| !is_pinned(action)) {
            faults.push(format!("{}: {action} may become any other", index + 1));
        }
        if line.trim_end().ends_with(": write") || line.contains("write-all") {
            faults.push(format!("{}: a right to write", index + 1));
        }
    }
    if !text.contains("\npermissions:\n  contents: read\n") {
        faults.push("1: rights are not limited to reading".to_owned());
    }
    faults
}

/// At a commit or a major version; behind that may stand a comment.
fn is_pinned(action: &str) -> bool {
    let version = action.split_once('@').map_or("", |(_, version)| version);
    let version = version.split_whitespace().next().unwrap_or_default();
    let is_commit = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    let major = version.strip_prefix('v').unwrap_or_default();
    is_commit || (!major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_pinned_by_major_version_or_commit() {
        let commit = format!("a/b@{} # v2.1", "0123456789".repeat(4));
        for pinned in ["actions/checkout@v6", &commit] {
            assert!(is_pinned(pinned), "{pinned}");
        }
        for moving in ["actions/checkout@main", "actions/checkout", "a/b@v", "a/b@v2.x", "a/b@0123456"] {
            assert!(!is_pinned(moving), "{moving}");
        }
    }

    #[test]
    fn a_moving_action_and_rights_to_write_are_found() {
        let fine = "name: A\n\npermissions:\n  contents: read\n\nsteps:\n  - uses: actions/checkout@v6\n";
        assert!(faults(fine).is_empty());
        assert_eq!(faults(&fine.replace("@v6", "@main")), ["7: actions/checkout@main may become any other"]);
        assert_eq!(faults(&fine.replace("read\n", "read\n  packages: write\n")), ["5: a right to write"]);
        assert_eq!(faults("name: A\n"), ["1: rights are not limited to reading"]);
    }
}
