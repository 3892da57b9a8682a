//! The library as it ships: profile `mobile`, alone, linked for size. See `docs/adr/0005`
//! and `docs/adr/0010`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::process;
use crate::workspace::{Workspace, build_directory, directory_for};

/// Builds the library as a shared library, for a target or for this machine.
pub(crate) fn build(workspace: &Workspace, target: Option<&str>) -> anyhow::Result<()> {
    let mut build = cargo(workspace, target.unwrap_or(&host()?), "cdylib")?;
    let scripts = workspace.root().join("benches");
    if target.is_some() {
        // musl's headers stand in for the platform's: the compiled C of the cryptography needs few of them.
        let headers = "-nostdlibinc -isystem /usr/include/x86_64-linux-musl";
        build
            .env("CC_aarch64_linux_android", "clang")
            .env("AR_aarch64_linux_android", "llvm-ar")
            .env("CFLAGS_aarch64_linux_android", headers)
            .env("CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER", scripts.join("android/ld.sh"))
            .env("STEPUP_STUBS", build_directory()?.join("android-stubs"));
    } else if cfg!(target_os = "linux") {
        // Not by cargo's own setting, which would link the build scripts of dependencies in the same way.
        build.args(["--", "-C"]).arg(format!("linker={}", scripts.join("shipped/cc.sh").display()));
    }
    if !build.status()?.success() {
        bail!("the library does not build");
    }
    Ok(())
}

/// Cargo with all that decides about size, but the linker. Builds the library alone, so that no feature of
/// another crate gets into it, and as one kind of library only: beside a Rust library cargo leaves out the
/// optimisation across crates. The standard library is built along, without what prints backtraces
/// (`docs/adr/0010`).
pub(crate) fn cargo(workspace: &Workspace, target: &str, kind: &str) -> anyhow::Result<Command> {
    let standard_library = standard_library(workspace)?;
    let mut build = process::cargo(workspace.root());
    build.args(["rustc", "--profile", "mobile", "--locked", "-p", "stepup-core"]);
    build.args(["--lib", "--crate-type", kind]);
    build.args(["-Z", "build-std=std,panic_unwind", "-Z", "build-std-features=optimize_for_size"]);
    build.args(["--target", target]);
    // Cargo takes options that begin with `-Z` from a released compiler only so.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_ENCODED_RUSTFLAGS", flags(&standard_library)?.join("\x1f"));
    Ok(build)
}

/// Where [`build`] leaves it for this machine.
pub(crate) fn directory() -> anyhow::Result<PathBuf> {
    directory_for(&host()?, "mobile")
}

/// Leaves a copy without symbols at `target`, by a command such as `strip -x`; the functions that the
/// bindings call stay.
pub(crate) fn strip(strip: &mut Command, library: &Path, target: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(target.parent().context("a file has a directory")?)?;
    let status = strip.arg("-o").arg(target).arg(library).status();
    if !status.context("the program that strips symbols is missing")?.success() {
        bail!("{} cannot be stripped", library.display());
    }
    Ok(())
}

/// The target that this machine's programs are built for.
fn host() -> anyhow::Result<String> {
    let version = Command::new("rustc").arg("-vV").output().context("rustc does not start")?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

/// The source of the standard library that belongs to this compiler, installed if it is missing.
fn standard_library(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    let source = PathBuf::from(String::from_utf8(sysroot.stdout)?.trim()).join("lib/rustlib/src/rust");
    if !source.join("library/Cargo.lock").is_file() {
        let mut rustup = Command::new("rustup");
        let added = rustup.args(["component", "add", "rust-src"]).current_dir(workspace.root()).status();
        if !added.is_ok_and(|status| status.success()) {
            bail!("the component rust-src is missing, and rustup does not install it");
        }
    }
    Ok(source)
}

/// What the compiler is told beyond the profile.
fn flags(standard_library: &Path) -> anyhow::Result<Vec<String>> {
    let mut flags = vec![
        // SHA-2 as loops where the processor has no instructions for it, instead of 26 kB of unrolled code.
        "--cfg=sha2_backend_soft=\"compact\"".to_owned(),
        // Tables of jumps do not compress; comparisons do.
        "-Cllvm-args=-min-jump-table-entries=12".to_owned(),
    ];
    // Messages of panics name files, which need not begin with a folder of this machine.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let sources = home.map(|home| home.join("registry/src")).filter(|sources| sources.is_dir());
    flags.push(format!("--remap-path-prefix={}/=", standard_library.display()));
    for registry in sources.map(fs::read_dir).transpose()?.into_iter().flatten() {
        flags.push(format!("--remap-path-prefix={}/=", registry?.path().display()));
    }
    Ok(flags)
}
