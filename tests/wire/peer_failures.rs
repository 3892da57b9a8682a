//! `docs/peer-failures.md` against the tests: each fault has a test that is named after it and exists.

use std::{collections::BTreeSet, fs, path::Path};

const DOCUMENT: &str = include_str!("../../docs/peer-failures.md");
const LIBRARY: &str = include_str!("../../src/lib.rs");
const FAULTS: usize = 50;

/// Number, and what its last column says.
fn rows() -> Vec<(usize, &'static str)> {
    let rows = DOCUMENT.lines().filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let number = cells.first()?.parse().ok()?;
        assert_eq!(cells.len(), 4, "row {number}");
        Some((number, *cells.last()?))
    });
    rows.collect()
}

/// Names of all functions in the Rust files of a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|line| {
                let (before, after) = line.split_once("fn ")?;
                let is_code = before.trim().is_empty() || before.trim() == "async";
                let (name, _) = after.split_once('(')?;
                is_code.then(|| name.to_owned())
            });
            found.extend(names);
        }
    }
}

fn all_functions() -> BTreeSet<String> {
    let (root, mut found) = (Path::new(env!("CARGO_MANIFEST_DIR")), BTreeSet::new());
    functions(&root.join("src"), &mut found);
    functions(&root.join("tests"), &mut found);
    found
}

#[test]
fn every_fault_has_a_test_that_is_named_after_it() {
    let (rows, functions) = (rows(), all_functions());
    let numbers: Vec<usize> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=FAULTS).collect::<Vec<_>>());
    for (number, tests) in rows {
        let names: Vec<&str> = tests.split(", ").map(|name| name.trim_matches('`')).collect();
        for name in names {
            assert!(functions.contains(name), "fault {number}: there is no test `{name}`");
            assert!(
                name.contains(&format!("fault_{number:02}_")),
                "fault {number}: `{name}` is not named after it"
            );
        }
    }
}

#[test]
fn fault_45_the_examples_of_the_readme_are_compiled() {
    // They are doc tests of the library, so what they call is there.
    assert!(LIBRARY.contains("#[doc = include_str!(\"../README.md\")]"));
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let examples: Vec<_> = readme.lines().filter(|line| line.starts_with("```rust")).collect();
    assert!(!examples.is_empty(), "there is one");
    assert!(examples.iter().all(|line| !line.contains("ignore")), "and none is left out: {examples:?}");
}
