//! The static libraries of the framework: one per platform, with every architecture of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::check_targets::cross::{Cross, IOS};
use crate::check_targets::ios;
use crate::workspace::{Workspace, directory_for};
use crate::{process, shipped};

pub(super) const LIBRARY: &str = "libstepup_core.a";
/// The oldest systems, as in the manifest.
const OLDEST_SYSTEMS: [(&str, &str); 2] =
    [("IPHONEOS_DEPLOYMENT_TARGET", "16.0"), ("MACOSX_DEPLOYMENT_TARGET", "13.0")];

/// What one slice is for, in the words of an XCFramework.
pub(super) struct Platform {
    pub(super) identifier: &'static str,
    pub(super) name: &'static str,
    pub(super) variant: Option<&'static str>,
    /// Apple's kit with the headers for the compiled C of the cryptography.
    kit: &'static str,
    /// Rust's targets.
    targets: &'static [&'static str],
}

pub(super) const PHONE: Platform =
    Platform { identifier: "ios-arm64", name: "ios", variant: None, kit: "iphoneos", targets: &[IOS] };
const SIMULATOR: Platform = Platform {
    identifier: "ios-arm64_x86_64-simulator",
    name: "ios",
    variant: Some("simulator"),
    kit: "iphonesimulator",
    targets: &["aarch64-apple-ios-sim", "x86_64-apple-ios"],
};
const MAC: Platform = Platform {
    identifier: "macos-arm64_x86_64",
    name: "macos",
    variant: None,
    kit: "macosx",
    targets: &["aarch64-apple-darwin", "x86_64-apple-darwin"],
};
const PLATFORMS: [&Platform; 3] = [&PHONE, &SIMULATOR, &MAC];

impl Platform {
    /// As Apple calls them.
    pub(super) fn architectures(&self) -> Vec<&'static str> {
        let name = |target: &&str| if target.starts_with("aarch64") { "arm64" } else { "x86_64" };
        self.targets.iter().map(name).collect()
    }
}

/// A static library for one platform.
pub(super) struct Slice {
    pub(super) platform: &'static Platform,
    /// As it ships.
    pub(super) library: PathBuf,
}

/// What is needed beyond this machine for a framework that ships.
pub(super) fn missing_here() -> Vec<String> {
    let kits = PLATFORMS.iter().filter(|platform| !has_kit(platform.kit));
    let mut missing: Vec<String> = kits.map(|platform| platform.missing()).collect();
    if !answers(Command::new("xcrun").args(["--find", "lipo"])) {
        missing.push("`lipo`, which joins architectures: comes with Xcode's command line tools".to_owned());
    }
    missing
}

impl Platform {
    fn missing(&self) -> String {
        format!("Apple's headers for {} ({}): a Mac with Xcode", self.identifier, self.kit)
    }
}

fn has_kit(kit: &str) -> bool {
    answers(Command::new("xcrun").args(["--sdk", kit, "--show-sdk-path"]))
}

fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Builds what can be built here: with debug information into `symbols`, without it into `shipped`, each in a
/// directory per platform.
pub(super) fn build(workspace: &Workspace, symbols: &Path, shipped: &Path) -> anyhow::Result<Vec<Slice>> {
    let slice = |platform: &&'static Platform| {
        let libraries = libraries(workspace, platform)?;
        let full = symbols.join(platform.identifier).join(LIBRARY);
        join(&libraries, &full)?;
        let library = shipped.join(platform.identifier).join(LIBRARY);
        strip(&full, &library)?;
        Ok(Slice { platform, library })
    };
    let platforms = if missing_here().is_empty() { PLATFORMS.as_slice() } else { &[&PHONE] };
    platforms.iter().map(slice).collect()
}

/// A platform's library for each architecture.
fn libraries(workspace: &Workspace, platform: &Platform) -> anyhow::Result<Vec<PathBuf>> {
    if missing_here().is_empty() {
        return platform.targets.iter().map(|target| shipping(workspace, target)).collect();
    }
    // For looking at the layout only.
    Ok(vec![ios::build(workspace, &Cross::prepare(workspace)?)?])
}

/// One architecture as it ships.
fn shipping(workspace: &Workspace, target: &str) -> anyhow::Result<PathBuf> {
    let mut cargo = shipped::cargo(workspace, target, "staticlib")?;
    let status = process::stream(cargo.envs(OLDEST_SYSTEMS), |_| {})?;
    ensure!(status.success(), "the static library does not build ({status})");
    Ok(directory_for(target, "mobile")?.join(LIBRARY))
}

/// Puts the architectures of a platform into one file.
fn join(libraries: &[PathBuf], joined: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(joined.parent().context("a file has a directory")?)?;
    if let [only] = libraries {
        fs::copy(only, joined).with_context(|| only.display().to_string())?;
        return Ok(());
    }
    let status = Command::new("lipo").arg("-create").args(libraries).arg("-output").arg(joined).status();
    ensure!(status.context("lipo cannot be started")?.success(), "lipo cannot write {}", joined.display());
    Ok(())
}

/// Takes the debug information away. The names of functions stay, so that the report of a crash has them.
fn strip(full: &Path, shipped: &Path) -> anyhow::Result<()> {
    let program = if cfg!(target_os = "macos") { "strip" } else { "llvm-strip" };
    shipped::strip(Command::new(program).arg("-S"), full, shipped)
}
