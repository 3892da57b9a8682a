//! What compiling for a phone takes on Linux: Rust's targets, and a C compiler for the cryptography.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::process;
use crate::workspace::{Workspace, build_directory};

/// The targets of the phones; the iOS simulator's is built where it can be run.
pub(crate) const TARGETS: [&str; 4] = [ARM64_ANDROID, ARMV7_ANDROID, "x86_64-linux-android", IOS];
pub(crate) const ARM64_ANDROID: &str = "aarch64-linux-android";
const ARMV7_ANDROID: &str = "armv7-linux-androideabi";
pub(crate) const IOS: &str = "aarch64-apple-ios";

/// Programs that are called, and the Debian packages that they and the headers come with.
const PROGRAMS: [&str; 4] = ["clang", "ld.lld", "llvm-ar", "llvm-strip"];
const PACKAGES: [&str; 4] = ["clang", "lld", "llvm", "musl-dev"];
/// Stand in for the platforms' headers: good for checking, never for a library that ships.
const HEADERS: &str = "/usr/include/x86_64-linux-musl";

/// A machine that can compile for phones.
pub(crate) struct Cross {
    /// Where headers lie as in an SDK of Apple's.
    sdk: PathBuf,
}

impl Cross {
    /// Installs what is missing where that works unattended; an error names what cannot be had.
    pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<Self> {
        if is_missing() {
            install()?;
        }
        if is_missing() {
            bail!("needs the packages {}; {PROGRAMS:?} and {HEADERS} must be there", PACKAGES.join(", "));
        }
        let mut rustup = Command::new("rustup");
        rustup.args(["target", "add"]).args(TARGETS).current_dir(workspace.root());
        let status = process::stream(&mut rustup, |_| {})?;
        if !status.success() {
            bail!("rustup cannot add the targets {} ({status})", TARGETS.join(", "));
        }
        let sdk = build_directory()?.join("headers-for-phones");
        write_headers(&sdk.join("usr/include"))?;
        Ok(Self { sdk })
    }

    /// Cargo with an environment in which C compiles for every target.
    pub(crate) fn cargo(&self, workspace: &Workspace) -> Command {
        let mut cargo = process::cargo(workspace.root());
        let own = self.sdk.join("usr/include");
        let own = own.display();
        for target in TARGETS {
            // Warnings about the mixture of headers say nothing about the code.
            let mut flags = format!("-nostdlibinc -isystem {HEADERS} -isystem {own} -Wno-everything");
            if target == ARMV7_ANDROID {
                flags.push_str(&format!(" -include {own}/32-bit.h --target=armv7a-linux-androideabi"));
            }
            let target = target.replace('-', "_");
            cargo.env(format!("CC_{target}"), "clang").env(format!("AR_{target}"), "llvm-ar");
            cargo.env(format!("CFLAGS_{target}"), flags);
        }
        // Otherwise `xcrun` is asked for it.
        cargo.env("SDKROOT", &self.sdk);
        cargo
    }
}

fn is_missing() -> bool {
    let answers = |program: &&str| {
        let mut version = Command::new(program);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    };
    !PROGRAMS.iter().all(answers) || !Path::new(HEADERS).is_dir()
}

/// As root on a system with apt; elsewhere nothing is done.
fn install() -> anyhow::Result<()> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root || Command::new("apt-get").arg("--version").output().is_err() {
        return Ok(());
    }
    println!("installing {}", PACKAGES.join(", "));
    let mut apt = Command::new("apt-get");
    let _ = process::stream(apt.args(["update", "-q"]), |_| {})?;
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-q", "-y", "--no-install-recommends"]).args(PACKAGES);
    process::stream(apt.env("DEBIAN_FRONTEND", "noninteractive"), |_| {}).map(drop)
}

/// What musl's headers for this machine lack: the one that Apple's targets ask for beyond those of C, and
/// integers of 64 bits where `long` has 32.
fn write_headers(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).context("the directory of headers cannot be made")?;
    let condition = |(name, value)| format!("#define TARGET_OS_{name} {value}\n");
    let conditions = [("MAC", 1), ("IPHONE", 1), ("IOS", 1), ("OSX", 0), ("SIMULATOR", 0)].map(condition);
    fs::write(directory.join("TargetConditionals.h"), conditions.concat())?;
    let wide = |(name, sign)| format!("#define __DEFINED_{name}\ntypedef {sign} long long {name};\n");
    let wide = [("int64_t", "signed"), ("uint64_t", "unsigned")].map(wide);
    let wide = format!("#ifndef __ASSEMBLER__\n{}#endif\n", wide.concat());
    fs::write(directory.join("32-bit.h"), wide)?;
    Ok(())
}
