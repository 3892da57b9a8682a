//! The packages as an app gets them: by a build that knows nothing of this repository.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::kotlin::add_line;
use super::{Counts, Outcome, Report, Suite, by_status};
use crate::package::kotlin_jvm;
use crate::workspace::{Workspace, build_directory};
use crate::{bindings, maven, process};

pub(crate) const SUITE: Suite =
    Suite { name: "packages", about: "an app on the JVM, built from an empty folder with the packages", run };

/// A project of its own, which adds the library, and its helper for OkHttp, as their READMEs say.
const CONSUMER: &str = "bindings/kotlin/consumer";
const READMES: [&str; 2] = ["bindings/kotlin/README.md", "bindings/kotlin/okhttp/README.md"];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    let read = |path: &str| std::fs::read_to_string(workspace.root().join(path)).context(path.to_owned());
    let project = read(&format!("{CONSUMER}/pom.xml"))?;
    for readme in READMES {
        let untold = not_in_project(&read(readme)?, &project);
        if !untold.is_empty() {
            let what = format!("{CONSUMER} is not what {readme} says: {}", untold.join("; "));
            return Ok(Outcome::Failed(what).without_tests());
        }
    }
    maven::prepare(workspace)?;
    // In place of the one that ships, which takes minutes to build.
    let library = bindings::build_library(workspace)?;
    let output = build_directory()?.join("packages");
    let repository = kotlin_jvm::publish(workspace, &library, &output)?;
    let mut counts = Counts::default();
    let mut app = app(workspace, &output, &repository)?;
    let status = process::stream(&mut app, |line| add_line(&mut counts, line))?;
    let outcome = match by_status(status) {
        Outcome::Passed if counts.passed == 0 => Outcome::Failed("not one test was run".to_owned()),
        outcome => outcome,
    };
    Ok(Report { outcome, counts: Some(counts) })
}

/// Maven in a copy of the consumer, which takes the library from nowhere but this repository.
fn app(workspace: &Workspace, output: &Path, repository: &Path) -> anyhow::Result<Command> {
    let project = output.join("app");
    bindings::replace(&workspace.root().join(CONSUMER), &project)?;
    // Maven never looks again at a version that it knows.
    let downloads = output.join("downloads");
    bindings::remove(&downloads.join("dev/stepup"))?;
    let sandbox = bindings::build_sandbox(workspace)?;
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "test"]).current_dir(project);
    maven.arg(format!("-Dmaven.repo.local={}", downloads.display()));
    maven.arg(format!("-Dstepup.repository=file://{}", repository.display()));
    maven.arg(format!("-Dstepup.natives=natives-{}", kotlin_jvm::platform()?));
    maven.arg(format!("-Dstepup.sandbox={}", sandbox.display()));
    Ok(maven)
}

/// The lines of Maven's language in a document that are not in a project; that there are none is wrong too.
fn not_in_project(document: &str, project: &str) -> Vec<String> {
    let blocks = document.split("```xml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines: Vec<&str> =
        blocks.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return vec!["nothing is said of a project".to_owned()];
    }
    let is_there = |line: &str| project.lines().any(|other| other.trim() == line);
    lines.into_iter().filter(|line| !is_there(line)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_the_project_lacks_is_told_and_so_is_silence() {
        let document = "Add\n```xml\n<id>stepup</id>\n  <version>2</version>\n```\nand\n```sh\nmvn\n```\n";
        let project = "<project>\n  <id>stepup</id>\n  <version>1</version>\n";
        assert_eq!(not_in_project(document, project), ["<version>2</version>"]);
        assert!(not_in_project(document, &format!("{project}<version>2</version>")).is_empty());
        assert_eq!(not_in_project("Add it.", project).len(), 1);
    }
}
