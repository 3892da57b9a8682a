//! The arm64 Android library as it ships, but for what it is linked with: stubs, so that it must never ship.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol};

use super::cross::ARM64_ANDROID;
use super::is_of_uniffi;
use crate::shipped;
use crate::workspace::{Workspace, build_directory, directory_for};

/// Android 15 loads nothing that is aligned for smaller pages where it runs with these.
const PAGE: u64 = 16 * 1024;
/// A growth beyond this needs a reason in the ledger; the bench says the same.
const JUMP: u64 = 100_000;
const LEDGER: &str = "uniffi/size.json";

/// Modules of the core that are compiled for its unit tests only, as they stand in mangled names: in paths,
/// and in types that are part of a path.
const TEST_MODULES: [&str; 4] = ["5tests", "5races", "..tests", "..races"];
/// What only tests bring along: their scheduler and their server, and how the variables are named with
/// which tests are steered.
const TEST_WORDS: [&str; 5] = ["shuttle", "proptest", "stepup-sandbox", "stepup_sandbox", "STEPUP_"];
/// Where people keep their work.
const HOMES: [&str; 3] = ["root", "home", "Users"];

/// Builds the library and looks at it. Says what is wrong.
pub(super) fn check(workspace: &Workspace, interface: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
    shipped::build(workspace, Some(ARM64_ANDROID))?;
    let built = directory_for(ARM64_ANDROID, "mobile")?.join("libstepup_core.so");
    let stripped = build_directory()?.join("stripped-for-android.so");
    shipped::strip(Command::new("llvm-strip").arg("--strip-unneeded"), &built, &stripped)?;

    let library = Library::read(&fs::read(&built)?, fs::read(&stripped)?)?;
    let size = u64::try_from(library.shipped.len())?;
    println!("{ARM64_ANDROID}: {size} bytes stripped, {} compressed", gzip(&stripped)?);
    let mut wrong = library.faults(interface, &private_words(workspace));
    wrong.extend(growth(size, &fs::read_to_string(workspace.root().join(LEDGER))?)?);
    Ok(wrong.into_iter().map(|fault| format!("{ARM64_ANDROID}: {fault}")).collect())
}

/// What there is to know about a library.
struct Library {
    /// Smallest page for which each part that is loaded is aligned, in bytes.
    alignments: Vec<u64>,
    exports: BTreeSet<String>,
    /// Every symbol that there was before stripping.
    symbols: Vec<String>,
    /// Sections that are left after stripping.
    sections: Vec<String>,
    /// The file that would ship.
    shipped: Vec<u8>,
}

impl Library {
    fn read(built: &[u8], shipped: Vec<u8>) -> anyhow::Result<Self> {
        let before = object::File::parse(built)?;
        let after = object::File::parse(shipped.as_slice())?;
        let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let exported = after.dynamic_symbols().filter(|symbol| symbol.is_definition() && symbol.is_global());
        let alignments = after.segments().map(|segment| {
            // An offset in the file is mapped with its page, too.
            let shift = segment.address().abs_diff(segment.file_range().0);
            if shift % PAGE == 0 { segment.align() } else { 1 << shift.trailing_zeros() }
        });
        Ok(Self {
            alignments: alignments.collect(),
            exports: exported.filter_map(|symbol| symbol.name_bytes().ok().map(name)).collect(),
            symbols: before.symbols().filter_map(|symbol| symbol.name_bytes().ok().map(name)).collect(),
            sections: after.sections().filter_map(|section| section.name_bytes().ok().map(name)).collect(),
            shipped,
        })
    }

    fn faults(&self, interface: &BTreeSet<String>, private: &[String]) -> Vec<String> {
        let mut faults = Vec::new();
        if self.alignments.is_empty() || self.alignments.iter().any(|alignment| alignment % PAGE != 0) {
            faults.push(format!("aligned for pages of {:?} bytes", self.alignments));
        }
        faults.extend(interface.difference(&self.exports).map(|name| format!("{name} is not exported")));
        let foreign = self.exports.iter().filter(|name| !is_of_uniffi(name));
        faults.extend(foreign.map(|name| format!("{name} is exported, but not UniFFI's")));
        let tests = self.symbols.iter().filter(|symbol| is_of_tests(symbol));
        faults.extend(tests.map(|symbol| format!("{symbol} belongs to a test")));
        let debug = self.sections.iter().filter(|section| section.starts_with(".debug"));
        faults.extend(debug.map(|section| format!("{section} is left after stripping")));
        let words = TEST_WORDS.iter().copied().chain(private.iter().map(String::as_str));
        let found = words.filter(|word| contains(&self.shipped, word));
        faults.extend(found.map(|word| format!("`{word}` stands in it")));
        faults
    }
}

