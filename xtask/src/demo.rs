//! `cargo xtask demo`: builds the demo with cargo's own progress on the screen, and runs it.

use std::process::{Command as Process, ExitCode, ExitStatus};

use anyhow::Context;

use crate::workspace::Workspace;
use crate::{Command, process};

/// This program does not depend on it, so that it stays quick to build.
const PACKAGE: &str = "stepup-demo";

pub(crate) const COMMAND: Command = Command {
    name: "demo",
    about: "the main job on the terminal, against a local server: [--interactive] [--help]",
    run,
};

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    println!("Building the demo. The first time, cargo compiles everything it is made of.");
    let mut build = process::cargo(workspace.root());
    let built = build.args(["build", "--locked", "--package", PACKAGE]).status().context("no cargo")?;
    if !built.success() {
        return Ok(exit_code(built));
    }
    let mut demo = process::cargo(workspace.root());
    demo.args(["run", "--quiet", "--locked", "--package", PACKAGE, "--"]).args(arguments);
    become_it(demo)
}

/// The demo takes the place of this program, so that Ctrl-C and the exit code are its own.
#[cfg(unix)]
fn become_it(mut demo: Process) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(demo.exec()).context("the demo cannot be started")
}

/// Without the system's help: waits for the demo and ends as it did.
#[cfg(not(unix))]
fn become_it(mut demo: Process) -> anyhow::Result<ExitCode> {
    demo.status().map(exit_code).context("the demo cannot be started")
}

fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_a_member_of_the_workspace() {
        let mut metadata = process::cargo(Workspace::find().unwrap().root());
        let output = metadata.args(["pkgid", "--package", PACKAGE]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
