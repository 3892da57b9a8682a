//! `cargo xtask package swift`: the package that an app adds, and the binary target that it downloads.

mod archive;
mod privacy;
pub(crate) mod release;
mod slices;
mod xcframework;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use super::VERSION;
use crate::bindings::remove;
use crate::workspace::Workspace;
use slices::Slice;

/// What an app's project links, once it has unpacked the archive.
const FRAMEWORK: &str = "StepUpFFI.xcframework";

/// Makes everything that this machine can make. Where that is not all of it, the result is named so and the
/// error says what is missing.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    let missing = slices::missing_here();
    let name = if missing.is_empty() { "swift" } else { "swift-incomplete" };
    let output = super::directory()?.join(name);
    remove(&output)?;
    let symbols = output.join("symbols");
    let built = slices::build(workspace, &symbols, &output.join("shipped"))?;
    // Elsewhere the library is built with what prints backtraces, which reads files.
    if missing.is_empty() {
        built.iter().try_for_each(|slice| privacy::check(workspace, &slice.library))?;
    }
    archive::write(&symbols, &output.join(format!("StepUpFFI-{VERSION}.symbols.zip")))?;
    let packed = pack(workspace, &built, &output)?;
    println!("{}\nchecksum {}", packed.archive.display(), packed.checksum);
    println!("{}", packed.package.display());
    if missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("{} must not ship. There is still missing:\n  {}", output.display(), missing.join("\n  "))
}

/// What an app's project downloads and what the repository of the package holds.
pub(crate) struct Packed {
    /// The binary target.
    pub(crate) archive: PathBuf,
    /// SHA-256 of the archive, in hexadecimal.
    pub(crate) checksum: String,
    /// The package, as it is to be committed and tagged.
    pub(crate) package: PathBuf,
}

/// Lays out what was built below `output`.
fn pack(workspace: &Workspace, built: &[Slice], output: &Path) -> anyhow::Result<Packed> {
    let framework = output.join(FRAMEWORK);
    xcframework::write(workspace, built, &framework)?;
    let archive = output.join(format!("StepUpFFI-{VERSION}.xcframework.zip"));
    archive::write(&framework, &archive)?;
    let checksum = checksum(&archive)?;
    let package = output.join(release::REPOSITORY);
    release::write(workspace, &checksum, &package)?;
    Ok(Packed { archive, checksum, package })
}

/// As `swift package compute-checksum` has it.
fn checksum(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
