//! Rules that look at one file alone.

use super::{TextFile, Violation};

const MAX_COLUMNS: usize = 110;
const MAX_LINES: usize = 400;
/// Extensions of files that hold program text.
const SOURCES: [&str; 3] = ["rs", "kt", "swift"];
/// In two parts, so that this file keeps the rule itself.
const UNFINISHED: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
/// Directories in which people and build servers keep their work. Below the first group anything is a path
/// of somebody's machine; of the second only what lies inside.
const MACHINE_DIRECTORIES: [&str; 2] = ["work", "root"];
const MACHINE_PARENTS: [&str; 3] = ["home", "Users", "tmp"];

pub(super) fn check(file: &TextFile) -> Vec<Violation> {
    let extension = file.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_source = SOURCES.contains(&extension);
    let mut violations = Vec::new();
    let mut report = |line: usize, reason: String| {
        violations.push(Violation { path: file.path.clone(), line, reason });
    };
    for (index, line) in file.text.lines().enumerate() {
        let number = index + 1;
        let columns = line.chars().count();
        if (is_source || extension == "toml") && columns > MAX_COLUMNS {
            report(number, format!("{columns} columns, {MAX_COLUMNS} are allowed"));
        }
        if ["rs", "md"].contains(&extension) && is_ignored_test(line) {
            report(number, "an ignored test".to_owned());
        }
        if let Some(word) = UNFINISHED.into_iter().find(|word| has_word(line, word)) {
            report(number, format!("unfinished: {word}"));
        }
        if let Some(path) = machine_path(line) {
            report(number, format!("a path of one machine: {path}"));
        }
    }
    let lines = file.text.lines().count();
    if is_source && lines > MAX_LINES {
        report(lines, format!("{lines} lines, {MAX_LINES} are allowed"));
    }
    violations
}

/// A test attribute, or the fence of an example in the documentation, that keeps the test from running.
fn is_ignored_test(line: &str) -> bool {
    let code = line.trim_start();
    if let Some(attribute) = code.strip_prefix("#[") {
        return attribute.starts_with("ignore")
            || (attribute.starts_with("cfg_attr") && has_word(attribute, "ignore"));
    }
    let text = code.trim_start_matches(['/', '!', ' ']);
    text.strip_prefix("```")
        .is_some_and(|fence| fence.split(',').any(|word| word.trim().starts_with("ignore")))
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_word_character) && !after.is_some_and(is_word_character)
    })
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The first absolute path in `line` that can only mean the machine it was written on.
fn machine_path(line: &str) -> Option<&str> {
    let starts = line.match_indices('/').map(|(start, _)| start);
    starts.filter(|start| begins_a_path(line, *start)).find_map(|start| {
        let path = &line[start..];
        let end = path.find(|c: char| c.is_whitespace() || "\"'`)]}>;,".contains(c)).unwrap_or(path.len());
        is_of_a_machine(path[1..end].trim_end_matches('.')).then_some(&path[..end])
    })
}

/// A slash after a letter, a dot or another slash stands in the middle of a relative path or an address.
fn begins_a_path(line: &str, start: usize) -> bool {
    let before = line[..start].chars().next_back();
    before.is_none_or(|c| c.is_whitespace() || "\"'`([{<=:,;|&".contains(c))
}

fn is_of_a_machine(path: &str) -> bool {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    MACHINE_DIRECTORIES.contains(&first)
        || (MACHINE_PARENTS.contains(&first)
            && rest.starts_with(|c: char| c.is_alphanumeric() || ".{$".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(path: &str, text: &str) -> Vec<String> {
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        check(&file)
            .into_iter()
            .map(|violation| format!("{}: {}", violation.line, violation.reason))
            .collect()
    }

    #[test]
    fn a_long_line_is_found_in_sources_and_settings_only() {
        let text = format!("short\n{}\n", "é".repeat(111));
        assert_eq!(reasons("src/a.rs", &text), ["2: 111 columns, 110 are allowed"]);
        for path in ["a.toml", "bindings/kotlin/A.kt", "bindings/swift/A.swift"] {
            assert_eq!(reasons(path, &text).len(), 1);
        }
        assert!(reasons("README.md", &text).is_empty());
        assert!(reasons("src/a.rs", &"é".repeat(110)).is_empty());
    }

    #[test]
    fn a_long_source_file_is_found() {
        for path in ["src/a.rs", "bindings/kotlin/A.kt", "bindings/swift/A.swift"] {
            assert!(reasons(path, &"x\n".repeat(400)).is_empty());
            assert_eq!(reasons(path, &"x\n".repeat(401)), ["401: 401 lines, 400 are allowed"]);
        }
        assert!(reasons("Cargo.lock", &"x\n".repeat(401)).is_empty());
    }

    #[test]
    fn ignored_tests_are_found_however_they_are_written() {
        let attributes = ["#[ignore]", "    #[ignore = \"slow\"]", "#[cfg_attr(not(unix), ignore)]"];
        let fences = ["/// ```ignore", "//! ```rust,ignore", "```ignore-windows"];
        for line in attributes.into_iter().chain(fences) {
            assert_eq!(reasons("src/a.rs", line), ["1: an ignored test"], "{line}");
        }
        for line in
            ["// Blanks are ignored.", "/// ```no_run", "let ignore = 1;", "#[cfg_attr(unix, ignored_by)]"]
        {
            assert!(reasons("src/a.rs", line).is_empty(), "{line}");
        }
    }

    #[test]
    fn unfinished_work_is_found_as_a_word_only() {
        for word in UNFINISHED {
            assert_eq!(reasons(".ci/run", &format!("# {word}: later")), [format!("1: unfinished: {word}")]);
            assert!(reasons(".ci/run", &format!("{word}S and A{word}")).is_empty());
        }
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for path in ["work", "work/main", "root/.cargo", "home/jo/x", "Users/jo", "tmp/x.log"] {
            let expected = format!("1: a path of one machine: /{path}");
            for text in [format!("see /{path}, please"), format!("{{\"path\":\"/{path}\"}}")] {
                assert_eq!(reasons("a.md", &text), [expected.as_str()]);
            }
        }
    }

    #[test]
    fn other_paths_are_fine() {
        let fine = [
            "https://a.example/work/x",
            "./tmp/x",
            "a/root/b",
            "/workspace",
            "/usr/bin/env",
            "{base}/home/x",
        ];
        for line in fine {
            assert!(reasons("a.md", line).is_empty(), "{line}");
        }
        assert!(reasons("a.md", &format!("/{}/<user>", "home")).is_empty());
    }
}