fn is_of_tests(symbol: &str) -> bool {
    symbol.contains("stepup_core") && TEST_MODULES.iter().any(|module| symbol.contains(module))
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Directories of the machine on which the library was built.
fn private_words(workspace: &Workspace) -> Vec<String> {
    let mut directories: Vec<String> = HOMES.iter().map(|home| format!("/{home}")).collect();
    directories.push(workspace.root().display().to_string());
    directories
        .extend(["HOME", "CARGO_HOME", "RUSTUP_HOME"].iter().filter_map(|name| std::env::var(name).ok()));
    // The home of a build server may be `/`.
    directories.retain(|directory| directory.len() > 1);
    directories.iter().map(|directory| format!("{directory}/")).collect()
}

/// What is wrong if the library has grown beyond the ledger without a reason there.
fn growth(size: u64, ledger: &str) -> anyhow::Result<Option<String>> {
    let ledger: serde_json::Value = serde_json::from_str(ledger).context(LEDGER)?;
    let known = ledger[ARM64_ANDROID]["stripped"].as_u64();
    let known = known.with_context(|| format!("{LEDGER} has no {ARM64_ANDROID}"))?;
    let grown = size.saturating_sub(known);
    Ok((grown > JUMP).then(|| format!("{grown} bytes above the {known} of {LEDGER}")))
}

fn gzip(file: &Path) -> anyhow::Result<usize> {
    let output = Command::new("gzip").args(["-9", "-c"]).arg(file).stdout(Stdio::piped()).output();
    Ok(output.context("gzip cannot be started")?.stdout.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface() -> BTreeSet<String> {
        BTreeSet::from(["uniffi_stepup_core_fn_free_client".to_owned()])
    }

    fn flawless() -> Library {
        Library {
            alignments: vec![PAGE, 4 * PAGE],
            exports: interface(),
            symbols: vec!["_RNvCs1_11stepup_core4scope".to_owned(), "_RNvCs1_5tokio5tests".to_owned()],
            sections: vec![".text".to_owned()],
            shipped: b"src/scope.rs".to_vec(),
        }
    }

    fn faults_after(change: impl FnOnce(&mut Library)) -> String {
        let mut library = flawless();
        change(&mut library);
        library.faults(&interface(), &["/here".to_owned()]).join("; ")
    }

    #[test]
    fn a_flawless_library_has_no_fault() {
        assert_eq!(faults_after(|_| {}), "");
    }

    #[test]
    fn each_fault_is_told() {
        let symbol = "_RNvNtCs1_11stepup_core5tests4race".to_owned();
        let told = [
            (faults_after(|library| library.alignments.push(4096)), "aligned for pages of"),
            (faults_after(|library| library.alignments.clear()), "aligned for pages of"),
            (faults_after(|library| library.exports.clear()), "fn_free_client is not exported"),
            (
                faults_after(|library| library.exports.extend(["malloc".to_owned()])),
                "malloc is exported, but",
            ),
            (
                faults_after(|library| library.symbols.push(symbol)),
                "stepup_core5tests4race belongs to a test",
            ),
            (faults_after(|library| library.sections.push(".debug_line".to_owned())), ".debug_line is left"),
            (faults_after(|library| library.shipped.extend(b"STEPUP_SCHEDULE")), "`STEPUP_` stands in it"),
            (faults_after(|library| library.shipped.extend(b"/here/src/lib.rs")), "`/here` stands in it"),
        ];
        for (faults, expected) in told {
            assert!(faults.contains(expected), "{expected}: {faults}");
        }
    }

    #[test]
    fn growth_is_told_beyond_the_jump_only() {
        let ledger = r#"{"aarch64-linux-android": {"stripped": 1000000}}"#;
        assert_eq!(growth(1_000_000 + JUMP, ledger).unwrap(), None);
        assert!(growth(1_000_001 + JUMP, ledger).unwrap().unwrap().contains("100001 bytes above"));
        assert!(growth(1, "{}").is_err());
    }

    /// This program is linked for this machine's pages, and has symbols and debug information.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_of_this_machine_is_read() {
        let program = fs::read(std::env::current_exe().unwrap()).unwrap();
        let library = Library::read(&program, program.clone()).unwrap();
        assert!(!library.alignments.is_empty() && !library.symbols.is_empty());
        let faults = library.faults(&interface(), &[]).join("; ");
        for expected in ["fn_free_client is not exported", ".debug_line is left", "`shuttle` stands in it"] {
            assert!(faults.contains(expected), "{faults}");
        }
    }
}
