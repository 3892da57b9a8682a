//! `cargo xtask bench`: builds what is measured, and has it measured.

use std::fs;
use std::process::{Command as Process, ExitCode};

use anyhow::bail;

use crate::check_targets::cross::{ARM64_ANDROID, Cross};
use crate::swift::Swift;
use crate::workspace::Workspace;
use crate::{Command, bindings, maven, process, shipped};

pub(crate) const COMMAND: Command =
    Command { name: "bench", about: "measure speed, memory and size, and print one table", run };

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("`{argument}` is not understood; there are no arguments");
    }
    let workspace = Workspace::find()?;
    shipped::build(&workspace, None)?;
    match Cross::prepare(&workspace) {
        Ok(_) => shipped::build(&workspace, Some(ARM64_ANDROID))?,
        Err(missing) => println!("the Android library is not measured: {missing:#}"),
    }
    fs::create_dir_all(workspace.root().join("target/bench"))?;
    for (language, measured) in [("Kotlin", kotlin(&workspace)), ("Swift", swift(&workspace))] {
        if let Err(error) = measured {
            println!("{language} is not measured: {error:#}");
        }
    }
    let mut bench = process::cargo(workspace.root());
    bench.args(["run", "--release", "--locked", "-p", "stepup-benches"]);
    let status = process::stream(&mut bench, |_| {})?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Has Kotlin measured on the JVM; the figures are left below `target/bench/`.
fn kotlin(workspace: &Workspace) -> anyhow::Result<()> {
    let sandbox = bindings::build_sandbox(workspace)?;
    let mut maven = maven::reactor(workspace);
    maven.args(["test", "-Dtest=SpeedBench"]);
    maven.arg("-Dsurefire.failIfNoSpecifiedTests=false");
    maven.arg(format!("-Dstepup.native.directory={}", shipped::directory()?.display()));
    maven.arg(format!("-Dstepup.sandbox={}", sandbox.display()));
    succeeded(&mut maven)
}

/// Has Swift measured, in release mode.
fn swift(workspace: &Workspace) -> anyhow::Result<()> {
    let swift = Swift::prepare(workspace)?;
    let mut test =
        swift.command(&["test", "-c", "release", "-Xswiftc", "-DSTEPUP_BENCH", "--filter", "SpeedBench"]);
    test.env("STEPUP_LIBRARY_DIRECTORY", shipped::directory()?);
    test.env("STEPUP_BENCH_OUTPUT", workspace.root().join("target/bench/swift.json"));
    succeeded(&mut test)
}

fn succeeded(command: &mut Process) -> anyhow::Result<()> {
    let status = process::stream(command, |_| {})?;
    if status.success() { Ok(()) } else { bail!("{status}") }
}
