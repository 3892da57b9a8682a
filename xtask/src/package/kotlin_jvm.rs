//! `cargo xtask package kotlin-jvm`: jars in a Maven repository of their own, with the native library for the
//! system of this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::bail;

use crate::workspace::Workspace;
use crate::{bindings, maven, process, shipped};

/// What is published, without the modules that are tests alone.
const MODULES: &str = ".,generated,stepup,okhttp";

pub(super) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    maven::prepare(workspace)?;
    shipped::build(workspace, None)?;
    let library = shipped::directory()?.join(bindings::library_file());
    let repository = publish(workspace, &library, &super::directory()?)?;
    println!("A Maven repository with dev.stepup:stepup:{}: {}", super::VERSION, repository.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the jars and puts them into a Maven repository below `output`, with this native library; answers
/// with the repository's directory.
pub(crate) fn publish(workspace: &Workspace, library: &Path, output: &Path) -> anyhow::Result<PathBuf> {
    let (natives, platform) = (output.join("natives"), platform()?);
    bindings::remove(&natives)?;
    let mut command = Command::new("strip");
    command.arg(if cfg!(target_os = "macos") { "-x" } else { "--strip-unneeded" });
    shipped::strip(&mut command, library, &natives.join(&platform).join(bindings::library_file()))?;
    let natives = format!("-Dstepup.natives.directory={}", natives.display());
    deploy(workspace, output, MODULES, &[natives, format!("-Dstepup.natives.platform={platform}")])
}

/// Builds these modules and puts the jars of those that are published into the Maven repository below
/// `output`; answers with its directory.
pub(crate) fn deploy(
    workspace: &Workspace,
    output: &Path,
    modules: &str,
    more: &[String],
) -> anyhow::Result<PathBuf> {
    let repository = output.join("maven");
    let mut deploy = maven::reactor(workspace);
    deploy.args(["deploy", "-Dmaven.test.skip=true", "-Dmaven.install.skip=true"]);
    deploy.args(["--projects", modules]);
    deploy.arg(format!("-DaltDeploymentRepository=package::file://{}", repository.display()));
    let status = process::stream(deploy.args(more), |_| {})?;
    if !status.success() {
        bail!("the jars cannot be built ({status})");
    }
    Ok(repository)
}

/// JNA's name for the system of this machine: the folder in which it looks for a library in a jar.
pub(crate) fn platform() -> anyhow::Result<String> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "linux" => "linux",
        other => bail!("there is no package for {other}"),
    };
    Ok(format!("{system}-{}", std::env::consts::ARCH.replace('_', "-")))
}
