//! The layout of an AAR, as `developer.android.com/studio/projects/android-library` describes it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use object::{Architecture, Object, ObjectSegment};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::abi::{ABIS, Abi};
use crate::bindings::files_below;

/// The files of an archive by their names in it.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Android 15 loads nothing that is aligned for smaller pages where it runs with these.
const PAGE: u64 = 16 * 1024;
/// What has to be there beside the native libraries.
const PARTS: [&str; 6] = [
    "AndroidManifest.xml",
    "R.txt",
    "classes.jar",
    "proguard.txt",
    "res/xml/stepup_backup_rules.xml",
    "res/xml/stepup_data_extraction_rules.xml",
];
/// One class of each module, and the rules, which R8 reads from the jar where it is used without the AAR.
const IN_CLASSES: [&str; 5] = [
    "dev/stepup/core/StepUpException.class",
    "dev/stepup/StepUpClient.class",
    "dev/stepup/okhttp/StepUpForOkHttpKt.class",
    "dev/stepup/android/StepUp.class",
    RULES_IN_CLASSES,
];
/// Android makes them by the names in the manifest.
const ACTIVITIES: [&str; 2] = ["dev/stepup/android/BrowserActivity", "dev/stepup/android/RedirectActivity"];
const RULES_IN_CLASSES: &str = "META-INF/com.android.tools/r8/stepup-core.pro";

/// Every file below these directories, with its path there as its name.
pub(super) fn read(directories: &[PathBuf]) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for directory in directories {
        for path in files_below(directory)? {
            let parts: Vec<_> =
                path.strip_prefix(directory)?.iter().map(|part| part.to_string_lossy()).collect();
            files.insert(parts.join("/"), fs::read(&path)?);
        }
    }
    Ok(files)
}

/// The list of these resources, from which Android's build makes the class `R`: it gives them their numbers.
pub(super) fn symbols(resources: &Files) -> anyhow::Result<String> {
    let mut symbols = String::new();
    for name in resources.keys() {
        let (kind, file) = name.split_once('/').with_context(|| format!("{name} is no resource"))?;
        let resource = file.split('.').next().unwrap_or(file);
        // What is below `values` is named inside the file.
        ensure!(kind != "values", "{name}: resources that are values are not listed");
        symbols.push_str(&format!("int {kind} {resource} 0x0\n"));
    }
    Ok(symbols)
}

/// Writes an archive: the same bytes for the same files.
pub(super) fn pack(files: &Files) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, content) in files {
        archive.start_file(name, options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn unpack(archive: &[u8]) -> anyhow::Result<Files> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        files.insert(file.name()?.into_owned(), content);
    }
    Ok(files)
}

/// What is wrong with an AAR that is to hold the libraries of these ABIs.
pub(crate) fn faults(aar: &Path, abis: &[&Abi]) -> anyhow::Result<Vec<String>> {
    faults_in(&fs::read(aar).with_context(|| aar.display().to_string())?, abis)
}

fn faults_in(aar: &[u8], abis: &[&Abi]) -> anyhow::Result<Vec<String>> {
    let files = unpack(aar)?;
    let mut expected: Vec<String> = PARTS.map(str::to_owned).into();
    expected.extend(abis.iter().map(|abi| abi.path()));
    let mut faults: Vec<String> = expected
        .iter()
        .filter(|name| !files.contains_key(*name))
        .map(|name| format!("{name} is missing"))
        .collect();
    let foreign = files.keys().filter(|name| !expected.contains(name));
    faults.extend(foreign.map(|name| format!("{name} is not expected")));
    let text = |name: &str| files.get(name).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    if !text("AndroidManifest.xml").contains("android:minSdkVersion=\"26\"") {
        faults.push("the manifest does not name the lowest version of Android".to_owned());
    }
    for activity in ACTIVITIES {
        if !text("AndroidManifest.xml").contains(&format!("\"{}\"", activity.replace('/', "."))) {
            faults.push(format!("the manifest has no {activity}"));
        }
    }
    for resource in expected.iter().filter_map(|name| name.strip_prefix("res/xml/")) {
        let symbol = format!("int xml {} 0x0", resource.trim_end_matches(".xml"));
        if !text("R.txt").lines().any(|line| line == symbol) {
            faults.push(format!("R.txt has no {resource}"));
        }
    }
    if let Some(classes) = files.get("classes.jar") {
        faults.extend(faults_of_classes(&unpack(classes)?, &text("proguard.txt")));
    }
    for abi in ABIS.iter() {
        if let Some(library) = files.get(&abi.path()) {
            faults.extend(
                faults_of_library(library, abi.architecture)?
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", abi.name)),
            );
        }
    }
    Ok(faults)
}

