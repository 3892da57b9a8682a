//! What somebody does who has nothing but the README: an empty folder, the package as a dependency, the
//! program and the command that it shows. Once with the package as it is going to be published, and once with
//! a checkout, as the README tells until then.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::bindings::remove;
use crate::package::swift::release;
use crate::process;
use crate::swift::Swift;
use crate::workspace::{Workspace, build_directory};

/// The app's files, relative to the package's sources.
const APP: [&str; 2] = ["Package.swift", "Sources/Stranger/main.swift"];
const CONSUMER: &str = "bindings/swift/consumer";
const README: &str = "bindings/swift/README.md";
/// How the app names the package.
const PUBLISHED: &str = r#".package(url: "https://github.com/stepup-auth/stepup-swift", from: "0.1.0")"#;
/// Where that one lies before it is published.
const UNPUBLISHED: &str = r#".package(path: "../stepup-swift")"#;
/// How the app names it in a checkout.
const CHECKOUT: &str = r#".package(name: "stepup-swift", path: "$core/bindings/swift")"#;
/// What the README has the app linked with, on Linux.
const LINKED: &str = "-Xlinker -L$built -Xlinker -rpath -Xlinker $built";
/// What the app prints when its backend has let it proceed.
const EXPECTED: &str = "the backend answers 200";

/// Builds the app against the package as it ships, and runs it against the sandbox. Says what went wrong.
pub(super) fn check(workspace: &Workspace, swift: &Swift) -> anyhow::Result<Option<String>> {
    if !cfg!(target_os = "linux") {
        println!("not run: the app from an empty folder; there is no binary for it before the first release");
        return Ok(None);
    }
    let readme = workspace.read_text(README)?.context(README)?;
    let program = workspace.read_text(&format!("{CONSUMER}/{}", APP[1]))?.context(APP[1])?;
    if let Some(untold) = untold(&readme, &program) {
        return Ok(Some(format!("{README} does not say: {untold}")));
    }
    let built = build_directory()?;
    let folder = built.join("stranger");
    remove(&folder)?;
    release::write(workspace, &"0".repeat(64), &folder.join("stepup-swift"))?;
    let checkout = CHECKOUT.replace("$core", &workspace.root().display().to_string());
    for (name, package) in [("app", UNPUBLISHED), ("app-of-checkout", &checkout)] {
        if let Some(wrong) = run(workspace, swift, &built, &folder.join(name), package)? {
            return Ok(Some(wrong));
        }
    }
    Ok(None)
}

/// Makes the app with this dependency, and runs it. Says what went wrong.
fn run(
    workspace: &Workspace,
    swift: &Swift,
    built: &Path,
    app: &Path,
    package: &str,
) -> anyhow::Result<Option<String>> {
    for name in APP {
        release::copy(&workspace.root().join(CONSUMER).join(name), &app.join(name))?;
    }
    point_to(package, &app.join("Package.swift"))?;
    let mut run = swift.command(&["run"]);
    run.args(LINKED.split(' ').map(|word| word.replace("$built", &built.display().to_string())));
    // Neither of the two is known to a stranger.
    run.current_dir(app).env_remove("STEPUP_LIBRARY_DIRECTORY").env_remove("SWIFTPM_BUILD_DIR");
    let mut proceeded = false;
    let status = process::stream(&mut run, |line| proceeded |= line == EXPECTED)?;
    let wrong = || format!("the package cannot be used from an empty folder by {package} ({status})");
    Ok((!status.success() || !proceeded).then(wrong))
}

/// What a README must show, to the letter, and does not.
fn untold(readme: &str, program: &str) -> Option<String> {
    let (published, checkout) = (PUBLISHED.to_owned(), CHECKOUT.to_owned());
    let shown = [published, checkout, format!("```swift\n{program}```\n"), format!(" swift run {LINKED}\n")];
    shown.into_iter().find(|text| !readme.contains(text))
}

fn point_to(package: &str, manifest: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(manifest)?;
    ensure!(text.contains(PUBLISHED), "{} does not name the package", manifest.display());
    fs::write(manifest, text.replace(PUBLISHED, package))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_shows_package_program_and_command_to_the_letter() {
        let readme = format!("{PUBLISHED}\n{CHECKOUT}\n```swift\nlet a = 1\n```\n$ swift run {LINKED}\n");
        assert_eq!(untold(&readme, "let a = 1\n"), None);
        assert!(untold(&readme, "let a = 2\n").unwrap().contains("let a = 2"));
        assert_eq!(untold(&readme.replace("$core", "here"), "let a = 1\n").as_deref(), Some(CHECKOUT));
        assert!(untold(&readme.replace("-rpath", "-r"), "let a = 1\n").unwrap().contains("-rpath"));
        assert_eq!(untold(&readme.replace("0.1.0", "0.2.0"), "let a = 1\n").as_deref(), Some(PUBLISHED));
    }
}
