//! What somebody does who has nothing but the README: an empty folder, the package as a dependency, an app.

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
/// How the app names the package, and where the package lies before it is published.
const PUBLISHED: &str = r#".package(url: "https://github.com/stepup-auth/stepup-swift", from: "0.1.0")"#;
const UNPUBLISHED: &str = r#".package(path: "../stepup-swift")"#;
/// What the app prints when its backend has let it proceed.
const EXPECTED: &str = "the backend answers 200";

/// Builds the app against the package as it ships, and runs it against the sandbox. Says what went wrong.
pub(super) fn check(workspace: &Workspace, swift: &Swift) -> anyhow::Result<Option<String>> {
    let readme = workspace.read_text(README)?.context(README)?;
    if !readme.contains(PUBLISHED) {
        return Ok(Some(format!("{README} does not say how to add the package: {PUBLISHED}")));
    }
    let built = build_directory()?;
    let folder = built.join("stranger");
    remove(&folder)?;
    release::write(workspace, &"0".repeat(64), &folder.join("stepup-swift"))?;
    let app = folder.join("app");
    for name in APP {
        release::copy(&workspace.root().join(CONSUMER).join(name), &app.join(name))?;
    }
    point_to_package(&app.join("Package.swift"))?;

    let library = format!("-L{}", built.display());
    let path = built.display().to_string();
    let linked = ["-Xlinker", &library, "-Xlinker", "-rpath", "-Xlinker", &path];
    let mut run = swift.command(&[&["run"], linked.as_slice()].concat());
    // Neither of the two is known to a stranger.
    run.current_dir(&app).env_remove("STEPUP_LIBRARY_DIRECTORY").env_remove("SWIFTPM_BUILD_DIR");
    let mut proceeded = false;
    let status = process::stream(&mut run, |line| proceeded |= line == EXPECTED)?;
    let wrong = || format!("the package cannot be used from an empty folder ({status})");
    Ok((!status.success() || !proceeded).then(wrong))
}

fn point_to_package(manifest: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(manifest)?;
    ensure!(text.contains(PUBLISHED), "{} does not name the package", manifest.display());
    fs::write(manifest, text.replace(PUBLISHED, UNPUBLISHED))?;
    Ok(())
}
