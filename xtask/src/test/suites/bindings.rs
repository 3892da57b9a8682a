//! The committed bindings are those of the library as it is, and the settings of `uniffi.toml` are in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Outcome, Report, Suite};
use crate::bindings::{self, GENERATED};
use crate::workspace::{Workspace, build_directory};

pub(crate) const SUITE: Suite =
    Suite { name: "bindings", about: "the generated Kotlin and Swift are up to date", run };

const KOTLIN: &str = "bindings/kotlin/generated/src/main/kotlin/dev/stepup/core/stepup_core.kt";
const SWIFT: &str = "bindings/swift/Sources/StepUpGenerated/StepUpGenerated.swift";
const MODULE_MAP: &str = "bindings/swift/Sources/StepUpFFI/module.modulemap";

/// What a setting of `uniffi.toml` does to a file. The generator drops a setting that it does not know.
struct Trace {
    setting: &'static str,
    path: &'static str,
    text: &'static str,
    is_there: bool,
}

const fn present(setting: &'static str, path: &'static str, text: &'static str) -> Trace {
    Trace { setting, path, text, is_there: true }
}

const fn absent(setting: &'static str, path: &'static str, text: &'static str) -> Trace {
    Trace { setting, path, text, is_there: false }
}

const TRACES: [Trace; 9] = [
    present("package_name", KOTLIN, "\npackage dev.stepup.core\n"),
    present("cdylib_name", KOTLIN, "return \"stepup_core\"\n"),
    absent("generate_immutable_records", KOTLIN, "\n    var `"),
    absent("android", KOTLIN, "\nimport android"),
    present("module_name", SWIFT, "\n#if canImport(StepUpFFI)\n"),
    present("ffi_module_name", MODULE_MAP, "module StepUpFFI {"),
    present("ffi_module_name", MODULE_MAP, "\"StepUpFFI.h\""),
    present("generate_immutable_records", SWIFT, "\n    public let environmentId: String\n"),
    absent("omit_localized_error_conformance", SWIFT, ": Foundation.LocalizedError"),
];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let fresh = build_directory()?.join("bindings");
    bindings::generate(workspace, &fresh)?;
    let mut wrong = drift(&fresh, workspace.root())?;
    wrong.extend(unused_settings(|path| std::fs::read_to_string(fresh.join(path)).unwrap_or_default()));
    wrong.extend(unmarked(&workspace.read_text(".gitattributes")?.unwrap_or_default()));
    for line in &wrong {
        println!("{line}");
    }
    Ok(match wrong.len() {
        0 => Outcome::Passed,
        _ => Outcome::Failed(wrong.join("; ")),
    }
    .without_tests())
}

/// Files that are not as the library would have them now.
fn drift(fresh: &Path, committed: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = BTreeSet::new();
    for (root, directory) in GENERATED.iter().flat_map(|name| [(fresh, name), (committed, name)]) {
        for path in bindings::files_below(&root.join(directory))? {
            files.insert(path.strip_prefix(root)?.to_path_buf());
        }
    }
    let differs = |path: &PathBuf| {
        let content = |root: &Path| std::fs::read(root.join(path)).ok();
        content(fresh) != content(committed)
    };
    let drifted = files.into_iter().filter(differs);
    Ok(drifted.map(|path| format!("{} has drifted, run `cargo xtask bindings`", path.display())).collect())
}

/// Settings of `uniffi.toml` that did not reach the generated files.
fn unused_settings(read: impl Fn(&str) -> String) -> Vec<String> {
    let unused = TRACES.iter().filter(|trace| {
        let text = read(trace.path);
        text.is_empty() || text.contains(trace.text) != trace.is_there
    });
    unused.map(|trace| format!("`{}` is not in effect in {}", trace.setting, trace.path)).collect()
}

/// Directories that are not marked as generated.
fn unmarked(attributes: &str) -> Vec<String> {
    let is_marked = |directory: &&str| {
        attributes.lines().any(|line| line == format!("/{directory}/** linguist-generated"))
    };
    let unmarked = GENERATED.iter().filter(|directory| !is_marked(directory));
    unmarked.map(|directory| format!("{directory} is not marked in .gitattributes")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_has_no_setting_in_effect() {
        assert_eq!(unused_settings(|_| String::new()).len(), TRACES.len());
    }

    #[test]
    fn a_setting_that_is_not_in_effect_is_named() {
        let mutable = |path: &str| match path {
            KOTLIN => "\npackage dev.stepup.core\n  return \"stepup_core\"\n    var `id`: String".to_owned(),
            SWIFT => "\n#if canImport(StepUpFFI)\n    public let environmentId: String\n".to_owned(),
            _ => "module StepUpFFI { header \"StepUpFFI.h\" }".to_owned(),
        };
        let expected = format!("`generate_immutable_records` is not in effect in {KOTLIN}");
        assert_eq!(unused_settings(mutable), [expected]);
    }

    #[test]
    fn a_missing_and_a_left_over_file_are_drift() {
        let root = build_directory().unwrap().join("xtask-tests/drift");
        let _ = std::fs::remove_dir_all(&root);
        let write = |tree: &str, name: &str, text: &str| {
            let directory = root.join(tree).join(GENERATED[0]);
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join(name), text).unwrap();
        };
        for tree in ["fresh", "committed"] {
            write(tree, "same.kt", "x");
            write(tree, "changed.kt", tree);
        }
        write("fresh", "new.kt", "x");
        write("committed", "old.kt", "x");
        let drifted = drift(&root.join("fresh"), &root.join("committed")).unwrap();
        let names = ["changed.kt", "new.kt", "old.kt"];
        assert_eq!(drifted.len(), names.len(), "{drifted:?}");
        assert!(names.iter().zip(&drifted).all(|(name, line)| line.contains(name)), "{drifted:?}");
    }

    #[test]
    fn a_directory_that_is_not_marked_is_named() {
        let marked = GENERATED.map(|directory| format!("/{directory}/** linguist-generated")).join("\n");
        assert!(unmarked(&marked).is_empty());
        assert_eq!(unmarked("").len(), GENERATED.len());
    }
}
