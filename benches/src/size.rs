//! The library as it ships: `mobile` profile, built alone, stripped.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context;
use serde_json::Value;

use crate::report::Report;

/// A growth beyond this must have a reason in the ledger.
const JUMP: u64 = 100_000;

/// A library that is measured.
struct Measured {
    /// Its key in the ledger.
    target: &'static str,
    /// Where `cargo build --profile mobile` puts it, below the target folder.
    path: &'static str,
    strip: &'static str,
    goal: &'static str,
    /// Bytes stripped and compressed, and whether missing that fails the run.
    most: (u64, u64),
    is_limit: bool,
}

const LIBRARIES: [Measured; 2] = [
    Measured {
        target: "x86_64-unknown-linux-gnu",
        path: "x86_64-unknown-linux-gnu/mobile/libstepup_core.so",
        strip: "strip",
        goal: "limit 4.0 / 1.6 MB, goal 3.2 / 1.45",
        most: (4_000_000, 1_600_000),
        is_limit: true,
    },
    Measured {
        target: "aarch64-linux-android",
        path: "aarch64-linux-android/mobile/libstepup_core.so",
        strip: "llvm-strip",
        goal: "goal 2.8 / 1.4 MB",
        most: (2_800_000, 1_400_000),
        is_limit: false,
    },
];

pub(crate) fn measure(report: &mut Report) -> anyhow::Result<()> {
    for library in &LIBRARIES {
        let figure = format!("library, `mobile` profile, built alone, {}: stripped / gzip", library.target);
        let built = target_folder().join(library.path);
        if !built.exists() {
            report.not_measured(&figure, library.goal, "not built");
            continue;
        }
        let stripped = stripped(&built, library.strip)?;
        let (size, compressed) = (fs::metadata(&stripped)?.len(), gzip(&stripped)?);
        let is_met = size <= library.most.0 && compressed <= library.most.1;
        let measured = format!("{:.2} / {:.2} MB", megabytes(size), megabytes(compressed));
        if library.is_limit {
            report.limit(&figure, library.goal, measured, is_met);
        } else {
            report.goal(&figure, library.goal, measured, is_met);
        }
        let known = in_ledger(library.target)?;
        let growth = size.saturating_sub(known);
        let measured = format!("{growth} bytes above the ledger's {known}");
        report.limit("growth without a reason in `uniffi/size.json`", "≤ 100 kB", measured, growth <= JUMP);
    }
    Ok(())
}

/// The host's library, for whoever loads it.
pub(crate) fn stripped_library() -> anyhow::Result<PathBuf> {
    stripped(&target_folder().join(LIBRARIES[0].path), LIBRARIES[0].strip)
}

fn stripped(library: &Path, strip: &str) -> anyhow::Result<PathBuf> {
    let stripped = library.with_extension("stripped.so");
    let made = Command::new(strip).arg("--strip-unneeded").arg("-o").arg(&stripped).arg(library).status();
    anyhow::ensure!(made.with_context(|| format!("running {strip}"))?.success(), "{strip} failed");
    Ok(stripped)
}

fn gzip(file: &Path) -> anyhow::Result<u64> {
    let output = Command::new("gzip").args(["-9", "-c"]).arg(file).stdout(Stdio::piped()).output()?;
    anyhow::ensure!(output.status.success(), "gzip failed");
    Ok(u64::try_from(output.stdout.len())?)
}

/// Size of the last accepted build; a larger one is entered there together with its reason.
fn in_ledger(target: &str) -> anyhow::Result<u64> {
    let ledger: Value = serde_json::from_str(&fs::read_to_string("uniffi/size.json")?)?;
    ledger[target]["stripped"].as_u64().with_context(|| format!("uniffi/size.json has no {target}"))
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
}
