//! Where the workspace lies and which files belong to it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The directory of the workspace's own `Cargo.toml`.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the root from what cargo tells a program that it runs, so that no path is compiled in.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let manifest_dir =
            std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`, not by itself")?;
        let root = Path::new(&manifest_dir).parent().context("xtask has no parent directory")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The files git tracks, and those it would: a new file is checked before it is committed.
    /// Paths are relative to the root, with `/` between their parts.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<String>> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output()
            .context("git cannot be started")?;
        if !output.status.success() {
            bail!("git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let listing = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
        Ok(listing.split_terminator('\0').map(str::to_owned).collect())
    }

    /// The content of a text file, or nothing if the file is binary, a link to a directory, or deleted but
    /// still listed.
    pub(crate) fn read_text(&self, path: &str) -> anyhow::Result<Option<String>> {
        match std::fs::read(self.root.join(path)) {
            Ok(bytes) if bytes.contains(&0) => Ok(None),
            Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
            Err(error) if [ErrorKind::NotFound, ErrorKind::IsADirectory].contains(&error.kind()) => Ok(None),
            Err(error) => Err(error).context(format!("{path} cannot be read")),
        }
    }
}

/// Where cargo puts what it builds in the profile of this program, wherever its target directory lies.
pub(crate) fn build_directory() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("this program cannot be found")?;
    Ok(program.parent().context("this program lies in no directory")?.to_path_buf())
}

/// Cargo's target directory, wherever it lies.
pub(crate) fn target_directory() -> anyhow::Result<PathBuf> {
    Ok(build_directory()?.parent().context("the build directory has a parent")?.to_path_buf())
}

/// Where cargo puts what it builds for another target, in a profile's directory.
pub(crate) fn directory_for(target: &str, profile: &str) -> anyhow::Result<PathBuf> {
    Ok(target_directory()?.join(target).join(profile))
}
