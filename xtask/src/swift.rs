//! `cargo xtask swift -- …`: Swift for `bindings/swift`, this machine's own or Debian's, unpacked for the
//! purpose.

pub(crate) mod api;
pub(crate) mod merged;
pub(crate) mod stubs;

use std::path::PathBuf;
use std::process::{Command as Process, ExitCode};

use anyhow::{Context, bail};

use crate::workspace::{Workspace, build_directory};
use crate::{Command, bindings, process};

pub(crate) const COMMAND: Command =
    Command { name: "swift", about: "run Swift on the package in bindings/swift: -- <arguments>", run };

const PACKAGE: &str = "bindings/swift";
/// Fetches and enters a tool chain; says with this code that it cannot.
const ENVIRONMENT: &str = "xtask/swift-env.sh";
const UNAVAILABLE: i32 = 69;

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let arguments = match arguments.split_first() {
        Some((separator, rest)) if separator == "--" => rest,
        _ => bail!("give Swift's own arguments behind `--`, for example `cargo xtask swift -- build`"),
    };
    let workspace = Workspace::find()?;
    let swift = Swift::prepare(&workspace)?;
    let status = swift.command(arguments).status().context("Swift cannot be started")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// A Swift that works, with what the package is linked with and tested against.
pub(crate) struct Swift {
    root: PathBuf,
    /// Where the library and the sandbox lie.
    built: PathBuf,
    sandbox: PathBuf,
    is_in_path: bool,
}

impl Swift {
    /// Builds the library and the sandbox, and makes sure that there is a tool chain: an error says that none
    /// can be had.
    pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<Self> {
        bindings::build_library(workspace)?;
        let sandbox = bindings::build_sandbox(workspace)?;
        let is_in_path = Process::new("swift").arg("--version").output().is_ok();
        let (root, built) = (workspace.root().to_path_buf(), build_directory()?);
        let swift = Self { root, built, sandbox, is_in_path };
        let status = process::stream(&mut swift.command(&["--version"]), |_| {})?;
        if status.code() == Some(UNAVAILABLE) {
            bail!("there is no Swift here and none can be had, see above");
        }
        if !status.success() {
            bail!("Swift does not work ({status})");
        }
        Ok(swift)
    }

    /// `swift` with arguments, in the package's directory.
    pub(crate) fn command<Argument: AsRef<str>>(&self, arguments: &[Argument]) -> Process {
        self.program("swift", arguments)
    }

    /// Any program of the tool chain, as if it were Swift.
    pub(crate) fn program<Argument: AsRef<str>>(&self, name: &str, arguments: &[Argument]) -> Process {
        let mut command = if self.is_in_path { Process::new(name) } else { self.fetched(name) };
        command
            .args(arguments.iter().map(AsRef::as_ref))
            .current_dir(self.root.join(PACKAGE))
            .env("SWIFTPM_BUILD_DIR", self.built.join("swift"))
            .env("STEPUP_LIBRARY_DIRECTORY", &self.built)
            .env("STEPUP_SANDBOX", &self.sandbox);
        command
    }

    /// Sees nothing of the machine but the workspace and what cargo built.
    fn fetched(&self, name: &str) -> Process {
        let mut command = Process::new(self.root.join(ENVIRONMENT));
        command.arg("--bind").arg(&self.root);
        if !self.built.starts_with(&self.root) {
            command.arg("--bind").arg(&self.built);
        }
        command.args(["--", name]);
        command
    }
}
