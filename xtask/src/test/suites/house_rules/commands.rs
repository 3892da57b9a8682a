//! The documents name only commands that exist, and the README names the two that a stranger needs.

use super::{TextFile, Violation};

const README: &str = "README.md";
/// Files, and directories with a `/` at the end.
const CHECKED: &[&str] = &[README, "CONTRIBUTING.md", "docs/", ".github/"];
const NEEDED: &[&str] = &["demo", "test"];
const CALL: &str = "cargo xtask ";

pub(super) fn check(files: &[TextFile], existing: &[&str]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| is_checked(&file.path)) {
        for (line, command) in named_commands(&file.text) {
            if !existing.contains(&command) {
                violations.push(violation(&file.path, line, format!("`{CALL}{command}` does not exist")));
            }
        }
    }
    let readme = files.iter().find(|file| file.path == README).map_or("", |file| file.text.as_str());
    for needed in NEEDED {
        if !named_commands(readme).iter().any(|(_, command)| command == needed) {
            violations.push(violation(README, 1, format!("`{CALL}{needed}` is not explained")));
        }
    }
    violations
}

fn is_checked(path: &str) -> bool {
    CHECKED.iter().any(|checked| path == *checked || (checked.ends_with('/') && path.starts_with(checked)))
}

fn violation(path: &str, line: usize, reason: String) -> Violation {
    Violation { path: path.to_owned(), line, reason }
}

/// Line number and name of each command; a placeholder such as `<command>` is none.
fn named_commands(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for rest in line.split(CALL).skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
            if end > 0 {
                found.push((index + 1, &rest[..end]));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_readme(text: &str) -> Vec<String> {
        let readme = TextFile { path: README.to_owned(), text: text.to_owned() };
        check(&[readme], &["demo", "test"]).into_iter().map(|violation| violation.reason).collect()
    }

    #[test]
    fn a_readme_with_both_commands_is_fine() {
        let text =
            "Run `cargo xtask demo`, then\n`cargo xtask test --only fmt`; `cargo xtask <command>` for more.";
        assert!(check_readme(text).is_empty());
    }

    #[test]
    fn a_command_that_does_not_exist_is_found() {
        let reasons = check_readme("`cargo xtask demo`, `cargo xtask test`, `cargo xtask fly`");
        assert_eq!(reasons, ["`cargo xtask fly` does not exist"]);
    }

    #[test]
    fn documents_and_workflows_are_checked_and_sources_are_not() {
        for (path, is_wrong) in
            [("docs/a.md", true), (".github/workflows/a.yml", true), ("src/docs.rs", false)]
        {
            let fly = TextFile { path: path.to_owned(), text: "cargo xtask fly".to_owned() };
            let readme = "`cargo xtask demo` `cargo xtask test`".to_owned();
            let readme = TextFile { path: README.to_owned(), text: readme };
            assert_eq!(!check(&[fly, readme], &["demo", "test"]).is_empty(), is_wrong, "{path}");
        }
    }

    #[test]
    fn a_missing_command_and_a_missing_readme_are_found() {
        assert_eq!(check_readme("`cargo xtask test`"), ["`cargo xtask demo` is not explained"]);
        assert_eq!(check(&[], &["demo", "test"]).len(), 2);
    }
}