fn faults_of_classes(classes: &Files, rules: &str) -> Vec<String> {
    let activities = ACTIVITIES.map(|name| format!("{name}.class"));
    let mut faults: Vec<String> = IN_CLASSES
        .iter()
        .copied()
        .chain(activities.iter().map(String::as_str))
        .filter(|name| !classes.contains_key(*name))
        .map(|name| format!("classes.jar has no {name}"))
        .collect();
    if classes.get(RULES_IN_CLASSES).is_some_and(|inside| inside != rules.as_bytes()) {
        faults.push("the rules of the AAR are not those of the classes".to_owned());
    }
    faults
}

fn faults_of_library(library: &[u8], architecture: Architecture) -> anyhow::Result<Vec<String>> {
    let library = object::File::parse(library)?;
    let mut faults = Vec::new();
    if library.architecture() != architecture {
        faults.push(format!("is for {:?}", library.architecture()));
    }
    if library.is_64() && library.segments().any(|segment| segment.align() % PAGE != 0) {
        faults.push("is not aligned for pages of 16 KB".to_owned());
    }
    if library.symbol_table().is_some() {
        faults.push("is not stripped".to_owned());
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flawless() -> (Files, Files) {
        let activities = ACTIVITIES.map(|name| format!("{name}.class"));
        let classes = IN_CLASSES.map(str::to_owned).into_iter().chain(activities);
        let resources =
            PARTS.iter().filter_map(|name| Some((name.strip_prefix("res/")?.to_owned(), Vec::new())));
        let resources = Files::from_iter(resources);
        let manifest = format!(
            "<uses-sdk android:minSdkVersion=\"26\" /> \"{}\"",
            ACTIVITIES.join("\" \"").replace('/', ".")
        );
        let mut outside = Files::from([
            ("AndroidManifest.xml".to_owned(), manifest.into_bytes()),
            ("R.txt".to_owned(), symbols(&resources).unwrap().into_bytes()),
            ("proguard.txt".to_owned(), b"-keep".to_vec()),
        ]);
        outside.extend(resources.into_iter().map(|(name, content)| (format!("res/{name}"), content)));
        (outside, classes.map(|name| (name, b"-keep".to_vec())).collect())
    }

    fn told(abis: &[&Abi], change: impl FnOnce(&mut Files, &mut Files)) -> String {
        let (mut files, mut classes) = flawless();
        change(&mut files, &mut classes);
        files.insert("classes.jar".to_owned(), pack(&classes).unwrap());
        faults_in(&pack(&files).unwrap(), abis).unwrap().join("; ")
    }

    #[test]
    fn a_flawless_archive_has_no_fault() {
        assert_eq!(told(&[], |_, _| {}), "");
    }

    #[test]
    fn each_fault_of_the_content_is_told() {
        let [phone, ..] = &ABIS;
        let faults = [
            (told(&[phone], |_, _| {}), "jni/arm64-v8a/libstepup_core.so is missing"),
            (told(&[], |files, _| drop(files.remove("R.txt"))), "R.txt is missing"),
            (told(&[], |files, _| drop(files.remove(PARTS[4]))), "stepup_backup_rules.xml is missing"),
            (told(&[], |files, _| files.extend([("R.txt".to_owned(), Vec::new())])), "R.txt has no stepup_"),
            (told(&[], |files, _| files.extend([("lint.jar".to_owned(), Vec::new())])), "lint.jar is not"),
            (told(&[], |files, _| files.extend([("AndroidManifest.xml".to_owned(), Vec::new())])), "lowest"),
            (
                told(&[], |files, _| files.extend([("AndroidManifest.xml".to_owned(), Vec::new())])),
                "the manifest has no dev/stepup/android/RedirectActivity",
            ),
            (
                told(&[], |_, classes| drop(classes.remove("dev/stepup/android/BrowserActivity.class"))),
                "classes.jar has no dev/stepup/android/BrowserActivity",
            ),
            (
                told(&[], |_, classes| drop(classes.remove(IN_CLASSES[1]))),
                "classes.jar has no dev/stepup/StepUp",
            ),
            (told(&[], |files, _| files.extend([("proguard.txt".to_owned(), Vec::new())])), "are not those"),
        ];
        for (told, expected) in faults {
            assert!(told.contains(expected), "{expected}: {told}");
        }
    }

    /// This program is for another system, has symbols, and is not aligned for such pages.
    #[cfg(target_os = "linux")]
    #[test]
    fn each_fault_of_a_library_is_told() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let faults = faults_of_library(&program, Architecture::Arm).unwrap().join("; ");
        for expected in ["is for ", "not aligned", "not stripped"] {
            assert!(faults.contains(expected), "{faults}");
        }
    }
}
