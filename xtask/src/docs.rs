//! `cargo xtask docs`: the documentation of the public interface in each language, without a warning.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use anyhow::{bail, ensure};

use crate::bindings::remove;
use crate::swift::stubs::{ADAPTERS, Stubs};
use crate::swift::{Swift, api, merged};
use crate::workspace::{Workspace, target_directory};
use crate::{Command, maven, process};

pub(crate) const COMMAND: Command =
    Command { name: "docs", about: "the documentation of Rust, Kotlin and Swift, without a warning", run };

/// How one language's documentation is written; answers with its first page, or with what is wrong with it.
/// An error says what is missing on this machine.
type Write = fn(&Workspace) -> anyhow::Result<Written>;
type Written = Result<PathBuf, String>;

/// Every language.
const LANGUAGES: [(&str, Write); 4] =
    [("Rust", rust), ("Kotlin", kotlin), ("Swift", swift), ("Swift for Apple's systems", swift_for_apple)];

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("`{argument}` is not understood; there are no arguments");
    }
    let told = write(&Workspace::find()?);
    Ok(if told.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is to be said about all languages together.
pub(crate) struct Told {
    pub(crate) faults: Vec<String>,
    /// Languages whose tools are not there, and what of them is missing.
    pub(crate) missing: Vec<String>,
}

/// Writes what can be written here, and says of each language where it is or why it is not.
pub(crate) fn write(workspace: &Workspace) -> Told {
    let mut told = Told { faults: Vec::new(), missing: Vec::new() };
    let mut lines = Vec::new();
    for (language, write) in LANGUAGES {
        let line = match write(workspace) {
            Ok(Ok(page)) => format!("{language}: {}", page.display()),
            Ok(Err(fault)) => {
                told.faults.push(format!("{language}: {fault}"));
                format!("{language}: {fault}")
            }
            Err(missing) => {
                told.missing.push(format!("{language}: {missing:#}"));
                format!("{language}: not possible here: {missing:#}")
            }
        };
        lines.push(line);
    }
    println!("{}", lines.join("\n"));
    told
}

fn rust(workspace: &Workspace) -> anyhow::Result<Written> {
    let mut rustdoc = process::cargo(workspace.root());
    rustdoc.args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings");
    let page = target_directory()?.join("doc/stepup_core/index.html");
    written(&mut rustdoc, "rustdoc", page)
}

fn kotlin(workspace: &Workspace) -> anyhow::Result<Written> {
    maven::prepare(workspace)?;
    let site = workspace.root().join("bindings/kotlin/docs/target/site");
    remove(&site)?;
    let mut dokka = maven::reactor(workspace);
    dokka.args(["compile", "-P", "docs,android", "--projects", "docs", "--also-make"]);
    written(&mut dokka, "Dokka", site.join("index.html"))
}

fn swift(workspace: &Workspace) -> anyhow::Result<Written> {
    let swift = Swift::prepare(workspace)?;
    let version = docc(&swift).arg("--help").output();
    ensure!(version.is_ok_and(|output| output.status.success()), "docc is not part of this Swift");
    let build = process::stream(&mut swift.command(&["build"]), |_| {})?;
    if !build.success() {
        return Ok(Err(format!("the package does not build ({build})")));
    }
    let graphs = target_directory()?.join("docs/graphs");
    remove(&graphs)?;
    fs::create_dir_all(&graphs)?;
    merged::write(&api::describe(&swift)?, &graphs)?;
    convert(&swift, "StepUp", &graphs, "docs/swift")
}

/// The adapters, as they are compiled against the stand-ins for Apple's modules.
fn swift_for_apple(workspace: &Workspace) -> anyhow::Result<Written> {
    ensure!(cfg!(target_os = "linux"), "the stand-ins are for Linux; Xcode documents the package by itself");
    let swift = Swift::prepare(workspace)?;
    let stubs = Stubs::new(workspace, &swift)?;
    if let Err(fault) = stubs.build() {
        return Ok(Err(format!("{fault:#}")));
    }
    convert(&swift, ADAPTERS, &api::apple::describe(&swift, &stubs)?, "docs/swift-apple")
}

/// Makes pages of a module's descriptions and of its catalogue.
fn convert(swift: &Swift, module: &str, graphs: &Path, output: &str) -> anyhow::Result<Written> {
    let site = target_directory()?.join(output);
    remove(&site)?;
    let mut docc = docc(swift);
    docc.arg("convert").arg(format!("Sources/{module}/{module}.docc")).arg("--warnings-as-errors");
    docc.args(["--fallback-display-name", module, "--fallback-bundle-identifier"]);
    docc.arg(format!("dev.stepup.{module}"));
    docc.arg("--additional-symbol-graph-dir").arg(graphs).arg("--output-path").arg(&site);
    written(&mut docc, "docc", site.join(format!("documentation/{}/index.html", module.to_lowercase())))
}

/// The program comes with Swift; Apple's is found by way of Xcode.
fn docc(swift: &Swift) -> Process {
    if cfg!(target_os = "macos") {
        swift.program("xcrun", &["docc"])
    } else {
        swift.program::<&str>("docc", &[])
    }
}

/// Runs what writes a language's documentation.
fn written(command: &mut Process, name: &str, page: PathBuf) -> anyhow::Result<Written> {
    let status = process::stream(command, |_| {})?;
    if !status.success() {
        return Ok(Err(format!("{name} is not content ({status})")));
    }
    Ok(if page.is_file() { Ok(page) } else { Err(format!("{name} has not written {}", page.display())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_complains_or_writes_nothing_is_a_fault() {
        let cargo = || process::cargo(Workspace::find().unwrap().root());
        let page = || PathBuf::from("no/such/page.html");
        let complaint = written(cargo().arg("--no-such-option"), "cargo", page()).unwrap().unwrap_err();
        assert!(complaint.contains("cargo is not content"), "{complaint}");
        let silence = written(cargo().arg("--version"), "cargo", page()).unwrap().unwrap_err();
        assert!(silence.contains("has not written no/such/page.html"), "{silence}");
        assert!(written(&mut Process::new("no-such-program-here"), "nothing", page()).is_err());
    }
}
