//! The library as it ships: profile `mobile`, alone, linked for size. See `docs/adr/0005`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::process;
use crate::workspace::{Workspace, build_directory};

/// Builds the library alone, so that no feature of another crate gets into it, and as a shared library
/// only: beside a Rust library cargo leaves out the optimisation across crates.
pub(crate) fn build(workspace: &Workspace, target: Option<&str>) -> anyhow::Result<()> {
    let mut build = process::cargo(workspace.root());
    build.args(["rustc", "--profile", "mobile", "--locked", "-p", "stepup-core"]);
    build.args(["--lib", "--crate-type", "cdylib"]);
    build.env("CARGO_ENCODED_RUSTFLAGS", flags()?.join("\x1f"));
    let scripts = workspace.root().join("benches");
    if let Some(target) = target {
        // musl's headers stand in for the platform's: the compiled C of the cryptography needs few of them.
        let headers = "-nostdlibinc -isystem /usr/include/x86_64-linux-musl";
        build
            .args(["--target", target])
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

/// Where [`build`] leaves it for this machine.
pub(crate) fn directory() -> anyhow::Result<PathBuf> {
    let debug = build_directory()?;
    Ok(debug.parent().context("the build directory has a parent")?.join("mobile"))
}

/// What the compiler is told beyond the profile.
fn flags() -> anyhow::Result<Vec<String>> {
    let mut flags = vec![
        // SHA-2 as loops where the processor has no instructions for it, instead of 26 kB of unrolled code.
        "--cfg=sha2_backend_soft=\"compact\"".to_owned(),
        // Tables of jumps do not compress; comparisons do.
        "-Cllvm-args=-min-jump-table-entries=12".to_owned(),
    ];
    // Messages of panics name files, which need not begin with a folder of this machine.
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let sources = home.map(|home| home.join("registry/src")).filter(|sources| sources.is_dir());
    for registry in sources.map(fs::read_dir).transpose()?.into_iter().flatten() {
        flags.push(format!("--remap-path-prefix={}/=", registry?.path().display()));
    }
    Ok(flags)
}
