//! `cargo xtask package kotlin-jvm`: jars in a Maven repository of their own, with the native library for the
//! system of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use crate::workspace::Workspace;
use crate::{bindings, maven, process, shipped};

pub(super) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    maven::prepare(workspace)?;
    shipped::build(workspace, None)?;
    let repository = publish(workspace, &shipped::directory()?.join(bindings::library_file()))?;
    println!("A Maven repository with dev.stepup:stepup:{}: {}", super::VERSION, repository.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the jars and puts them into a Maven repository with this native library; answers with the
/// repository's directory.
pub(crate) fn publish(workspace: &Workspace, library: &Path) -> anyhow::Result<PathBuf> {
    let repository = super::directory()?.join("maven");
    let natives = super::directory()?.join("natives");
    strip(library, &natives.join(platform()?).join(bindings::library_file()))?;
    let mut deploy = maven::reactor(workspace);
    deploy.args(["deploy", "-Dmaven.test.skip=true", "-Dmaven.install.skip=true"]);
    deploy.arg(format!("-DaltDeploymentRepository=package::file://{}", repository.display()));
    deploy.arg(format!("-Dstepup.natives.directory={}", natives.display()));
    deploy.arg(format!("-Dstepup.natives.platform={}", platform()?));
    let status = process::stream(&mut deploy, |_| {})?;
    if !status.success() {
        bail!("the jars cannot be built ({status})");
    }
    Ok(repository)
}

/// JNA's name for the system of this machine: the folder in which it looks for a library in a jar.
pub(crate) fn platform() -> anyhow::Result<String> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        "linux" => "linux",
        other => bail!("there is no package for {other}"),
    };
    Ok(format!("{system}-{}", std::env::consts::ARCH.replace('_', "-")))
}

/// Leaves a copy without symbols at `target`; those that the bindings call stay.
fn strip(library: &Path, target: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(target.parent().context("a file has a directory")?)?;
    let mut strip = Command::new("strip");
    strip.arg(if cfg!(target_os = "macos") { "-x" } else { "--strip-unneeded" });
    let status = strip.arg("-o").arg(target).arg(library).status().context("the program strip is missing")?;
    if !status.success() {
        bail!("{} cannot be stripped ({status})", library.display());
    }
    Ok(())
}
