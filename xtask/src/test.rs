//! `cargo xtask test`: every suite in order, one table at the end.

mod outcome;
mod suites;
mod table;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::Command;
use crate::workspace::Workspace;
use outcome::{Outcome, Strictness};
use suites::Suite;
use table::Row;

pub(crate) const COMMAND: Command =
    Command { name: "test", about: "run every test suite: [--only <suite>] [--all]", run };

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let options = Options::parse(arguments)?;
    let workspace = Workspace::find()?;
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let strictness = Strictness { ignored_tests_fail: ci, every_suite_must_run: ci || options.all };

    let chosen = suites::ALL.iter().filter(|suite| options.only.is_none_or(|only| only == suite.name));
    let rows: Vec<Row> = chosen.map(|suite| run_suite(suite, &workspace, &strictness)).collect();

    print!("\n{}", table::render(&rows));
    let failed = rows.iter().any(|row| row.report.outcome.is_failure(&strictness));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs one suite; one that ends in an error instead of a report has not shown anything about the code.
fn run_suite(suite: &Suite, workspace: &Workspace, strictness: &Strictness) -> Row {
    println!("\n==> {}: {}", suite.name, suite.about);
    let start = Instant::now();
    let mut report = (suite.run)(workspace)
        .unwrap_or_else(|error| Outcome::CouldNotRun(format!("{error:#}")).without_tests());
    report.judge_ignored_tests(strictness);
    Row { suite: suite.name, report, duration: start.elapsed() }
}

#[derive(Debug, PartialEq)]
struct Options {
    only: Option<&'static str>,
    all: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { only: None, all: false };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--all" => options.all = true,
                "--only" => options.only = Some(suite_name(rest.next().context("--only needs a suite")?)?),
                other => bail!("`{other}` is not understood; there are --only <suite> and --all"),
            }
        }
        Ok(options)
    }
}

pub(crate) fn suite_name(wanted: &str) -> anyhow::Result<&'static str> {
    let names: Vec<&'static str> = suites::ALL.iter().map(|suite| suite.name).collect();
    let found = names.iter().find(|name| **name == wanted).copied();
    found.with_context(|| format!("there is no suite `{wanted}`; there are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> anyhow::Result<Options> {
        Options::parse(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn without_arguments_every_suite_is_chosen() {
        assert_eq!(parse(&[]).unwrap(), Options { only: None, all: false });
    }

    #[test]
    fn one_suite_is_chosen_by_its_name() {
        assert_eq!(
            parse(&["--only", "clippy", "--all"]).unwrap(),
            Options { only: Some("clippy"), all: true }
        );
    }

    #[test]
    fn an_unknown_suite_is_refused_and_the_known_ones_are_listed() {
        let error = parse(&["--only", "clipy"]).unwrap_err().to_string();
        assert!(error.contains("`clipy`") && error.contains("clippy, tests"), "{error}");
    }

    #[test]
    fn an_argument_that_is_not_understood_is_refused() {
        assert!(parse(&["--fast"]).unwrap_err().to_string().contains("`--fast`"));
        assert!(parse(&["--only"]).unwrap_err().to_string().contains("needs a suite"));
    }

    #[test]
    fn the_error_of_a_suite_means_that_it_could_not_run() {
        let suite = Suite { name: "broken", about: "", run: |_| bail!("no compiler") };
        let here = Workspace::find().unwrap();
        let strict = Strictness { ignored_tests_fail: true, every_suite_must_run: true };
        let row = run_suite(&suite, &here, &strict);
        assert_eq!(row.report.outcome, Outcome::CouldNotRun("no compiler".to_owned()));
        assert!(row.report.outcome.is_failure(&strict));
    }
}
