//! The tool chain that Android's native libraries are built with.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::abi::Abi;
use crate::workspace::{Workspace, directory_for};
use crate::{process, shipped};

const VARIABLE: &str = "ANDROID_NDK_HOME";
/// Gives the library its exports and the linker its flags.
const LINKER: &str = "benches/shipped/cc.sh";

/// The programs of an NDK.
pub(super) struct Ndk {
    programs: PathBuf,
}

impl Ndk {
    /// The one that is named in the environment; an error says what is missing.
    pub(super) fn find() -> anyhow::Result<Self> {
        let home = std::env::var_os(VARIABLE).map(PathBuf::from).with_context(|| {
            format!("{VARIABLE} is not set; it has to name the folder of the Android NDK, r29 or later")
        })?;
        Self::at(home)
    }

    fn at(home: PathBuf) -> anyhow::Result<Self> {
        // The programs of a Mac are named after Intel's processors, and run on both kinds.
        let host = if cfg!(target_os = "macos") { "darwin-x86_64" } else { "linux-x86_64" };
        let programs = home.join("toolchains/llvm/prebuilt").join(host).join("bin");
        for program in super::ABIS.iter().map(|abi| abi.clang).chain(["llvm-ar", "llvm-strip"]) {
            let path = programs.join(program);
            ensure!(path.is_file(), "{VARIABLE} names no NDK for this system: {} is missing", path.display());
        }
        Ok(Self { programs })
    }

    pub(super) fn strip(&self) -> PathBuf {
        self.programs.join("llvm-strip")
    }

    /// Builds the library as it ships; answers with its path.
    pub(super) fn build(&self, workspace: &Workspace, abi: &Abi) -> anyhow::Result<PathBuf> {
        let mut rustup = Command::new("rustup");
        rustup.args(["target", "add", abi.target]).current_dir(workspace.root());
        if !process::stream(&mut rustup, |_| {})?.success() {
            bail!("rustup cannot add the target {}", abi.target);
        }
        let clang = self.programs.join(abi.clang);
        let variable = abi.target.replace('-', "_");
        let mut build = shipped::cargo(workspace, abi.target, "cdylib")?;
        build.env(format!("CC_{variable}"), &clang);
        build.env(format!("AR_{variable}"), self.programs.join("llvm-ar"));
        build.env("STEPUP_CC", clang);
        let linker = workspace.root().join(LINKER);
        build.args(["--", "-C"]).arg(format!("linker={}", linker.display()));
        build.args(["-C", "link-arg=-Wl,-z,max-page-size=16384"]);
        let status = process::stream(&mut build, |_| {})?;
        ensure!(status.success(), "the library for {} does not build ({status})", abi.name);
        Ok(directory_for(abi.target, "mobile")?.join("libstepup_core.so"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_ndk_is_refused_and_the_missing_program_named() {
        let error = Ndk::at(PathBuf::from("no-such-folder")).err().map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains(VARIABLE) && error.contains("aarch64-linux-android26-clang"), "{error}");
    }
}
