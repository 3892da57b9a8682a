use std::collections::BTreeSet;
use std::io::Read;

use zip::ZipArchive;

use super::*;
use crate::bindings::files_below;
use slices::{LIBRARY, PHONE};

/// A package of one slice, made of a program of this machine in place of a library for phones.
fn packed(name: &str) -> (PathBuf, Packed) {
    let workspace = Workspace::find().unwrap();
    let output = std::env::temp_dir().join(format!("stepup-{name}-{}", std::process::id()));
    remove(&output).unwrap();
    let slice = output.join("slices").join(PHONE.identifier);
    fs::create_dir_all(&slice).unwrap();
    let library = slice.join(LIBRARY);
    fs::write(&library, "!<arch>\n").unwrap();
    let packed = pack(&workspace, &[Slice { platform: &PHONE, library }], &output).unwrap();
    (output, packed)
}

fn names(archive: &Path) -> BTreeSet<String> {
    let archive = ZipArchive::new(fs::File::open(archive).unwrap()).unwrap();
    archive.file_names().map(|name| name.unwrap().into_owned()).collect()
}

#[test]
fn the_archive_has_the_layout_that_xcode_reads() {
    let (output, packed) = packed("layout");
    let inside = |name: &str| format!("{FRAMEWORK}/{name}");
    let expected = [
        "Info.plist",
        "ios-arm64/Headers/StepUpFFI/StepUpFFI.h",
        "ios-arm64/Headers/StepUpFFI/module.modulemap",
        "ios-arm64/libstepup_core.a",
    ];
    assert_eq!(names(&packed.archive), expected.map(inside).into());
    remove(&output).unwrap();
}

#[test]
fn the_information_names_platform_architecture_and_paths() {
    let (output, packed) = packed("information");
    let mut archive = ZipArchive::new(fs::File::open(&packed.archive).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(&format!("{FRAMEWORK}/Info.plist")).unwrap().read_to_string(&mut text).unwrap();
    let flat: String = text.split_whitespace().collect();
    for entry in [
        "<key>LibraryIdentifier</key><string>ios-arm64</string>",
        "<key>LibraryPath</key><string>libstepup_core.a</string>",
        "<key>HeadersPath</key><string>Headers</string>",
        "<key>SupportedPlatform</key><string>ios</string>",
        "<key>SupportedArchitectures</key><array><string>arm64</string></array>",
        "<key>CFBundlePackageType</key><string>XFWK</string>",
    ] {
        assert!(flat.contains(entry), "{entry}: {text}");
    }
    assert!(!text.contains("SupportedPlatformVariant"), "a phone is no variant: {text}");
    remove(&output).unwrap();
}

#[test]
fn the_same_content_has_the_same_checksum() {
    let (first, one) = packed("once");
    let (second, other) = packed("again");
    assert_eq!(one.checksum, other.checksum);
    assert_eq!(one.checksum.len(), 64);
    remove(&first).unwrap();
    remove(&second).unwrap();
}

#[test]
fn the_package_names_the_archive_by_its_checksum_and_is_complete() {
    let (output, packed) = packed("package");
    let manifest = fs::read_to_string(packed.package.join("Package.swift")).unwrap();
    assert!(manifest.contains(&packed.checksum) && !manifest.contains('@'), "{manifest}");
    let files = files_below(&packed.package).unwrap();
    let names: BTreeSet<_> =
        files.iter().map(|file| file.strip_prefix(&packed.package).unwrap().to_str().unwrap()).collect();
    for name in [
        "README.md",
        "LICENSE-MIT",
        "docs/flow.md",
        "Sources/StepUp/StepUpClient.swift",
        "Sources/StepUpGenerated/StepUpGenerated.swift",
        "Sources/StepUpApple/KeychainStorage.swift",
        "Sources/StepUpTesting/Sandbox.swift",
        "Sources/StepUpFFI/module.modulemap",
    ] {
        assert!(names.contains(name), "{name} is missing");
    }
    assert!(!names.iter().any(|name| name.starts_with("Tests")), "tests are no part of it");
    remove(&output).unwrap();
}
