//! `cargo xtask check-targets`: the core for Android and iOS, as far as a Linux machine can tell.

mod android;
pub(crate) mod cross;
pub(crate) mod ios;

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};

use crate::Command;
use crate::process;
use crate::workspace::Workspace;
use cross::Cross;

pub(crate) const COMMAND: Command =
    Command { name: "check-targets", about: "the core for Android and iOS, as far as Linux can tell", run };

/// Declares what the bindings of both languages call.
const HEADER: &str = "bindings/swift/Sources/StepUpFFI/StepUpFFI.h";
/// How the names of these functions begin.
const PREFIXES: [&str; 2] = ["uniffi_stepup_core_", "ffi_stepup_core_"];

/// Whether there is anything that can be checked on this system.
pub(crate) const IS_POSSIBLE: bool = cfg!(target_os = "linux");

/// What no Linux machine can tell, and who can.
pub(crate) const ELSEWHERE: [&str; 3] = [
    "linking for iOS and its simulator: needs Xcode (`cargo xtask package swift` on macOS)",
    "the Android libraries that ship: need the NDK (`cargo xtask package android`)",
    "running on a device or an emulator: .github/workflows, and docs/releasing.md before a release",
];

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("`{argument}` is not understood; there are no arguments");
    }
    if !IS_POSSIBLE {
        bail!("clang and the headers of musl stand in for the platforms' own on Linux only");
    }
    let wrong = check(&Workspace::find()?)?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lints, builds and looks at what was built. Says what is wrong; an error says why nothing could be said.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let cross = Cross::prepare(workspace)?;
    let interface = functions(&fs::read_to_string(workspace.root().join(HEADER)).context(HEADER)?);
    ensure!(!interface.is_empty(), "{HEADER} declares no function");
    let mut wrong = lint(workspace, &cross)?;
    wrong.extend(ios::check(workspace, &cross, &interface)?);
    wrong.extend(android::check(workspace, &interface)?);
    for line in &wrong {
        println!("{line}");
    }
    for what in ELSEWHERE {
        println!("not possible here: {what}");
    }
    Ok(wrong)
}

/// Clippy sees code that is compiled for one of the platforms only; nothing is linked.
fn lint(workspace: &Workspace, cross: &Cross) -> anyhow::Result<Vec<String>> {
    let mut clippy = cross.cargo(workspace);
    clippy.args(["clippy", "--package", "stepup-core", "--lib", "--locked", "--keep-going"]);
    for target in cross::TARGETS {
        clippy.args(["--target", target]);
    }
    let status = process::stream(clippy.args(["--", "--deny", "warnings"]), |_| {})?;
    Ok(if status.success() { Vec::new() } else { vec![format!("clippy for the phones' targets: {status}")] })
}

/// Every function of the library that a header declares.
fn functions(header: &str) -> BTreeSet<String> {
    let words =
        header.split(|character: char| !character.is_ascii_alphanumeric() && !"_(".contains(character));
    let called = words.filter_map(|word| word.split_once('(')).map(|(name, _)| name);
    called.filter(|name| is_of_uniffi(name)).map(str::to_owned).collect()
}

fn is_of_uniffi(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_a_header_are_found_and_nothing_else() {
        let header = "#ifndef UNIFFI_FFIDEF_A\ntypedef void (*Callback)(uint64_t);\n\
            uint64_t uniffi_stepup_core_fn_clone_client(uint64_t handle);\nint free(void);\n\
            RustBuffer ffi_stepup_core_rustbuffer_alloc(uint64_t size, RustCallStatus *_Nonnull status\n);";
        let expected = ["ffi_stepup_core_rustbuffer_alloc", "uniffi_stepup_core_fn_clone_client"];
        assert_eq!(functions(header).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
