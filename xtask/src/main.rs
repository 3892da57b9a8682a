//! The commands of this repository, run as `cargo xtask <command>`.
//!
//! A new command is a file with a `pub(crate) const COMMAND`, named here in `mod` and in `COMMANDS`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the person at the terminal"
)]

mod bench;
mod bindings;
mod check_targets;
mod demo;
mod docs;
mod maven;
mod package;
mod process;
mod sample;
mod shipped;
mod swift;
mod test;
mod workspace;

use std::process::ExitCode;

/// One command: its name, its line in the help, and what it does with the arguments that follow the name.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<ExitCode>,
}

/// Every command, in the order of the help.
const COMMANDS: &[Command] = &[
    demo::COMMAND,
    test::COMMAND,
    bindings::COMMAND,
    bench::COMMAND,
    swift::COMMAND,
    swift::api::COMMAND,
    check_targets::COMMAND,
    docs::COMMAND,
    package::COMMAND,
    sample::COMMAND,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        anyhow::bail!("which command?\n\n{}", help());
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print!("{}", help());
        return Ok(ExitCode::SUCCESS);
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => anyhow::bail!("there is no command `{name}`\n\n{}", help()),
    }
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n\nCommands:\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<13} {}\n", command.name, command.about));
    }
    text
}

/// The names of all commands, for the check that the documents name only commands that exist.
fn command_names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command() {
        for name in command_names() {
            assert!(help().contains(&format!("  {name} ")), "{name} is missing");
        }
    }

    #[test]
    fn an_unknown_command_is_named_in_the_error() {
        let error = dispatch(&["tset".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("no command `tset`"));
    }
}
