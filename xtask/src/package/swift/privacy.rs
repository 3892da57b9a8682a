//! Apple refuses an app that calls certain functions and gives no reason: what is linked must give one.
//!
//! <https://developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api>

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use object::read::archive::ArchiveFile;
use object::read::macho::{FatArch, MachOFatFile32};
use object::{Object, ObjectSymbol};

use crate::workspace::Workspace;

const MANIFEST: &str = "bindings/swift/Sources/StepUp/PrivacyInfo.xcprivacy";

/// Functions of C by category.
const CATEGORIES: [(&str, &[&str]); 3] = [
    (
        "NSPrivacyAccessedAPICategoryFileTimestamp",
        &[
            "stat",
            "fstat",
            "fstatat",
            "lstat",
            "getattrlist",
            "getattrlistbulk",
            "fgetattrlist",
            "getattrlistat",
        ],
    ),
    ("NSPrivacyAccessedAPICategorySystemBootTime", &["mach_absolute_time"]),
    ("NSPrivacyAccessedAPICategoryDiskSpace", &["statfs", "statvfs", "fstatfs", "fstatvfs"]),
];

/// Makes sure that the manifest has a reason for whatever a library calls.
pub(super) fn check(workspace: &Workspace, library: &Path) -> anyhow::Result<()> {
    let manifest = workspace.read_text(MANIFEST)?.context(MANIFEST)?;
    let called = called(&fs::read(library)?)?;
    let undeclared = undeclared(&called, &manifest);
    ensure!(undeclared.is_empty(), "{MANIFEST} must give a reason for {}", undeclared.join(", "));
    Ok(())
}

fn undeclared(called: &BTreeSet<String>, manifest: &str) -> Vec<String> {
    let missing = CATEGORIES.iter().filter(|(category, _)| !manifest.contains(category));
    let functions =
        missing.flat_map(|(category, functions)| functions.iter().map(move |name| (category, name)));
    let uses = functions.filter(|(_, name)| called.contains(**name));
    uses.map(|(category, name)| format!("{name} ({category})")).collect()
}

/// What the members of a library need from elsewhere; of one with several architectures, any of them.
fn called(library: &[u8]) -> anyhow::Result<BTreeSet<String>> {
    let Ok(joined) = MachOFatFile32::parse(library) else { return called_by_one(library) };
    let mut called = BTreeSet::new();
    for architecture in joined.arches() {
        called.extend(called_by_one(architecture.data(library)?)?);
    }
    Ok(called)
}

fn called_by_one(library: &[u8]) -> anyhow::Result<BTreeSet<String>> {
    let mut called = BTreeSet::new();
    for member in ArchiveFile::parse(library)?.members() {
        let file = object::File::parse(member?.data(library)?)?;
        for symbol in file.symbols().filter(ObjectSymbol::is_undefined) {
            // In Mach-O the names of C have an underscore in front.
            called.extend(symbol.name()?.strip_prefix('_').map(str::to_owned));
        }
    }
    Ok(called)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_without_a_reason_is_named() {
        let called = BTreeSet::from(["fstat", "mach_absolute_time", "malloc"].map(str::to_owned));
        let manifest = "<string>NSPrivacyAccessedAPICategorySystemBootTime</string>";
        assert_eq!(undeclared(&called, manifest), ["fstat (NSPrivacyAccessedAPICategoryFileTimestamp)"]);
        assert!(undeclared(&BTreeSet::from(["malloc".to_owned()]), "").is_empty());
    }
}
