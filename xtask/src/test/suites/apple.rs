//! Adapters and sample for Apple's systems, as far as Linux can tell: their types in Swift's mode 6 against
//! stand-ins for Apple's modules, their own logic, and that mistakes are found.

mod mistakes;

use std::path::Path;

use super::swift::run_tests;
use super::{Counts, Outcome, Report, Suite};
use crate::process;
use crate::swift::stubs::{ADAPTERS, Stubs};
use crate::swift::{Swift, api};
use crate::workspace::{Workspace, build_directory};

pub(crate) const SUITE: Suite = Suite {
    name: "apple",
    about: "adapters and sample for Apple's systems: types, logic, planted mistakes",
    run,
};

/// What nothing else compiles: modules of the package with the stand-ins, and where their sources lie.
const TYPE_CHECKED: [(&str, &str); 2] =
    [(ADAPTERS, "bindings/swift/Sources/StepUpApple"), ("SampleApp", "ios-sample/App")];
/// The sample without its views: a package with tests of its own.
const SAMPLE: &str = "ios-sample";
const LINT: [&str; 8] =
    ["format", "lint", "--strict", "--recursive", "Package.swift", "Sources/Guide", "Stubs", "Tests"];
const LINT_SAMPLE: [&str; 5] = ["format", "lint", "--strict", "--recursive", "."];
const TEST: [&str; 2] = ["test", "--no-parallel"];

fn run(workspace: &Workspace) -> anyhow::Result<Report> {
    if !cfg!(target_os = "linux") {
        let reason = "elsewhere the stand-ins would take the place of Apple's modules";
        return Ok(Outcome::NotPossibleHere(reason.to_owned()).without_tests());
    }
    if let Some(fault) = missing(workspace) {
        return Ok(Outcome::Failed(fault).without_tests());
    }
    let swift = Swift::prepare(workspace)?;
    let stubs = Stubs::new(workspace, &swift)?;
    let mut report = run_tests(&mut stubs.command(&TEST))?;
    if report.outcome == Outcome::Passed {
        report.outcome = looked_at(workspace, &swift, &stubs)?;
    }
    if report.outcome == Outcome::Passed {
        report = with_sample(report, workspace, &swift)?;
    }
    Ok(report)
}

/// What is to be checked and is not there: nothing is passed over.
fn missing(workspace: &Workspace) -> Option<String> {
    let directories = TYPE_CHECKED.into_iter().map(|(_, directory)| directory).chain([SAMPLE]);
    let mut gone = directories.filter(|directory| !workspace.root().join(directory).is_dir());
    gone.next().map(|directory| format!("{directory} is not there"))
}

/// Whatever is not a test of Swift's.
fn looked_at(workspace: &Workspace, swift: &Swift, stubs: &Stubs) -> anyhow::Result<Outcome> {
    for mut lint in [stubs.command(&LINT), sample(swift, workspace.root(), &LINT_SAMPLE)?] {
        let status = process::stream(&mut lint, |_| {})?;
        if !status.success() {
            return Ok(Outcome::Failed(format!("swift format lint: {status}")));
        }
    }
    let adapters = stubs.sources(ADAPTERS)?;
    if let Some(complaint) = stubs.complaint(ADAPTERS, &stubs.modules_for_mac()?, &adapters)? {
        println!("{complaint}");
        return Ok(Outcome::Failed("the adapters do not compile for a Mac".to_owned()));
    }
    if let Some(fault) = mistakes::unfound(stubs, &TYPE_CHECKED.map(|(module, _)| module))? {
        return Ok(Outcome::Failed(fault));
    }
    Ok(match api::apple::changes(workspace, swift, stubs)? {
        Some(changes) => {
            println!("{changes}");
            Outcome::Failed("the interface is not the accepted one, see above".to_owned())
        }
        None => Outcome::Passed,
    })
}

/// Adds the tests of the sample's own package.
fn with_sample(report: Report, workspace: &Workspace, swift: &Swift) -> anyhow::Result<Report> {
    let tested = run_tests(&mut sample(swift, workspace.root(), &TEST)?)?;
    let counts = [report.counts, tested.counts].into_iter().flatten();
    let counts = counts.reduce(|one, other| Counts {
        passed: one.passed + other.passed,
        failed: one.failed + other.failed,
        ignored: one.ignored + other.ignored,
    });
    Ok(Report { outcome: tested.outcome, counts })
}

fn sample(swift: &Swift, root: &Path, arguments: &[&str]) -> anyhow::Result<std::process::Command> {
    let mut command = swift.command(arguments);
    command.current_dir(root.join(SAMPLE)).env("SWIFTPM_BUILD_DIR", build_directory()?.join(SAMPLE));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::swift::stubs::DIRECTORY;

    #[test]
    fn the_package_with_the_stand_ins_has_what_is_type_checked() {
        let root = Workspace::find().unwrap().root().to_path_buf();
        let manifest = fs::read_to_string(root.join(DIRECTORY).join("Package.swift")).unwrap();
        for (module, directory) in TYPE_CHECKED {
            assert!(manifest.contains(&format!("\"{module}\"")), "{module} is no target");
            let link = root.join(DIRECTORY).join("Sources").join(module);
            let target = fs::read_link(&link).unwrap();
            assert_eq!(target, Path::new("../../..").join(directory), "{}", link.display());
        }
    }
}
