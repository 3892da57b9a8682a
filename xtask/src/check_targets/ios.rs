//! The static library for iOS devices. Nothing is linked in it yet, so that Linux can build it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::bail;
use object::read::archive::ArchiveFile;
use object::{Architecture, BinaryFormat, Object, ObjectSymbol};

use super::cross::{Cross, IOS};
use crate::process;
use crate::workspace::{Workspace, directory_for};

/// Builds the archive and looks at it. Says what is wrong.
pub(super) fn check(
    workspace: &Workspace,
    cross: &Cross,
    interface: &BTreeSet<String>,
) -> anyhow::Result<Vec<String>> {
    let archive = fs::read(build(workspace, cross)?)?;
    let wrong = faults(&archive, interface)?;
    println!(
        "{IOS}: a static library, {} functions of the bindings, faults: {}",
        interface.len(),
        wrong.len()
    );
    Ok(wrong.into_iter().map(|fault| format!("{IOS}: {fault}")).collect())
}

/// The phone's static library as Linux can build it: not optimised, and against headers that are not Apple's.
/// Answers with its path.
pub(crate) fn build(workspace: &Workspace, cross: &Cross) -> anyhow::Result<PathBuf> {
    let mut build = cross.cargo(workspace);
    build.args(["rustc", "--package", "stepup-core", "--lib", "--crate-type", "staticlib", "--locked"]);
    let status = process::stream(build.args(["--target", IOS]), |_| {})?;
    if !status.success() {
        bail!("the static library for {IOS} does not build ({status})");
    }
    Ok(directory_for(IOS, "debug")?.join("libstepup_core.a"))
}

/// Members that are not for this system, and functions of the bindings that no member defines.
fn faults(archive: &[u8], interface: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut missing = interface.clone();
    for member in ArchiveFile::parse(archive)?.members() {
        let member = member?;
        let file = object::File::parse(member.data(archive)?)?;
        if (file.format(), file.architecture()) != (BinaryFormat::MachO, Architecture::Aarch64) {
            faults.push(format!("{} is of another system", String::from_utf8_lossy(member.name())));
        }
        for symbol in file.symbols().filter(|symbol| symbol.is_definition() && symbol.is_global()) {
            // In Mach-O the names of C have an underscore in front.
            if let Some(name) = symbol.name()?.strip_prefix('_') {
                missing.remove(name);
            }
        }
    }
    faults.extend(missing.into_iter().map(|name| format!("{name} is not defined")));
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with one member.
    fn archive(member: &[u8]) -> Vec<u8> {
        let header = format!("!<arch>\n{:<48}{:<10}`\n", "member.o/", member.len());
        [header.as_bytes(), member].concat()
    }

    #[test]
    fn what_is_missing_and_what_is_of_another_system_is_told() {
        let interface = BTreeSet::from(["uniffi_stepup_core_fn_free_client".to_owned()]);
        let program = fs::read(std::env::current_exe().unwrap()).unwrap();
        let told = faults(&archive(&program), &interface).unwrap();
        assert!(
            told.iter().any(|fault| fault == "uniffi_stepup_core_fn_free_client is not defined"),
            "{told:?}"
        );
        let is_phone = cfg!(all(target_vendor = "apple", target_arch = "aarch64"));
        assert_eq!(told.iter().any(|fault| fault.ends_with("is of another system")), !is_phone, "{told:?}");
        assert!(faults(b"no archive", &interface).is_err());
    }
}
