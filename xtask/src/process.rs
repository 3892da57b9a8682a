//! Child processes whose output the person sees while it is also read here.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::Context;

/// What `cargo run` sets for this program alone. Build scripts of dependencies watch some of it, so that
/// passing it on would make every nested build start anew.
const SET_BY_CARGO_RUN: &[&str] =
    &["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_"];

/// The cargo that runs this program, in `directory`, with an environment as from the person's own shell.
pub(crate) fn cargo(directory: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(directory);
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_string_lossy();
        if SET_BY_CARGO_RUN.iter().any(|prefix| inherited.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs `command` to its end. Each line of its standard output is shown at once and given to `on_line`;
/// standard error goes to the terminal untouched, so that progress bars stay alive.
pub(crate) fn stream(command: &mut Command, mut on_line: impl FnMut(&str)) -> anyhow::Result<ExitStatus> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` cannot be started"))?;
    let pipe = child.stdout.take().context("the child has no standard output")?;
    let echoed = echo(pipe, &mut on_line);
    // The child is waited for even when its output could not be shown.
    let status = child.wait().with_context(|| format!("`{name}` cannot be waited for"))?;
    echoed.context("the output cannot be passed on")?;
    Ok(status)
}

fn echo(pipe: impl io::Read, on_line: &mut impl FnMut(&str)) -> io::Result<()> {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let mut screen = io::stdout().lock();
        screen.write_all(&line)?;
        screen.flush()?;
        on_line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this_test_program(arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(arguments);
        command
    }

    #[test]
    fn every_line_of_the_output_is_heard() {
        let name = "process::tests::every_line_of_the_output_is_heard";
        let mut heard = Vec::new();
        let mut listing = this_test_program(&["--list", "--exact", name]);
        let status = stream(&mut listing, |line| heard.push(line.to_owned())).unwrap();
        assert!(status.success());
        assert_eq!(heard, [format!("{name}: test"), String::new(), "1 test, 0 benchmarks".to_owned()]);
    }

    #[test]
    fn a_failing_child_is_told_by_its_status() {
        let status = stream(&mut this_test_program(&["--no-such-option"]), |_| {}).unwrap();
        assert!(!status.success());
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = stream(&mut Command::new("no-such-program-here"), |_| {}).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"));
    }

    #[test]
    fn a_nested_cargo_does_not_inherit_what_was_set_for_this_program() {
        let command = cargo(Path::new("."));
        let removed = command.get_envs().any(|(name, value)| name == "CARGO_MANIFEST_DIR" && value.is_none());
        assert!(removed, "cargo sets CARGO_MANIFEST_DIR for its tests, so it must be taken away again");
    }
}
